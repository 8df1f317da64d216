import { expect } from "chai";

import { type FileCoverage, describeGaps, unexcused, uncovered } from "../../scripts/coverage-report";

const FILE: FileCoverage = {
  path: "contracts/NodeRegistry.sol",
  statementMap: { 1: { start: { line: 10 } }, 2: { start: { line: 11 } } },
  fnMap: { 1: { name: "createNode", line: 9 } },
  branchMap: { 1: { line: 11, type: "if" } },
  s: { 1: 1, 2: 0 },
  f: { 1: 0 },
  b: { 1: [3, 0] },
  l: { 10: 1, 11: 0 },
};

describe("scripts/coverage-report", () => {
  it("lists every line, statement, function and branch that never ran", () => {
    expect(uncovered(FILE)).to.deep.equal([
      { file: FILE.path, line: 11, what: "the line" },
      { file: FILE.path, line: 11, what: "the statement" },
      { file: FILE.path, line: 9, what: "the function createNode" },
      { file: FILE.path, line: 11, what: "path 2 of the if" },
    ]);
  });

  it("describes the gaps of a line together", () => {
    expect(describeGaps(uncovered(FILE))).to.deep.equal([
      "contracts/NodeRegistry.sol:11: no test reaches the line, the statement, path 2 of the if",
      "contracts/NodeRegistry.sol:9: no test reaches the function createNode",
    ]);
  });

  it("lets an exception excuse its line, and reports those that excuse nothing", () => {
    const needed = { file: FILE.path, code: "line 11", reason: "cannot happen" };
    const unneeded = { file: FILE.path, code: "line 12", reason: "is covered by now" };
    const { gaps, idle } = unexcused(uncovered(FILE), [needed, unneeded], (_file, line) => `    line ${line}`);
    expect(gaps).to.deep.equal([{ file: FILE.path, line: 9, what: "the function createNode" }]);
    expect(idle).to.deep.equal([unneeded]);
  });
});
