import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { MONTH, testUsd, usd } from "../fixtures";
import { SCALED_PER_BASE_UNIT, scaledBalances, FULL_QUALITY, MAX_UINT16, payFor, withRevenue, type WithRevenue } from "../helpers/clusters";

/** TestUSD in scaled units. */
const scaled = (amount: string): bigint => testUsd(amount) * SCALED_PER_BASE_UNIT;

describe("ClusterRegistry: management", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    const shared = await withRevenue();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  describe("closeCluster", () => {
    it("keeps buckets from growing, and nothing else", async () => {
      const { bucketRegistry, clusterRegistry, owner, provider2 } = fixture;
      const buckets = bucketRegistry.connect(owner);
      await expect(clusterRegistry.closeCluster(1, true)).to.emit(clusterRegistry, "ClusterClosureChanged").withArgs(1, true);
      expect((await clusterRegistry.getCluster(1)).closed).to.equal(true);
      await expect(buckets.allocate(1, 1, usd("60")))
        .to.be.revertedWithCustomError(buckets, "ClusterClosed")
        .withArgs(1);

      expect((await bucketRegistry.getBucket(1)).ratePerMonth).to.equal(usd("60"));
      await clusterRegistry.reserveResource(1, 1);
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.replaceNode(1, 0, 2);
      expect(await scaledBalances(fixture, [provider2])).to.deep.equal([scaled("19.404")]);
      await buckets.release(1, 1);
      await clusterRegistry.removeCluster(1);
    });

    it("opens the cluster again", async () => {
      const { bucketRegistry, clusterRegistry, owner } = fixture;
      await clusterRegistry.closeCluster(1, true);
      await expect(clusterRegistry.closeCluster(1, false)).to.emit(clusterRegistry, "ClusterClosureChanged").withArgs(1, false);
      expect((await clusterRegistry.getCluster(1)).closed).to.equal(false);
      await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
      expect((await clusterRegistry.getCluster(1)).resourceUsed).to.equal(2);
    });

    it("leaves other clusters open", async () => {
      const { clusterRegistry, testUSD } = fixture;
      await clusterRegistry.createCluster(testUSD, 1, [1], 0, "");
      await clusterRegistry.closeCluster(1, true);
      expect((await clusterRegistry.getCluster(2)).closed).to.equal(false);
    });
  });

  describe("changeClusterParams", () => {
    it("refuses params that are too long", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.changeClusterParams(1, "x".repeat(24_001)))
        .to.be.revertedWithCustomError(clusterRegistry, "ParamsTooLong")
        .withArgs(24_001, 24_000);
    });

    it("changes the params", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.changeClusterParams(1, '{"replication":2}'))
        .to.emit(clusterRegistry, "ClusterParamsChanged")
        .withArgs(1, '{"replication":2}');
      expect((await clusterRegistry.getCluster(1)).params).to.equal('{"replication":2}');
    });
  });

  describe("lowerManagementFee", () => {
    for (const fee of [200n, 201n, MAX_UINT16]) {
      it(`refuses ${fee} basis points where they are 200`, async () => {
        const { clusterRegistry } = fixture;
        await expect(clusterRegistry.lowerManagementFee(1, fee))
          .to.be.revertedWithCustomError(clusterRegistry, "ManagementFeeNotLower")
          .withArgs(1, fee, 200);
      });
    }

    for (const fee of [199, 0]) {
      it(`lowers the fee to ${fee} basis points`, async () => {
        const { clusterRegistry } = fixture;
        await expect(clusterRegistry.lowerManagementFee(1, fee)).to.emit(clusterRegistry, "ManagementFeeLowered").withArgs(1, fee);
        expect((await clusterRegistry.getCluster(1)).managementFeeBps).to.equal(fee);
      });
    }

    it("cannot go below zero", async () => {
      const { clusterRegistry } = fixture;
      await clusterRegistry.lowerManagementFee(1, 0);
      await expect(clusterRegistry.lowerManagementFee(1, 0))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementFeeNotLower")
        .withArgs(1, 0, 0);
    });

    it("distributes what was earned at the old fee, and later revenue at the new one", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.lowerManagementFee(1, 100))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("58.212") / (usd("60") * FULL_QUALITY));
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      expect(await scaledBalances(fixture, [manager])).to.deep.equal([scaled("1.782")]);
    });
  });

  describe("while all rents are zero", () => {
    /** The nodes ask nothing, and the bucket goes on paying its rent. */
    const askNothing = async (): Promise<void> => {
      const { clusterRegistry, nodeRegistry, provider1, provider2, provider3 } = fixture;
      for (const [i, provider] of [provider1, provider2, provider3].entries()) {
        await nodeRegistry.connect(provider).changeNodeRent(i + 1, 0);
        await clusterRegistry.acceptRent(1, i + 1, 0);
      }
    };
    /** The first node asks something again, which it can once nothing is allocated. */
    const askAgain = async (manager: HardhatEthersSigner): Promise<void> => {
      const { bucketRegistry, clusterRegistry, nodeRegistry, owner, provider1 } = fixture;
      await bucketRegistry.connect(owner).release(1, 1);
      await nodeRegistry.connect(provider1).changeNodeRent(1, usd("10"));
      await clusterRegistry.connect(manager).acceptRent(1, 1, usd("10"));
    };

    it("the pool waits at a hand-over, and its fee goes to the manager in office when it is shared", async () => {
      const { clusterRegistry, manager, otherManager } = fixture;
      await askNothing();
      await clusterRegistry.distributeRevenues(1);
      const before = await scaledBalances(fixture, [manager]);
      await clusterRegistry.offerManagement(1, otherManager);
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1)).to.not.emit(clusterRegistry, "RevenuesDistributed");
      await askAgain(otherManager);
      const { revenues } = await clusterRegistry.getCluster(1);
      expect(revenues).to.be.closeTo(testUsd("60"), testUsd("0.001"));
      await clusterRegistry.distributeRevenues(1);
      const [old, now] = await scaledBalances(fixture, [manager, otherManager]);
      expect([old]).to.deep.equal(before);
      expect(now).to.be.closeTo(scaled("1.188"), scaled("0.001"));
    });

    it("the pool waits at a lower fee, and pays that one when it is shared", async () => {
      const { clusterRegistry, manager } = fixture;
      await askNothing();
      const [before] = await scaledBalances(fixture, [manager]);
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.lowerManagementFee(1, 0)).to.not.emit(clusterRegistry, "RevenuesDistributed");
      await askAgain(manager);
      await clusterRegistry.distributeRevenues(1);
      expect(await scaledBalances(fixture, [manager])).to.deep.equal([before]);
    });
  });

  describe("offerManagement", () => {
    it("notes the offer, and the manager stays", async () => {
      const { clusterRegistry, manager, otherManager } = fixture;
      await expect(clusterRegistry.offerManagement(1, otherManager))
        .to.emit(clusterRegistry, "ManagementOffered")
        .withArgs(1, manager, otherManager);
      const { manager: now, offeredTo } = await clusterRegistry.getCluster(1);
      expect([now, offeredTo]).to.deep.equal([manager.address, otherManager.address]);
    });

    it("replaces an earlier offer", async () => {
      const { clusterRegistry, otherManager, stranger } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await clusterRegistry.offerManagement(1, stranger);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
        .withArgs(1, otherManager.address, stranger.address);
    });

    it("is withdrawn by an offer to nobody", async () => {
      const { clusterRegistry, manager, otherManager } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await expect(clusterRegistry.offerManagement(1, ZeroAddress))
        .to.emit(clusterRegistry, "ManagementOffered")
        .withArgs(1, manager, ZeroAddress);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
        .withArgs(1, otherManager.address, ZeroAddress);
      expect((await clusterRegistry.getCluster(1)).offeredTo).to.equal(ZeroAddress);
    });
  });

  describe("acceptManagement", () => {
    it("refuses everybody where there is no offer", async () => {
      const { clusterRegistry, manager, otherManager } = fixture;
      for (const caller of [manager, otherManager]) {
        await expect(clusterRegistry.connect(caller).acceptManagement(1))
          .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
          .withArgs(1, caller.address, ZeroAddress);
      }
    });

    it("refuses an offer of another cluster", async () => {
      const { clusterRegistry, otherManager, testUSD } = fixture;
      await clusterRegistry.createCluster(testUSD, 1, [1], 0, "");
      await clusterRegistry.offerManagement(2, otherManager);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
        .withArgs(1, otherManager.address, ZeroAddress);
    });

    it("makes whom it was offered to the manager, once", async () => {
      const { clusterRegistry, manager, otherManager } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.emit(clusterRegistry, "ManagementAccepted")
        .withArgs(1, manager, otherManager);
      const { manager: now, offeredTo } = await clusterRegistry.getCluster(1);
      expect([now, offeredTo]).to.deep.equal([otherManager.address, ZeroAddress]);
      expect(await clusterRegistry.managerOf(1)).to.equal(otherManager);
      await clusterRegistry.connect(otherManager).offerManagement(1, manager);
      await clusterRegistry.acceptManagement(1);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
        .withArgs(1, otherManager.address, ZeroAddress);
    });

    it("takes the old manager's power, and gives the new one what needs no provider's trust", async () => {
      const { clusterRegistry, manager, otherManager, provider2 } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await clusterRegistry.connect(otherManager).acceptManagement(1);
      await expect(clusterRegistry.reserveResource(1, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "CallerNotManager")
        .withArgs(1, manager.address, otherManager.address);
      await clusterRegistry.connect(otherManager).reserveResource(1, 1);
      await expect(clusterRegistry.connect(otherManager).replaceNode(1, 0, 2))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
        .withArgs(2, provider2.address, otherManager.address);
    });

    it("pays the old manager for what was earned before, and the new one for what is earned later", async () => {
      const { clusterRegistry, manager, otherManager, stranger } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("58.212") / (usd("60") * FULL_QUALITY));
      await payFor(fixture.payer, 2n * MONTH);
      await clusterRegistry.distributeRevenues(1);
      expect(await scaledBalances(fixture, [manager, otherManager])).to.deep.equal([scaled("1.188"), scaled("2.376")]);
    });
  });
});
