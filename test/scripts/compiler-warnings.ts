import { expect } from "chai";

import { isForeignWarning } from "../../scripts/compiler-warnings";

describe("scripts/compiler-warnings", () => {
  const inFile = (file: string) => ({ file });

  it("leaves warnings about packages to their maintainers", () => {
    expect(isForeignWarning({ severity: "warning", sourceLocation: inFile("@openzeppelin/contracts/utils/Multicall.sol") })).to.be.true;
    expect(isForeignWarning({ severity: "info", sourceLocation: inFile("solady/src/utils/SSTORE2.sol") })).to.be.true;
  });

  it("keeps warnings about the project's contracts, those about no file, and all errors", () => {
    expect(isForeignWarning({ severity: "warning", sourceLocation: inFile("contracts/NodeRegistry.sol") })).to.be.false;
    expect(isForeignWarning({ severity: "warning" })).to.be.false;
    expect(isForeignWarning({ severity: "error", sourceLocation: inFile("solady/src/utils/SSTORE2.sol") })).to.be.false;
  });
});
