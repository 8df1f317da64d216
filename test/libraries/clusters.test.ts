import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { type ClusterHarness, ClusterHarness__factory, type IClusterRegistry } from "../../cache/typechain-types";

const FULL = 10_000n;
const SHARE = 2n ** 32n;
/** Three nodes with two vnodes each, at a rent of 10. */
const NODES = [1n, 2n, 3n];
const WEIGHT = 60n * FULL;

/** What libraries do to one cluster, where the harness stands in for the registries: {Memberships}, {ClusterResources}, {Revenues}, {Managements}, {ClusterViews}. */
describe("libraries on one cluster", () => {
  let harness: ClusterHarness;
  let events: IClusterRegistry;
  let manager: HardhatEthersSigner;
  let other: HardhatEthersSigner;

  beforeEach(async () => {
    [manager, other] = (await ethers.getSigners()) as [HardhatEthersSigner, HardhatEthersSigner];
    harness = await new ClusterHarness__factory(manager).deploy();
    events = await ethers.getContractAt("IClusterRegistry", harness);
    await harness.create(6, 0, 0);
    await harness.fill(NODES);
  });

  const membersOf = async (): Promise<[nodeId: bigint, vnodes: bigint, rent: bigint, quality: bigint, owed: bigint][]> =>
    (await harness.members()).map(({ nodeId, vnodes, rentPerMonth, qualityBps, scaledClaimable }) => [
      nodeId,
      vnodes,
      rentPerMonth,
      qualityBps,
      scaledClaimable,
    ]);
  const distribute = async (pool: bigint): Promise<void> => {
    await harness.setPool(pool);
    await harness.distribute();
  };

  describe("Memberships", () => {
    it("refuses a cluster without vnodes, with too many, or with too high a fee", async () => {
      for (const count of [0n, 65_536n]) {
        await expect(harness.create(count, 0, 0))
          .to.be.revertedWithCustomError(events, "ClusterVnodeCountInvalid")
          .withArgs(count, 65_535);
      }
      await expect(harness.create(1, 3_001, 0))
        .to.be.revertedWithCustomError(events, "ManagementFeeTooHigh")
        .withArgs(3_001, 3_000);
    });

    it("deals vnodes out in turn", async () => {
      expect(await harness.vnodes(0, 10)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      expect(await harness.vnodes(4, 10)).to.deep.equal([2n, 3n]);
      expect(await membersOf()).to.deep.equal(NODES.map((nodeId) => [nodeId, 2n, 10n, FULL, 0n]));
    });

    it("moves a vnode, and pays both nodes first", async () => {
      await distribute(WEIGHT);
      await expect(harness.replaceVnode(0, 2)).to.emit(events, "VnodeReplaced").withArgs(7, 1, 2, 0, 10, 60);
      expect(await harness.credited(harness)).to.equal(40n * FULL);
      expect(await membersOf()).to.deep.equal([
        [1n, 1n, 10n, FULL, 0n],
        [2n, 3n, 10n, FULL, 0n],
        [3n, 2n, 10n, FULL, 20n * FULL],
      ]);
    });

    it("gives a new node the slot of a node that leaves, or a slot of its own", async () => {
      await harness.replaceVnode(0, 4);
      await harness.replaceVnode(3, 4);
      expect(await harness.vnodes(0, 6)).to.deep.equal([4n, 2n, 3n, 4n, 2n, 3n]);
      await harness.replaceVnode(4, 5);
      expect((await harness.status()).nodeCount).to.equal(4);
      expect(await harness.vnodes(0, 6)).to.deep.equal([4n, 2n, 3n, 4n, 5n, 3n]);
    });

    it("moves all vnodes of a node to a node that is not in the cluster", async () => {
      await expect(harness.replaceNode(1, 2)).to.be.revertedWithCustomError(events, "NodeAlreadyInCluster").withArgs(7, 2);
      await harness.setRent(7);
      await expect(harness.replaceNode(1, 4)).to.emit(events, "NodeReplaced").withArgs(7, 1, 4, 2, 7, 54);
      expect(await membersOf()).to.deep.equal([
        [4n, 2n, 7n, FULL, 0n],
        [2n, 2n, 10n, FULL, 0n],
        [3n, 2n, 10n, FULL, 0n],
      ]);
    });

    it("lets vnodes of a node that leaves be vacant, and tells two fills of as many vnodes apart", async () => {
      for (const nodeId of [1, 2]) await expect(harness.vacate(nodeId)).to.emit(events, "NodeVacated").withArgs(7, nodeId, 2);
      expect(await harness.unservedShare()).to.equal((2n * SHARE) / 3n);
      expect(await harness.vnodes(0, 6)).to.deep.equal([0n, 0n, 3n, 0n, 0n, 3n]);
      await expect(harness.fillVacancy(2, 4, true))
        .to.be.revertedWithCustomError(events, "VnodeNotVacant")
        .withArgs(7, 2, 3);
      await expect(harness.fillVacancy(4, 4, true))
        .to.emit(events, "VacancyFilled")
        .withArgs(7, 4, 4, 2, 10, 60);
      await expect(harness.fillVacancy(3, 5, false))
        .to.emit(events, "VacancyFilled")
        .withArgs(7, 5, 3, 1, 10, 60);
      expect(await harness.vnodes(0, 6)).to.deep.equal([0n, 4n, 3n, 5n, 4n, 3n]);
      expect(await harness.unservedShare()).to.equal(SHARE / 6n);
    });

    it("pays by quality from a report on", async () => {
      await distribute(WEIGHT);
      await harness.setQuality(1, 5_000);
      expect(await harness.unservedShare()).to.equal(SHARE / 6n);
      await distribute(50n * FULL);
      expect(await membersOf()).to.deep.equal([
        [1n, 2n, 10n, 5_000n, 10n * FULL],
        [2n, 2n, 10n, FULL, 40n * FULL],
        [3n, 2n, 10n, FULL, 40n * FULL],
      ]);
    });

    it("lets a rent only fall while buckets are allocated", async () => {
      await harness.reserve(5);
      await harness.allocate(1);
      for (const rent of [10, 11]) {
        await expect(harness.acceptRent(1, rent)).to.be.revertedWithCustomError(events, "RentNotLower").withArgs(7, 1, rent, 10);
      }
      await harness.acceptRent(1, 9);
      await harness.deallocate(1);
      await harness.acceptRent(1, 12);
      expect((await harness.status()).rentPerUnit).to.equal(64);
    });

    it("pays everyone when the nodes leave with their reservations", async () => {
      await harness.reserve(5);
      await distribute(WEIGHT);
      await harness.removeAll();
      expect(await harness.credited(harness)).to.equal(WEIGHT);
      for (const nodeId of NODES) expect(await harness.reserved(nodeId)).to.equal(0);
    });
  });

  describe("ClusterResources", () => {
    it("reserves and releases for each vnode, and lets buckets use no more", async () => {
      await harness.reserve(5);
      expect(await harness.reserved(1)).to.equal(10);
      expect(await harness.allocate.staticCall(5)).to.deep.equal([60n, 1n]);
      await harness.allocate(4);
      await expect(harness.allocate(2)).to.be.revertedWithCustomError(events, "ClusterResourceExceeded").withArgs(7, 2, 1);
      await expect(harness.release(2)).to.be.revertedWithCustomError(events, "ClusterResourceInUse").withArgs(7, 2, 1);
      await harness.deallocate(4);
      await harness.release(5);
      expect(await harness.reserved(1)).to.equal(0);
    });

    it("refuses a rate of all buckets together that cannot be counted", async () => {
      await harness.setRent(2n ** 87n);
      await harness.replaceNode(1, 4);
      await harness.replaceNode(2, 5);
      await harness.replaceNode(3, 6);
      await harness.reserve(5);
      const rent = 6n * 2n ** 87n;
      await expect(harness.allocate(2))
        .to.be.revertedWithCustomError(events, "ClusterRateTooHigh")
        .withArgs(7, rent * 2n, 2n ** 90n);
      await harness.allocate(1);
    });
  });

  describe("Revenues", () => {
    it("previews what it distributes, and keeps what does not divide", async () => {
      await harness.setNetworkFee(100);
      await harness.setPool(WEIGHT * 2n + 7n);
      const preview = await harness.preview();
      await expect(harness.distribute())
        .to.emit(events, "RevenuesDistributed")
        .withArgs(7, manager, manager, preview.networkFee, preview.managementFee, preview.shares, preview.revenuePerWeight);
      const shares = WEIGHT * 2n + 7n - (WEIGHT * 2n + 7n) / 100n;
      expect(preview.revenuePerWeight).to.equal(shares / WEIGHT);
      expect((await harness.status()).revenues).to.equal((shares % WEIGHT) / 2n);
    });

    it("shares what did not divide the next time, be it one scaled unit", async () => {
      await distribute(WEIGHT + 1n);
      await distribute(2n * WEIGHT - 1n);
      await expect(harness.pay(1))
        .to.emit(events, "RevenuesClaimed")
        .withArgs(7, 1, harness, 60n * FULL);
    });

    it("pays a node once", async () => {
      await distribute(WEIGHT);
      await expect(harness.pay(1))
        .to.emit(events, "RevenuesClaimed")
        .withArgs(7, 1, harness, 20n * FULL);
      await expect(harness.pay(1)).not.to.emit(events, "RevenuesClaimed");
    });

    it("distributes at the old fee before it lowers the fee", async () => {
      const fresh = await new ClusterHarness__factory(manager).deploy();
      await fresh.create(1, 100, 0);
      await fresh.fill([1]);
      await fresh.setPool(FULL);
      await expect(fresh.lowerManagementFee(100)).to.be.revertedWithCustomError(events, "ManagementFeeNotLower").withArgs(7, 100, 100);
      await expect(fresh.lowerManagementFee(99))
        .to.emit(fresh, "RevenuesDistributed")
        .and.to.emit(fresh, "ManagementFeeLowered")
        .withArgs(7, 99);
    });

    it("gives the network what no node has a claim to", async () => {
      await distribute(WEIGHT + 5n);
      await harness.setPool(3n);
      await harness.giveUpLeftover(other);
      expect(await harness.credited(other)).to.equal(8);
    });
  });

  describe("Managements", () => {
    it("passes the management on in two steps, and remembers all managers", async () => {
      await expect(harness.connect(other).accept())
        .to.be.revertedWithCustomError(events, "ManagementNotOffered")
        .withArgs(7, other, ethers.ZeroAddress);
      await harness.offer(other);
      await harness.connect(other).accept();
      expect(await harness.management()).to.deep.equal([other.address, manager.address, true]);
      expect((await harness.connect(other).management()).before).to.equal(false);
      await expect(harness.connect(other).accept()).to.be.revertedWithCustomError(events, "ManagementNotOffered");
      await harness.connect(other).end();
      expect((await harness.connect(other).management()).before).to.equal(true);
    });
  });

  describe("ClusterViews", () => {
    it("gives the status in base units", async () => {
      await harness.setPool(41);
      const { clusterId, currency, revenues, vnodeCount, nodeCount, rentPerUnit } = await harness.status();
      expect([clusterId, BigInt(currency), revenues, vnodeCount, nodeCount, rentPerUnit]).to.deep.equal([7n, 1n, 20n, 6n, 3n, 60n]);
      // 60 USD a unit, 3 of the index a second, 31 days, 2 scaled units a base unit.
      expect(await harness.quote(2)).to.deep.equal([120n, (120n * 3n * 31n * 86_400n) / 2n]);
    });
  });
});
