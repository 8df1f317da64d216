import { expect } from "chai";
import { ethers } from "hardhat";

import { type TypesHarness, TypesHarness__factory } from "../../cache/typechain-types";
import { MAX_UINT32 } from "../helpers/clusters";

describe("Ids", () => {
  let harness: TypesHarness;

  before(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new TypesHarness__factory(deployer).deploy();
  });

  it("does not tell an id from itself", async () => {
    for (const id of [0n, 1n, MAX_UINT32]) expect(await harness.differs(id, id)).to.equal(false);
  });

  it("tells ids apart, whichever bit differs", async () => {
    for (const other of [1n, 1n << 16n, 1n << 31n]) {
      expect(await harness.differs(0, other)).to.equal(true);
      expect(await harness.differs(other, 0)).to.equal(true);
    }
  });
});
