import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { Interface } from "ethers";
import { artifacts } from "hardhat";

import { NETWORK_CONTRACTS } from "../../src";

const ROOT = join(__dirname, "..", "..");
const CONTRACTS = join(ROOT, "contracts");
const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 40;
/** Functions of OpenZeppelin's `Multicall` and `AccessManaged`. */
const INHERITED = new Set(["multicall", "authority", "setAuthority", "isConsumingScheduledOp"]);

const sources = readdirSync(CONTRACTS, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
  .map((entry) => join(entry.parentPath, entry.name));
const sourceOf = (name: string): string => sources.find((path) => basename(path) === `${name}.sol`) ?? "";

/** The lines of each function that has a body: to the brace that is indented as far as its first line. */
function functionsOf(text: string): string[][] {
  return [...text.matchAll(/^( *)(?:function \w+|constructor)\([^;{]*\{.*$/gm)].map(({ 0: head, 1: indent, index }) => {
    if (head.endsWith("}")) return [head];
    const rest = text.slice(index);
    return rest.slice(0, rest.indexOf(`\n${indent}}`) + 1).split("\n");
  });
}

describe("the layout of contracts/", () => {
  it(`has no file of more than ${MAX_LINES} lines`, () => {
    const linesOf = (path: string): number => readFileSync(path, "utf8").trimEnd().split("\n").length;
    expect(sources.filter((path) => linesOf(path) > MAX_LINES)).to.deep.equal([]);
  });

  it(`has no function of more than ${MAX_FUNCTION_LINES} lines`, () => {
    const found = sources.flatMap((path) => functionsOf(readFileSync(path, "utf8")));
    expect(found.length).to.be.greaterThan(500);
    expect(found.filter((lines) => lines.length > MAX_FUNCTION_LINES).map(([first]) => first)).to.deep.equal([]);
  });

  it("says what each folder holds", () => {
    const readme = readFileSync(join(CONTRACTS, "README.md"), "utf8");
    for (const { name } of readdirSync(CONTRACTS, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      expect(readme).to.include(`\`${name}/\``);
    }
  });

  for (const name of NETWORK_CONTRACTS) {
    it(`has every external function of ${name} in its own file`, async () => {
      const { abi } = await artifacts.readArtifact(name);
      const text = readFileSync(sourceOf(name), "utf8");
      const missing: string[] = [];
      new Interface(abi).forEachFunction((fragment) => {
        const isDefined = new RegExp(`(function ${fragment.name}\\(|\\b(immutable|constant) ${fragment.name}\\b)`).test(text);
        if (!isDefined && !INHERITED.has(fragment.name)) missing.push(fragment.name);
      });
      expect(missing).to.deep.equal([]);
    });
  }

  it("has a test for each library", () => {
    const libraries = readdirSync(join(CONTRACTS, "libraries")).map((file) => basename(file, ".sol"));
    const tests = readdirSync(join(ROOT, "test", "libraries"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file + readFileSync(join(ROOT, "test", "libraries", file), "utf8"))
      .join("\n");
    expect(libraries.filter((library) => !new RegExp(`\\b${library}\\b`).test(tests))).to.deep.equal([]);
  });
});
