import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { DEFAULTS, testUsd, withCluster, withFundedBucket } from "../fixtures";

// Whoever holds all of a cluster and evades each notice, by going from bucket to bucket; and the manager's remedy.

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
const ALL = DEFAULTS.reservedPerVnode;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const END_NOTICE = 30 * DAY;

/** Two buckets of the owner, the first of which holds all there is of the cluster. */
async function withTwoBuckets() {
  const fixture = await withCluster();
  const mine = fixture.bucketRegistry.connect(fixture.owner);
  await mine.createBucket(fixture.clusterId, "");
  await mine.createBucket(fixture.clusterId, "");
  await mine.allocate(1, ALL, RENT);
  /** What a bucket holds goes to another one, or to the same, in one transaction. */
  const move = (from: number, to: number) =>
    mine.multicall([
      mine.interface.encodeFunctionData("release", [from, ALL]),
      mine.interface.encodeFunctionData("allocate", [to, ALL, RENT]),
    ]);
  return { ...fixture, mine, move };
}

describe("attacks on the way back of capacity", () => {
  it("a squatter who never deposits and goes back to a bucket that had its notice loses the capacity at once", async () => {
    const { bucketRegistry, move, stranger, clusterId } = await withTwoBuckets();
    for (const [from, to] of [
      [1, 2],
      [2, 1],
    ] as const) {
      await bucketRegistry.reclaim(from);
      await time.increase(HOUR - MINUTE);
      await move(from, to);
    }
    await expect(bucketRegistry.reclaim(1)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(1, clusterId, stranger, 0, 0);
  });

  context("given a squatter who never deposits and goes on to a new bucket before each notice is over", () => {
    async function withSquatter() {
      const fixture = await withTwoBuckets();
      const { accountRegistry, bucketRegistry, mine, move, owner, testUSD, clusterId } = fixture;
      const { paidIndex } = await accountRegistry.getAccount(owner, testUSD);
      for (let held = 1; held <= 4; ++held) {
        await bucketRegistry.reclaim(held);
        await time.increase(HOUR - MINUTE);
        await mine.createBucket(clusterId, "");
        await move(held, held + 1);
      }
      return { ...fixture, held: 5, spare: 6, paidIndex };
    }

    it("all the capacity stays taken for nothing, as long as the cluster is open", async () => {
      const { accountRegistry, clusterRegistry, manager, owner, testUSD, clusterId, paidIndex } = await withSquatter();
      expect((await accountRegistry.getAccount(owner, testUSD)).paidIndex).to.equal(paidIndex);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(0n);
      await expect(clusterRegistry.connect(manager).releaseResource(clusterId, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceInUse")
        .withArgs(clusterId, 1, 0);
      await expect(clusterRegistry.connect(manager).removeCluster(clusterId))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterInUse")
        .withArgs(clusterId, ALL);
    });

    it("the manager closes the cluster, the next move is refused, and an hour later all of it is free", async () => {
      const { bucketRegistry, clusterRegistry, manager, move, otherOwner, owner, stranger, clusterId, held, spare } = await withSquatter();
      const theirs = clusterRegistry.connect(manager);
      await expect(theirs.closeCluster(clusterId, true)).to.emit(clusterRegistry, "ClusterClosureChanged").withArgs(clusterId, true);
      const noticed = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(noticed);
      await bucketRegistry.reclaim(held);

      for (const to of [spare, held])
        await expect(move(held, to)).to.be.revertedWithCustomError(bucketRegistry, "ClusterClosed").withArgs(clusterId);
      // From account to account there is no single transaction; what was given back in the first stays free.
      await bucketRegistry.connect(owner).release(held, 1);
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await expect(bucketRegistry.connect(otherOwner).allocate(7, 1, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterClosed")
        .withArgs(clusterId);

      await time.setNextBlockTimestamp(noticed + HOUR);
      await expect(bucketRegistry.reclaim(held)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(held, clusterId, stranger, 0, 0);
      await expect(theirs.releaseResource(clusterId, ALL)).to.emit(clusterRegistry, "ResourceReleased").withArgs(clusterId, 0);
      await theirs.removeCluster(clusterId);
    });
  });

  context("given a paying owner under the manager's notice", () => {
    async function withEndNotice() {
      const fixture = await withTwoBuckets();
      const { accountRegistry, bucketRegistry, manager, owner, testUSD, clusterId } = fixture;
      // Ten units cost 600 USD a month.
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("100000"));
      const noticed = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(noticed);
      await expect(bucketRegistry.connect(manager).endBucket(1))
        .to.emit(bucketRegistry, "EndNoticed")
        .withArgs(1, clusterId, noticed + END_NOTICE);
      await time.setNextBlockTimestamp(noticed + END_NOTICE - MINUTE);
      return { ...fixture, endsAt: noticed + END_NOTICE };
    }

    it("releasing and allocating anew in one multicall keeps the notice, and a stranger ends the bucket", async () => {
      const { bucketRegistry, move, stranger, clusterId, endsAt } = await withEndNotice();
      await move(1, 1);
      const status = await bucketRegistry.getBucket(1);
      expect([status.resource, status.endsAt]).to.deep.equal([ALL, BigInt(endsAt)]);
      await time.setNextBlockTimestamp(endsAt);
      await expect(bucketRegistry.endBucket(1)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(1, clusterId, stranger, 0, 0);
    });

    it("passing the bucket to another account keeps the notice, and a stranger ends the bucket", async () => {
      const { accountRegistry, bucketRegistry, mine, otherOwner, stranger, testUSD, clusterId, endsAt } = await withEndNotice();
      await mine.offerBucket(1, otherOwner);
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100000"));
      await bucketRegistry.connect(otherOwner).acceptBucket(1, RENT * ALL);
      await time.setNextBlockTimestamp(endsAt);
      await expect(bucketRegistry.endBucket(1)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(1, clusterId, stranger, 0, 0);
    });

    it("going to another bucket evades the notice as long as the cluster is open", async () => {
      const { bucketRegistry, clusterRegistry, move, clusterId, endsAt } = await withEndNotice();
      await move(1, 2);
      await time.setNextBlockTimestamp(endsAt);
      await expect(bucketRegistry.endBucket(1)).to.be.revertedWithCustomError(bucketRegistry, "BucketEmpty").withArgs(1);
      const other = await bucketRegistry.getBucket(2);
      expect([other.resource, other.endsAt]).to.deep.equal([ALL, 0n]);
      expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(ALL);
    });

    it("the manager closes the cluster, gives notice to the other bucket, and a stranger ends it 30 days later", async () => {
      const { bucketRegistry, clusterRegistry, manager, move, stranger, clusterId } = await withEndNotice();
      await move(1, 2);
      await clusterRegistry.connect(manager).closeCluster(clusterId, true);
      await bucketRegistry.connect(manager).endBucket(2);
      const endsAt = (await time.latest()) + END_NOTICE;
      await time.setNextBlockTimestamp(endsAt - MINUTE);
      for (const to of [1, 2]) await expect(move(2, to)).to.be.revertedWithCustomError(bucketRegistry, "ClusterClosed").withArgs(clusterId);
      await time.setNextBlockTimestamp(endsAt);
      await expect(bucketRegistry.endBucket(2)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(2, clusterId, stranger, 0, 0);
      expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(0n);
    });
  });

  context("given a manager's notice to a paying bucket on which nobody has acted", () => {
    async function withOldNotice() {
      const fixture = await withFundedBucket();
      const { accountRegistry, bucketRegistry, manager, owner, testUSD, bucketId } = fixture;
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("10000"));
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const endsAt = (await time.latest()) + END_NOTICE;
      return { ...fixture, endsAt, lapsesAt: endsAt + 30 * DAY };
    }

    it("a stranger can use it until a second before 30 days after its end", async () => {
      const { bucketRegistry, stranger, clusterId, bucketId, endsAt, lapsesAt } = await withOldNotice();
      await time.increaseTo(lapsesAt - 2);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(endsAt);
      await time.setNextBlockTimestamp(lapsesAt - 1);
      await expect(bucketRegistry.endBucket(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0);
    });

    it("a stranger cannot use it later, and the manager has to give a new one", async () => {
      const { bucketRegistry, manager, stranger, clusterId, bucketId, lapsesAt } = await withOldNotice();
      await time.increaseTo(lapsesAt);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(0n);
      await expect(bucketRegistry.endBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotManager")
        .withArgs(clusterId, stranger, manager);
      await time.setNextBlockTimestamp(lapsesAt + DAY);
      await expect(bucketRegistry.connect(manager).endBucket(bucketId))
        .to.emit(bucketRegistry, "EndNoticed")
        .withArgs(bucketId, clusterId, lapsesAt + DAY + END_NOTICE);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(DEFAULTS.allocated);
    });
  });
});
