import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { IMembershipErrors__factory, type WeightsHarness, WeightsHarness__factory } from "../../cache/typechain-types";

const SHARE = 2n ** 32n;
const FULL = 10_000n;
const MAX_RENT_PER_UNIT = 2n ** 96n - 1n;

interface Change {
  vnodes: bigint;
  oldRent: bigint;
  newRent: bigint;
  oldQualityBps: bigint;
  newQualityBps: bigint;
}

describe("libraries of clusters", () => {
  const errors = { interface: IMembershipErrors__factory.createInterface() };
  let harness: WeightsHarness;

  beforeEach(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new WeightsHarness__factory(deployer).deploy();
  });

  /** A change of a node at full quality, unless it says otherwise. */
  const changeOf = (change: Partial<Change>): Change => ({
    vnodes: 1n,
    oldRent: 0n,
    newRent: change.oldRent ?? 0n,
    oldQualityBps: FULL,
    newQualityBps: FULL,
    ...change,
  });
  const apply = async (change: Partial<Change>): Promise<[hasUnserved: boolean, share: bigint]> => {
    const [hasUnserved, share] = await harness.applyChange.staticCall(changeOf(change));
    await harness.applyChange(changeOf(change));
    return [hasUnserved, share];
  };

  describe("Weights", () => {
    describe("applyChange", () => {
      it("counts a cluster as served in full until something is not served", async () => {
        await harness.setCluster(4, 40);
        expect(await apply({ vnodes: 2n, oldRent: 10n, newRent: 7n })).to.deep.equal([false, 0n]);
        expect(await harness.totalRent()).to.equal(34);
        expect(await harness.served()).to.deep.equal([340_000n, 40_000n]);
      });

      it("counts the share that is not served by weights, rounded down", async () => {
        await harness.setCluster(3, 30);
        expect(await apply({ oldRent: 10n, newQualityBps: 0n })).to.deep.equal([true, SHARE / 3n]);
        expect(await harness.served()).to.deep.equal([200_000n, 20_000n]);
        expect(await apply({ oldRent: 10n, newQualityBps: 9_999n })).to.deep.equal([true, (100_010n * SHARE) / 300_000n]);
      });

      it("says so once all is served again: the share has to be set to zero", async () => {
        await harness.setCluster(2, 20);
        await apply({ oldRent: 10n, newQualityBps: 0n });
        expect(await apply({ oldRent: 10n, oldQualityBps: 0n })).to.deep.equal([true, 0n]);
        expect(await apply({ oldRent: 10n, newRent: 5n })).to.deep.equal([true, 0n]);
      });

      for (const [what, before] of [
        ["never failed", []],
        ["failed and recovered", [{ newQualityBps: 0n }, { oldQualityBps: 0n }]],
      ] as [string, Partial<Change>[]][]) {
        it(`counts by vnodes where all rents are zero, in a cluster that ${what}`, async () => {
          await harness.setCluster(4, 0);
          for (const change of before) await apply(change);
          expect(await apply({ vnodes: 3n, newQualityBps: 5_000n })).to.deep.equal([true, (3n * SHARE) / 8n]);
          expect(await apply({ vnodes: 3n, oldQualityBps: 5_000n })).to.deep.equal([true, 0n]);
        });
      }

      it("counts by vnodes once the last rent falls to zero, and by weights once there is a rent again", async () => {
        await harness.setCluster(4, 10);
        // The only node with a rent serves nothing.
        expect(await apply({ oldRent: 10n, newQualityBps: 0n })).to.deep.equal([true, SHARE]);
        expect(await apply({ oldRent: 10n, newRent: 0n, oldQualityBps: 0n, newQualityBps: 0n })).to.deep.equal([true, SHARE / 4n]);
        expect(await apply({ oldRent: 0n, newRent: 10n, oldQualityBps: 0n, newQualityBps: 0n })).to.deep.equal([true, SHARE]);
      });

      it("refuses a rent per unit of more than 96 bits", async () => {
        await harness.setCluster(2, MAX_RENT_PER_UNIT);
        await expect(harness.applyChange(changeOf({ oldRent: 5n, newRent: 6n })))
          .to.be.revertedWithCustomError(errors, "ClusterRentTooHigh")
          .withArgs(MAX_RENT_PER_UNIT + 1n, MAX_RENT_PER_UNIT);
        expect(await apply({ oldRent: 5n, newRent: 5n, newQualityBps: 0n })).to.deep.equal([
          true,
          (5n * FULL * SHARE) / (MAX_RENT_PER_UNIT * FULL),
        ]);
      });
    });

    it("weighs a node by its rent, its vnodes and its quality", async () => {
      await harness.setMember(2n ** 88n - 1n, 65_535, 1);
      expect(await harness.weight()).to.equal((2n ** 88n - 1n) * 65_535n * 9_999n);
      expect(await harness.quality()).to.equal(9_999);
      await harness.setMember(1, 1, 10_000);
      expect([await harness.weight(), await harness.quality()]).to.deep.equal([0n, 0n]);
    });
  });

  describe("Coverage", () => {
    const NOTICE = 3_600;

    it("covers so many vnodes, and no more", async () => {
      await harness.cover(3, false);
      expect(await harness.coverage()).to.deep.equal([3n, false]);
      await harness.requireCovered(3);
      await expect(harness.requireCovered(4)).to.be.revertedWithCustomError(errors, "VnodesNotCovered").withArgs(7, 8, 4, 3);
    });

    it("keeps a node that is covered for none from vnodes", async () => {
      await harness.cover(0, false);
      expect(await harness.coverage()).to.deep.equal([0n, true]);
    });

    it("holds the bond for vnodes that a node gave up, until the notice after it is over", async () => {
      await harness.setMember(1, 5, 0);
      await harness.noteReduction(NOTICE);
      const reducedAt = await time.latest();
      await harness.setMember(1, 2, 0);
      await time.increaseTo(reducedAt + NOTICE - 1);
      expect(await harness.liableVnodes(NOTICE)).to.equal(5);
      await time.increaseTo(reducedAt + NOTICE);
      expect(await harness.liableVnodes(NOTICE)).to.equal(2);
    });

    it("holds it for the most of two reductions within a notice", async () => {
      await harness.setMember(1, 5, 0);
      await harness.noteReduction(NOTICE);
      await harness.setMember(1, 4, 0);
      await harness.noteReduction(NOTICE);
      await harness.setMember(1, 1, 0);
      expect(await harness.liableVnodes(NOTICE)).to.equal(5);
    });

    it("notes nothing without a notice, and forgets it with a new agreement", async () => {
      await harness.setMember(1, 5, 0);
      await harness.noteReduction(0);
      await harness.setMember(1, 2, 0);
      expect(await harness.liableVnodes(NOTICE)).to.equal(2);
      await harness.noteReduction(NOTICE);
      await harness.setMember(1, 1, 0);
      expect(await harness.liableVnodes(NOTICE)).to.equal(2);
      await harness.cover(1, true);
      expect(await harness.liableVnodes(NOTICE)).to.equal(1);
    });
  });

  describe("Fees", () => {
    it("rounds both fees down, and gives the rest to the nodes", async () => {
      expect(await harness.split(199, 100, 200)).to.deep.equal([1n, 3n, 195n]);
      expect(await harness.split(0, 1_000, 3_000)).to.deep.equal([0n, 0n, 0n]);
      expect(await harness.split(10_001, 10_000, 0)).to.deep.equal([10_001n, 0n, 0n]);
    });

    it("splits the largest amount without a loss", async () => {
      const amount = 2n ** 224n - 1n;
      const [network, management, shares] = await harness.split(amount, 1_000, 3_000);
      expect(network).to.equal(amount / 10n);
      expect(management).to.equal(((amount - amount / 10n) * 3n) / 10n);
      expect(network + management + shares).to.equal(amount);
    });
  });
});
