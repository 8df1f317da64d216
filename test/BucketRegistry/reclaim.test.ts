import { expect } from "chai";

import { MONTH, testUsd, usd, withCluster, withFundedBucket, type WithCluster } from "../fixtures";
import { COVERED, withNotice } from "../helpers/notice";
import { scaled } from "../helpers/streams";
import { DAY, HOUR } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const TEST_USD_ID = 2n;

/** A second cluster, on node 1, which asks nothing: the owner's bucket 1 holds 2 of its 10 units for nothing. */
async function withFreeBucket(): Promise<WithCluster> {
  const fixture = await withCluster();
  const { nodeRegistry, clusterRegistry, testUSD, nodeIds, provider1, manager, owner } = fixture;
  await nodeRegistry.connect(provider1).changeNodeRent(nodeIds[0], 0);
  await clusterRegistry.connect(manager).createCluster(testUSD, 1, [nodeIds[0]], 0, "");
  await clusterRegistry.connect(manager).reserveResource(2, 10);
  await fixture.bucketRegistry.connect(owner).createBucket(2, "");
  await fixture.bucketRegistry.connect(owner).allocate(1, 2, 0);
  return fixture;
}

describe("BucketRegistry", () => {
  describe("reclaim", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry } = await withFundedBucket();
      await expect(bucketRegistry.reclaim(2)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(2);
    });

    it("refuses a bucket that holds nothing", async () => {
      const { bucketRegistry, clusterId } = await withCluster();
      await bucketRegistry.createBucket(clusterId, "");
      await expect(bucketRegistry.reclaim(1)).to.be.revertedWithCustomError(bucketRegistry, "BucketEmpty").withArgs(1);
    });

    context("while the account is funded", () => {
      it("refuses, up to the second at which it runs out of funds", async () => {
        const { bucketRegistry, bucketId, clusterId, stranger } = await withFundedBucket();
        const start = await now();
        const endOfFunds = start + COVERED;
        await at(endOfFunds - 1n);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketCovered")
          .withArgs(bucketId, endOfFunds);
        // Whoever has nothing left pays for nothing more.
        await at(endOfFunds);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, endOfFunds + COVERED);
      });

      it("refuses the manager, too", async () => {
        const { bucketRegistry, bucketId, manager } = await withFundedBucket();
        const start = await now();
        await expect(bucketRegistry.connect(manager).reclaim(bucketId))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketCovered")
          .withArgs(bucketId, start + COVERED);
      });
    });

    context("when the account is out of funds and there is no notice", () => {
      it("gives one, for as long as the bucket has paid", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, bucketId, stranger } = await withFundedBucket();
        const noticed = (await now()) + COVERED + 12_345n;
        await at(noticed);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, noticed + COVERED);
        const { reclaimableFrom, endsAt, resource, ratePerMonth } = await bucketRegistry.getBucket(bucketId);
        expect([reclaimableFrom, endsAt, resource, ratePerMonth]).to.deep.equal([noticed + COVERED, 0n, 1n, RENT]);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(1n);
      });

      it("gives 7 days when it has paid for longer", async () => {
        const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, stranger } = await withFundedBucket();
        const start = await now();
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("20"));
        await at(start + MONTH);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, start + MONTH + 7n * DAY);
      });

      it("gives an hour when it has paid for less since it grew", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, stranger } = await withFundedBucket();
        const start = await now();
        // 100 seconds' worth is left, which pays for 50 seconds of twice as much.
        await at(start + COVERED - 100n);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        await at(start + COVERED);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, start + COVERED + HOUR);
      });

      it("gives an hour when it has never paid", async () => {
        const { bucketRegistry, clusterId, owner, stranger } = await withCluster();
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await bucketRegistry.connect(owner).allocate(1, 10, RENT);
        const noticed = (await now()) + 30n * DAY;
        await at(noticed);
        await expect(bucketRegistry.connect(stranger).reclaim(1))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(1, clusterId, stranger, noticed + HOUR);
      });

      it("gives no second one within the same second, in which nothing was owed and nothing paid", async () => {
        const { bucketRegistry, bucketId, stranger } = await withFundedBucket();
        const noticed = (await now()) + COVERED;
        await at(noticed);
        const reclaim = bucketRegistry.interface.encodeFunctionData("reclaim", [bucketId]);
        await expect(bucketRegistry.connect(stranger).multicall([reclaim, reclaim]))
          .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
          .withArgs(bucketId, noticed + COVERED);
      });

      it("is not shortened by a release", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, stranger } = await withFundedBucket();
        const start = await now();
        await at(start + 2n);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        await at(start + 2n + 44_640n);
        await bucketRegistry.connect(owner).release(bucketId, 1);
        // Since it grew: 44,640 seconds of two units, and 446,400 - 2 - 2 x 44,640 of one.
        await at(start + MONTH);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, start + MONTH + 401_758n);
      });

      it("is not shortened by what the manager adds, unless the bucket held nothing", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, manager, stranger } = await withFundedBucket();
        const start = await now();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 10, RENT);
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await bucketRegistry.connect(owner).setResourceCap(2, 10, RENT);
        // 446,400 - 44,640 seconds of one unit are left, which pay for a third as many of three.
        await at(start + 44_640n);
        const { interface: api } = bucketRegistry;
        await bucketRegistry.connect(manager).multicall([1, 2].map((id) => api.encodeFunctionData("allocate", [id, 1, RENT])));
        await at(start + MONTH);
        await bucketRegistry.connect(stranger).multicall([1, 2].map((id) => api.encodeFunctionData("reclaim", [id])));
        expect((await bucketRegistry.getBucket(1)).reclaimableFrom).to.equal(start + MONTH + 44_640n + 133_920n);
        expect((await bucketRegistry.getBucket(2)).reclaimableFrom).to.equal(start + MONTH + 133_920n);
      });

      it("counts the time at the present price", async () => {
        const { bucketRegistry, priceRegistry, testUSD, clusterId, bucketId, admin, stranger } = await withFundedBucket();
        const start = await now();
        await priceRegistry.connect(admin).setPrice(testUSD, usd("0.5"));
        // At half the price the same tokens pay for half the time.
        await at(start + COVERED);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, start + COVERED + COVERED / 2n);
      });
    });

    context("when the account is out of funds and under notice", () => {
      it("refuses up to the second at which the notice is over", async () => {
        const { bucketRegistry, bucketId, stranger, until } = await withNotice();
        for (const timestamp of [until - COVERED + 1n, until - 1n]) {
          await at(timestamp);
          await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
            .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
            .withArgs(bucketId, until);
        }
      });

      it("then releases all, for anyone, and the cluster has all that was paid", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, otherOwner, until } =
          await withNotice();
        const { paidIndex } = await accountRegistry.getAccount(owner, testUSD);
        await at(until);
        await expect(bucketRegistry.connect(otherOwner).reclaim(bucketId))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(bucketId, clusterId, otherOwner, 0, 0)
          .and.to.emit(bucketRegistry, "BucketReclaimed")
          .withArgs(bucketId, clusterId, otherOwner)
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(owner, clusterId, TEST_USD_ID, 0, 0, 0, paidIndex, 0);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(0n);
        expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
      });

      it("leaves the bucket to its owner, who can allocate again", async () => {
        const { bucketRegistry, accountRegistry, testUSD, bucketId, owner, stranger, until } = await withNotice();
        await bucketRegistry.connect(owner).changeBucketParams(bucketId, '{"replication":3}');
        await at(until);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        const bucket = await bucketRegistry.getBucket(bucketId);
        expect(bucket.owner).to.equal(owner.address);
        expect(bucket.params).to.equal('{"replication":3}');
        expect([bucket.resource, bucket.ratePerMonth, bucket.reclaimableFrom]).to.deep.equal([0n, 0n, 0n]);

        await accountRegistry.connect(owner).deposit(testUSD, testUsd("10"));
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        expect((await bucketRegistry.getBucket(bucketId)).coveredUntil).to.equal((await now()) + COVERED);
      });

      it("leaves the notice of the manager, and starts from the beginning the next time", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, manager, stranger, noticed, until } = await withNotice();
        await at(noticed + 1n);
        await bucketRegistry.connect(manager).endBucket(bucketId);
        await at(until);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        const { reclaimableFrom, endsAt } = await bucketRegistry.getBucket(bucketId);
        expect([reclaimableFrom, endsAt]).to.deep.equal([0n, noticed + 1n + 30n * DAY]);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        await at(until + DAY);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(bucketId, clusterId, stranger, until + DAY + HOUR);
      });

      it("leaves the other buckets of the account alone, each with a notice of its own", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, stranger, until } =
          await withNotice();
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await bucketRegistry.connect(owner).allocate(2, 3, RENT);
        await at(until);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        expect((await bucketRegistry.getBucket(2)).resource).to.equal(3n);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(3n);
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(usd("180"));
        await at(until + 10n);
        await expect(bucketRegistry.connect(stranger).reclaim(2))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(2, clusterId, stranger, until + 10n + HOUR);
      });

      it("refuses while the account is funded again, and goes on when it is out of funds", async () => {
        const { bucketRegistry, accountRegistry, testUSD, bucketId, clusterId, owner, stranger, until } = await withNotice();
        // 1 TestUSD pays for 44,640 seconds: less than half of the time since the notice.
        await at(until - 10n);
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("1"));
        await at(until);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketCovered")
          .withArgs(bucketId, until - 10n + 44_640n);
        await at(until - 10n + 44_640n);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(bucketId, clusterId, stranger, 0, 0);
      });
    });

    context("when the bucket's rate is zero", () => {
      it("refuses everyone but the cluster's manager", async () => {
        const { bucketRegistry, manager, stranger } = await withFreeBucket();
        await expect(bucketRegistry.connect(stranger).reclaim(1))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotManager")
          .withArgs(2, stranger, manager);
      });

      it("gives 7 days' notice, then releases for the manager", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, manager, owner, stranger } = await withFreeBucket();
        const noticed = (await now()) + 1_000n;
        await at(noticed);
        await expect(bucketRegistry.connect(manager).reclaim(1))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(1, 2, manager, noticed + 7n * DAY);
        await at(noticed + 7n * DAY - 1n);
        await expect(bucketRegistry.connect(manager).reclaim(1))
          .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
          .withArgs(1, noticed + 7n * DAY);
        await at(noticed + 7n * DAY);
        await expect(bucketRegistry.connect(stranger).reclaim(1))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotManager")
          .withArgs(2, stranger, manager);
        await expect(bucketRegistry.connect(manager).reclaim(1))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(1, 2, manager, 0, 0)
          .and.not.to.emit(accountRegistry, "StreamChanged");
        expect((await bucketRegistry.getBucket(1)).owner).to.equal(owner.address);
        expect((await clusterRegistry.getCluster(2)).resourceUsed).to.equal(0n);
      });

      it("is not put off by growth for nothing, nor by a transfer", async () => {
        const { bucketRegistry, manager, owner, otherOwner } = await withFreeBucket();
        const until = (await now()) + 1n + 7n * DAY;
        await at(until - 7n * DAY);
        await bucketRegistry.connect(manager).reclaim(1);
        await bucketRegistry.connect(owner).offerBucket(1, otherOwner);
        await bucketRegistry.connect(otherOwner).acceptBucket(1, 0);
        await at(until - 1n);
        await bucketRegistry.connect(otherOwner).allocate(1, 1, 0);
        expect((await bucketRegistry.getBucket(1)).reclaimableFrom).to.equal(until);
        await at(until);
        await bucketRegistry.connect(manager).reclaim(1);
        expect((await bucketRegistry.getBucket(1)).resource).to.equal(0n);
      });

      it("minds no deposit", async () => {
        const { bucketRegistry, accountRegistry, testUSD, manager, owner } = await withFreeBucket();
        await bucketRegistry.connect(manager).reclaim(1);
        const noticed = await now();
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("1000"));
        await passTo(noticed + 7n * DAY);
        await bucketRegistry.connect(manager).reclaim(1);
        expect((await bucketRegistry.getBucket(1)).resource).to.equal(0n);
      });

      /** The manager of the second cluster accepts another rent of its node. */
      async function changeRent(fixture: WithCluster, rentPerMonth: bigint): Promise<void> {
        const { nodeRegistry, clusterRegistry, nodeIds, provider1, manager } = fixture;
        await nodeRegistry.connect(provider1).changeNodeRent(nodeIds[0], rentPerMonth);
        await clusterRegistry.connect(manager).acceptRent(2, nodeIds[0], rentPerMonth);
      }

      it("gives notice anew once the bucket pays", async () => {
        const fixture = await withFreeBucket();
        const { bucketRegistry, owner, manager, stranger } = fixture;
        await bucketRegistry.connect(manager).reclaim(1);
        const start = await now();
        await bucketRegistry.connect(owner).release(1, 2);
        await changeRent(fixture, usd("1"));
        await bucketRegistry.connect(owner).allocate(1, 1, usd("1"));
        await at(start + 8n * DAY);
        await expect(bucketRegistry.connect(stranger).reclaim(1))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(1, 2, stranger, start + 8n * DAY + HOUR);
      });

      it("gives notice anew once a bucket that paid pays nothing", async () => {
        const fixture = await withFreeBucket();
        const { bucketRegistry, owner, manager, stranger } = fixture;
        await bucketRegistry.connect(owner).release(1, 2);
        await changeRent(fixture, usd("1"));
        await bucketRegistry.connect(owner).allocate(1, 1, usd("1"));
        await bucketRegistry.connect(stranger).reclaim(1);
        const start = await now();
        await bucketRegistry.connect(owner).release(1, 1);
        await changeRent(fixture, 0n);
        await bucketRegistry.connect(owner).allocate(1, 1, 0);
        await at(start + DAY);
        await expect(bucketRegistry.connect(manager).reclaim(1))
          .to.emit(bucketRegistry, "ReclaimNoticed")
          .withArgs(1, 2, manager, start + 8n * DAY);
      });
    });
  });
});
