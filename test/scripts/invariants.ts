import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { type Fault, FAULTS } from "../../scripts/invariants/faults";
import { type Batch, readBatch } from "../../scripts/invariants/forge";
import { sow } from "../../scripts/invariants/hunt";
import { listedInvariants, reportedInvariants, Tally, untriedFunctions } from "../../scripts/invariants/report";

const ROOT = join(__dirname, "..", "..");
const FAULT: Fault = { name: "off by one", file: "contracts/A.sol", find: "a + b", replace: "a + b + 1" };

/** What forge prints of a campaign. */
function output(result: object): string {
  const event = '{"timestamp":1,"event":"failure"}';
  return `${event}\n${JSON.stringify({ "C.t.sol:C": { test_results: { "invariant_everything()": result } } })}\n`;
}

const kind = { Invariant: { runs: 1, calls: 3, reverts: 1, metrics: { "E.sol:E.deposit": { calls: 3, reverts: 1, discards: 0 } } } };

function batch(handlers: Record<string, { calls: number; reverts: number }>): Batch {
  return { seed: 1, handlers: new Map(Object.entries(handlers)) };
}

describe("scripts/invariants", () => {
  it("reads what forge says of a campaign that held", () => {
    const read = readBatch(7, output({ status: "Success", reason: null, counterexample: null, kind }));
    expect(read.seed).to.equal(7);
    expect(read.failure).to.equal(undefined);
    expect([...read.handlers]).to.deep.equal([["deposit", { calls: 3, reverts: 1 }]]);
  });

  it("reads what was broken, and how", () => {
    const counterexample = { Sequence: [9, [{ func_name: "waitDays", raw_args: "42" }]] };
    const read = readBatch(7, output({ status: "Failure", reason: "custodyIsExact: why", counterexample, kind }));
    expect(read.failure).to.deep.equal({ reason: "custodyIsExact: why", steps: ["waitDays(42)"] });
  });

  it("refuses a report without results", () => {
    expect(() => readBatch(7, "nothing")).to.throw("forge reported no results");
  });

  it("tells the handlers that succeed in less than a fifth of their calls, once there are enough", () => {
    const tally = new Tally();
    tally.add(batch({ deposit: { calls: 60, reverts: 48 }, withdraw: { calls: 60, reverts: 49 }, donate: { calls: 99, reverts: 99 } }));
    expect(tally.idle()).to.deep.equal([]);
    tally.add(batch({ deposit: { calls: 60, reverts: 48 }, withdraw: { calls: 60, reverts: 49 } }));
    expect(tally.idle()).to.deep.equal(["withdraw"]);
    expect(tally.calls).to.equal(339);
  });

  it("compares the list of invariants with those that the code reports", () => {
    expect(listedInvariants("# List\n\n### `custodyIsExact`\n\nText.\n\n### `ratesAddUp`\n")).to.deep.equal([
      "custodyIsExact",
      "ratesAddUp",
    ]);
    const sources = ['_require(a, "ratesAddUp", "b");', '_violate("custodyIsExact", "c"); _expect(d, "ratesAddUp", "e");'];
    expect(reportedInvariants(sources)).to.deep.equal(["custodyIsExact", "ratesAddUp"]);
  });

  it("tells the functions that change state and have no handler", () => {
    const abi = [
      { type: "function", name: "deposit", stateMutability: "payable" },
      { type: "function", name: "withdraw", stateMutability: "nonpayable" },
      { type: "function", name: "multicall", stateMutability: "nonpayable" },
      { type: "function", name: "custody", stateMutability: "view" },
      { type: "event", name: "Deposited" },
    ];
    const handlers = ["abi.encodeCall(IAccountRegistry.deposit, (a))", "abi.encodeCall(\n    Multicall.multicall,\n (b))"];
    expect(untriedFunctions("AccountRegistry", abi, handlers)).to.deep.equal(["withdraw"]);
    expect(untriedFunctions("NodeRegistry", abi, handlers)).to.deep.equal(["deposit", "withdraw"]);
  });

  it("sows a fault only where its text is there exactly once", () => {
    expect(sow("return a + b;", FAULT)).to.equal("return a + b + 1;");
    expect(() => sow("return a - b;", FAULT)).to.throw('Fault "off by one": contracts/A.sol has 0 times');
    expect(() => sow("return a + b + (a + b);", FAULT)).to.throw('Fault "off by one": contracts/A.sol has 2 times');
  });

  it("has faults that fit the contracts as they are, each under a name of its own", () => {
    for (const fault of FAULTS) sow(readFileSync(join(ROOT, fault.file), "utf8"), fault);
    expect(new Set(FAULTS.map(({ name }) => name)).size).to.equal(FAULTS.length);
  });
});
