import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Interface } from "ethers";
import ts from "typescript";

import { missing } from "../../scripts/asserted/missing";
import { Scanner } from "../../scripts/asserted/scan";
import { surfaceOf } from "../../scripts/asserted/surface";

const DECLARATIONS = `
  interface Assertion { emit(x: unknown, name: string): Assertion; revertedWithCustomError(x: unknown, name: string): Assertion; withArgs(...x: unknown[]): Assertion }
  declare function expect(x: unknown): { to: Assertion & { be: Assertion } };
  interface Method { (...x: unknown[]): Promise<void>; staticCall(...x: unknown[]): Promise<void> }
  interface NodeRegistry { connect(x: string): NodeRegistry; join: Method; release: Method; "release(uint8)": Method; "release(uint16)": Method }
  interface IBucketRegistry { release: Method; join: Method }
  interface Token { join: Method }
  declare const nodes: NodeRegistry, buckets: IBucketRegistry, token: Token;
`;

const NODE_REGISTRY = ["function join(uint32)", "event Joined(uint32 id)", "error NodeUnknown(uint32 id)", "error ManagerZero()"];

/** What is missing when `test` is all that there is. */
function missingIn(test: string, abi: readonly string[] = NODE_REGISTRY, registry = "NodeRegistry"): string[] {
  const directory = mkdtempSync(join(tmpdir(), "asserted-"));
  try {
    const file = join(directory, "sample.ts");
    writeFileSync(file, DECLARATIONS + test);
    const program = ts.createProgram([file], { strict: true, target: ts.ScriptTarget.ES2022, types: [] });
    return missing(surfaceOf(registry, new Interface(abi)), new Scanner(program).scan([file]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("scripts/asserted", () => {
  it("lists everything when there is no test", () => {
    expect(missingIn("")).to.deep.equal([
      "error ManagerZero(): no test asserts it",
      "error NodeUnknown(uint32): no test asserts it with its arguments",
      "event Joined(uint32): no test asserts it with its arguments",
      "function NodeRegistry.join(uint32): no test calls it",
    ]);
  });

  it("lists nothing when everything is asserted", () => {
    const test = `
      expect(nodes.connect("provider").join(1)).to.emit(nodes, "Joined").withArgs(1);
      expect(nodes.join(2)).to.be.revertedWithCustomError(nodes, "NodeUnknown").withArgs(2);
      expect(nodes.join(2)).to.be.revertedWithCustomError(nodes, "ManagerZero");
    `;
    expect(missingIn(test)).to.deep.equal([]);
  });

  it("asks for the arguments of those events and errors that have some", () => {
    const test = `
      expect(nodes.join(1)).to.emit(nodes, "Joined");
      expect(nodes.join(2)).to.be.revertedWithCustomError(nodes, "NodeUnknown");
      expect(nodes.join(2)).to.be.revertedWithCustomError(nodes, "ManagerZero");
    `;
    expect(missingIn(test)).to.deep.equal([
      "error NodeUnknown(uint32): no test asserts it with its arguments",
      "event Joined(uint32): no test asserts it with its arguments",
    ]);
  });

  it("does not take the function of another contract for it", () => {
    expect(missingIn("token.join(1); buckets.join(1);", ["function join(uint32)"])).to.have.lengthOf(1);
  });

  it("takes the contract's interface for the contract", () => {
    expect(missingIn("buckets.release(1)", ["function release(uint32)"], "BucketRegistry")).to.deep.equal([]);
  });

  it("counts static calls", () => {
    expect(missingIn("nodes.join.staticCall(1)", ["function join(uint32)"])).to.deep.equal([]);
  });

  it("counts every name that a loop goes through", () => {
    const test = `for (const name of ["ManagerZero", "ClusterZero"] as const) expect(nodes.join(1)).to.be.revertedWithCustomError(nodes, name);`;
    expect(missingIn(test, ["error ManagerZero()", "error ClusterZero()"])).to.deep.equal([]);
  });

  it("tells overloads apart by their signature", () => {
    const abi = ["function release(uint8)", "function release(uint16)"];
    expect(missingIn(`nodes["release(uint8)"](1); nodes.release(1);`, abi)).to.deep.equal([
      "function NodeRegistry.release(uint16): no test calls it",
    ]);
  });

  it("leaves out what is inherited from packages", () => {
    expect(missingIn("", ["function setAuthority(address)", "error SafeERC20FailedOperation(address)"])).to.deep.equal([]);
  });
});
