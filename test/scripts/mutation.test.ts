import { expect } from "chai";

import { Compiler } from "../../scripts/mutation/compiler";
import { type Mutant, mutantsOf } from "../../scripts/mutation/mutants";
import { type Tried, mutationPage } from "../../scripts/mutation/page";
import { sample } from "../../scripts/mutation/sample";
import { inOrder } from "../../scripts/mutation/tests";

const FILE = "contracts/Example.sol";
const HEADER = "// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.30;\n";

function mutantsIn(members: string): Mutant[] {
  const text = `${HEADER}contract Example {\n${members}\n}\n`;
  return mutantsOf(FILE, text, new Compiler("", new Map([[FILE, text]]), []).parse(FILE));
}

/** What the body of a function can be changed into. */
function changesOf(body: string): string[] {
  return mutantsIn(`function f() public { ${body} }`).map(({ text }) => /{ (.*) }\n}/.exec(text)?.[1] ?? text);
}

describe("scripts/mutation", function () {
  describe("mutantsOf", function () {
    const CASES: [title: string, body: string, changes: string[]][] = [
      ["an order: off by one, and the opposite", "return a <= b;", ["return a < b;", "return a > b;"]],
      ["an equation", "return a == b;", ["return a != b;"]],
      ["arithmetic", "return (a + b) % c;", ["return (a - b) % c;", "return (a + b) * c;"]],
      ["a conjunction", "return a && !b;", ["return a || !b;", "return a && b;"]],
      ["a ternary", "return a ? b : c;", ["return a ? c : b;"]],
      ["a number with a unit", "return 1 hours;", ["return 2 hours;", "return 0 hours;"]],
      ["a number with an exponent", "return 1e36;", ["return 1e37;", "return 1e35;"]],
      ["the largest of a type", "return type(uint96).max;", ["return (type(uint96).max - 1);"]],
      ["an assignment", "a += b;", ["{}", "a -= b;"]],
      ["a step", "++a;", ["{}", "--a;"]],
      ["a deletion", "delete a;", ["{}"]],
      ["a requirement", "require(a, Broken(b));", ["{}", "require(!(a), Broken(b));"]],
      ["a revert", "if (a) revert Broken();", ["if (!(a)) revert Broken();", "if (a) {}"]],
      ["a call of a check", "_requireCaller(a);", ["{}"]],
      ["a look-up that checks", "Bucket storage b = _ownBucket(a);", ["Bucket storage b = _bucket(a);"]],
      ["the larger of two", "return Math.max(a, b);", ["return Math.min(a, b);"]],
      ["rounding up", "return Math.ceilDiv(a, b);", ["return ((a) / (b));"]],
    ];
    for (const [title, body, changes] of CASES) {
      it(`changes ${title}`, function () {
        expect(changesOf(body)).to.have.members(changes);
      });
    }

    it("changes nothing in events, and nothing that is only declared", function () {
      expect(changesOf("emit Done(a);")).to.deep.equal([]);
      expect(mutantsIn("struct S { uint256[3] a; }\nuint256[4] private b;")).to.deep.equal([]);
    });

    it("takes a guard from a function, but not the contract that a constructor extends", function () {
      const changes = mutantsIn("constructor() Base(a) {}\nfunction f() external restricted {}");
      expect(changes.map(({ id }) => id)).to.deep.equal([`${FILE}:f: restricted => (nothing)`]);
    });

    it("leaves a step that a loop makes after each round", function () {
      expect(changesOf("for (; a; ++i) {}")).to.deep.equal(["for (; a; --i) {}"]);
    });

    it("names changes alike wherever they stand, and tells those of one function apart", function () {
      const ids = (members: string): string[] => mutantsIn(members).map(({ id }) => id);
      const [first, second] = ids("function f() public { delete a; delete a; }");
      expect([first, second]).to.deep.equal([`${FILE}:f: delete a; => {}`, `${FILE}:f: delete a; => {} (2)`]);
      expect(ids("// ÄÖÜ\n\nfunction g() public {}\nfunction f() public { delete a; delete a; }")).to.deep.equal([first, second]);
    });
  });

  describe("sample", function () {
    const few = mutantsIn("function f() public { a = b + c; }");
    const many = mutantsIn("function f() public { a = b + c; d = e * f; g = h <= i; }").map((mutant) => ({ ...mutant, file: "many" }));
    const files = new Map([
      ["few", few],
      ["many", many],
    ]);

    it("spreads over files in proportion to their sites, with one change a site", function () {
      const lines = (count: number): string => "a = b + c; ".repeat(count);
      const plans = sample(new Map([4, 12].map((count) => [`${count}`, mutantsIn(`function f() public { ${lines(count)} }`)])), 1, 16);
      expect(plans.map(({ quota, sites }) => [quota, sites])).to.deep.equal([
        [4, 8],
        [12, 24],
      ]);
      for (const { candidates } of plans) expect(new Set(candidates.map(({ site }) => site)).size).to.equal(candidates.length);
    });

    it("draws three of a file at least, if it has as many", function () {
      expect(sample(files, 1, 1).map(({ quota }) => quota)).to.deep.equal([2, 3]);
    });

    it("draws the same with the same seed, and others with another", function () {
      const drawn = (seed: number): string[][] => sample(files, seed, 4).map(({ candidates }) => candidates.map(({ id }) => id));
      expect(drawn(1)).to.deep.equal(drawn(1));
      expect(drawn(1)).not.to.deep.equal(drawn(2));
    });

    it("draws no more than there are", function () {
      expect(sample(files, 1, 100).map(({ quota }) => quota)).to.deep.equal([2, 6]);
    });
  });

  describe("inOrder", function () {
    const tests = [
      "test/AccountRegistry/deposit.test.ts",
      "test/AccountRegistry/withdraw.test.ts",
      "test/NodeRegistry/trust.test.ts",
      "test/attacks/prices.test.ts",
      "test/libraries/Accounts.test.ts",
      "test/scenarios/distrust.test.ts",
    ];
    const first = (file: string, within: string): string | undefined => inOrder(tests, { file, within }, [], {})[0];

    it("begins with the test of the function, or of the library", function () {
      expect(first("contracts/AccountRegistry.sol", "withdraw")).to.equal("test/AccountRegistry/withdraw.test.ts");
      expect(first("contracts/libraries/Accounts.sol", "at")).to.equal("test/libraries/Accounts.test.ts");
      expect(first("contracts/NodeRegistry.sol", "_requireTrust")).to.equal("test/NodeRegistry/trust.test.ts");
    });

    it("begins with what has found a change of the function", function () {
      const mutant = { file: "contracts/NodeRegistry.sol", within: "join" };
      const finds = [{ ...mutant, test: "test/scenarios/distrust.test.ts" }];
      expect(inOrder(tests, mutant, finds, {})[0]).to.equal("test/scenarios/distrust.test.ts");
    });

    it("begins with the quick ones among equals", function () {
      const times = { "test/AccountRegistry/deposit.test.ts": 9, "test/AccountRegistry/withdraw.test.ts": 1 };
      const order = inOrder(tests, { file: "contracts/AccountRegistry.sol", within: "_credit" }, [], times);
      expect(order.slice(0, 2)).to.deep.equal(["test/AccountRegistry/withdraw.test.ts", "test/AccountRegistry/deposit.test.ts"]);
    });
  });

  describe("mutationPage", function () {
    const [removed, swapped] = mutantsIn("function f() public { a += b; }");
    type Outcome = { status: "found"; test: string; title: string } | { status: "survived" };
    const tried = (mutant: Mutant, outcome: Outcome): Tried => ({
      mutant,
      result: { key: "", id: mutant.id, file: mutant.file, within: mutant.within, ...outcome },
    });
    const found = tried(removed!, { status: "found", test: "t", title: "t" });
    const survivor = tried(swapped!, { status: "survived" });
    const page = (explanations: Record<string, string>): string =>
      mutationPage({ seed: 7, sites: 9, tried: [found, survivor], open: [removed!], none: 1 }, explanations);

    it("counts by file and by kind of change", function () {
      expect(page({})).to.contain("Tried: **2**. Tests found **1** of these (50.0 %); 1 survived");
      expect(page({})).to.contain(`| ${FILE} | 2 | 1 | 1 |`);
      expect(page({})).to.contain("| arithmetic | 1 | 0 | 1 |");
      expect(page({})).to.contain("| assignment removed | 1 | 1 | 0 |");
    });

    it("lists the survivors with what explains them", function () {
      expect(page({})).to.contain("- a += b\n+ a -= b\n```\n\nNot explained yet.");
      expect(page({ [swapped!.id]: "Because." })).to.contain("+ a -= b\n```\n\nBecause.");
    });
  });
});
