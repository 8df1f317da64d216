import { expect } from "chai";
import { ethers } from "hardhat";

import { type TypesHarness, TypesHarness__factory } from "../../typechain-types";
import { MAX_UINT16, MAX_UINT32 } from "../helpers/clusters";

describe("Ids", () => {
  let harness: TypesHarness;

  before(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new TypesHarness__factory(deployer).deploy();
  });

  it("finds the same ids equal", async () => {
    for (const id of [0n, 1n, MAX_UINT32]) {
      expect(await harness.nodeEqual(id, id)).to.equal(true);
      expect(await harness.nodeNotEqual(id, id)).to.equal(false);
      expect(await harness.clusterEqual(id, id)).to.equal(true);
    }
    for (const id of [0n, 1n, MAX_UINT16]) {
      expect(await harness.currencyEqual(id, id)).to.equal(true);
    }
  });

  it("finds different ids unequal, whichever bit differs", async () => {
    for (const other of [1n, 1n << 16n, 1n << 31n]) {
      expect(await harness.nodeEqual(0, other)).to.equal(false);
      expect(await harness.nodeNotEqual(0, other)).to.equal(true);
      expect(await harness.clusterEqual(other, 0)).to.equal(false);
    }
    for (const other of [1n, 1n << 15n]) {
      expect(await harness.currencyEqual(0, other)).to.equal(false);
    }
  });
});
