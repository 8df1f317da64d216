import { expect } from "chai";
import { deployments } from "hardhat";

import { MONTH, testUsd, usd, withCluster, withFundedBucket, type WithNodes, withNodes } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { COVERED, withNotice } from "../helpers/notice";
import { endIndexOf, scaled, streamed, TICK_BITS } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

// What changes of buckets do to the lines of clusters: each account pays up to the second, and each cluster has what was paid.

const RENT = usd("60");
const PER_SECOND = 10n ** 18n;
const MAX_STREAMS = 32;
const MAX_UINT256 = 2n ** 256n - 1n;

/** The owner pays 32 clusters of a single vnode, 10 USD a month each, and could for three months; cluster 33 is like them. */
const withFullAccount = deployments.createFixture(async (): Promise<WithNodes> => {
  const fixture = await withNodes();
  const { accountRegistry, manager, owner, testUSD } = fixture;
  const clusters = fixture.clusterRegistry.connect(manager).interface;
  const ids = Array.from({ length: MAX_STREAMS + 1 }, (_, i) => i + 1);
  await fixture.clusterRegistry
    .connect(manager)
    .multicall(ids.map(() => clusters.encodeFunctionData("createCluster", [testUSD.target, 1, [1], 0, ""])));
  await fixture.clusterRegistry.connect(manager).multicall(ids.map((id) => clusters.encodeFunctionData("reserveResource", [id, 3])));
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("960"));
  const buckets = fixture.bucketRegistry.interface;
  await fixture.bucketRegistry.connect(owner).multicall(ids.map((id) => buckets.encodeFunctionData("createBucket", [id, ""])));
  const paying = ids.slice(0, MAX_STREAMS).map((id) => buckets.encodeFunctionData("allocate", [id, 1, usd("10")]));
  // Each allocation moves the ends of all streams, and a transaction may cost 2^24 gas.
  for (let done = 0; done < MAX_STREAMS; done += 8) {
    await fixture.bucketRegistry.connect(owner).multicall(paying.slice(done, done + 8));
  }
  return fixture;
});

describe("BucketRegistry: beside the lines of clusters", () => {
  describe("a bucket that changes hands", () => {
    it("moves the stream to the new owner's account, in that second, and the cluster's line goes on straight", async () => {
      const { accountRegistry, bucketId, bucketRegistry, clusterId, otherOwner, owner, testUSD } = await withFundedBucket();
      const start = await now();
      const { index } = await accountRegistry.getListing(testUSD);
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("20"));
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      const oldEnd = endIndexOf(index, scaled(testUsd("10")), RENT) >> TICK_BITS;
      expect(await accountRegistry.endsAt(clusterId, oldEnd)).to.equal(RENT);
      await at(start + 100_000n);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      const newEnd = endIndexOf(index + 100_000n * PER_SECOND, scaled(testUsd("20")), RENT) >> TICK_BITS;
      expect(await accountRegistry.endsAt(clusterId, oldEnd)).to.equal(0n);
      expect(await accountRegistry.endsAt(clusterId, newEnd)).to.equal(RENT);
      expect((await accountRegistry.getLine(clusterId)).ratePerMonth).to.equal(RENT);

      await passTo(start + 500_000n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 500_000n));
      const [old, next] = [await accountRegistry.getAccount(owner, testUSD), await accountRegistry.getAccount(otherOwner, testUSD)];
      expect(old.scaledBalance).to.equal(scaled(testUsd("10")) - streamed(RENT, 100_000n));
      expect(next.scaledBalance).to.equal(scaled(testUsd("20")) - streamed(RENT, 400_000n));
      expect([old.endIndex, next.endIndex >> TICK_BITS]).to.deep.equal([0n, newEnd]);
    });

    it("passes on what the old owner paid after its last tick, and the new owner pays nothing of it", async () => {
      const { accountRegistry, bucketId, bucketRegistry, clusterId, otherOwner, owner, testUSD } = await withFundedBucket();
      const start = await now();
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("20"));
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      // The old owner ran out of funds a while ago.
      await at(start + COVERED + 7_777n);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
      await passTo(start + COVERED + 10_000n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")) + streamed(RENT, 2_223n));
      const { scaledBalance } = await accountRegistry.getAccount(otherOwner, testUSD);
      expect(scaledBalance).to.equal(scaled(testUsd("20")) - streamed(RENT, 2_223n));
    });

    it("goes to an account without funds, which pays nothing until it has some", async () => {
      const { accountRegistry, bucketId, bucketRegistry, clusterId, otherOwner, owner, testUSD } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await at(start + 1_000n);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      expect((await accountRegistry.getLine(clusterId)).ratePerMonth).to.equal(0n);
      await at(start + 2_000n);
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("10"));
      expect((await accountRegistry.getLine(clusterId)).ratePerMonth).to.equal(RENT);
      await passTo(start + 3_000n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 2_000n));
    });
  });

  describe("a bucket that is reclaimed", () => {
    for (const settles of ["before", "after"] as const) {
      it(`leaves its cluster all that was paid, where the cluster crosses the end ${settles} it`, async () => {
        const { accountRegistry, bucketId, bucketRegistry, clusterId, stranger, until } = await withNotice();
        if (settles === "before") await accountRegistry.settleCluster(clusterId, 10);
        expect((await accountRegistry.getLine(clusterId)).ratePerMonth).to.equal(settles === "before" ? 0n : RENT);
        await at(until);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        await accountRegistry.settleCluster(clusterId, 10);
        const { isSettled, ratePerMonth, scaledRevenue } = await accountRegistry.getLine(clusterId);
        expect([isSettled, ratePerMonth, scaledRevenue]).to.deep.equal([true, 0n, scaled(testUsd("10"))]);
      });
    }

    it("does not disturb the end of another payer in the same tick", async () => {
      const fixture = await withFundedBucket();
      const { accountRegistry, bucketId, bucketRegistry, clusterId, otherOwner, stranger, testUSD } = fixture;
      const start = await now();
      const { index } = await accountRegistry.getListing(testUSD);
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("10"));
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await at(start + 60n);
      await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
      const tick = endIndexOf(index, scaled(testUsd("10")), RENT) >> TICK_BITS;
      expect(await accountRegistry.endsAt(clusterId, tick)).to.equal(2n * RENT);
      await at(start + MONTH);
      await bucketRegistry.connect(stranger).reclaim(bucketId);
      await at(start + MONTH + COVERED);
      await bucketRegistry.connect(stranger).reclaim(bucketId);
      const late = (await accountRegistry.getStream(otherOwner, clusterId)).scaledLate;
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("20")) - late);
      expect(late).to.equal(scaled(testUsd("10")) - RENT * ((tick << TICK_BITS) - index - 60n * PER_SECOND));
      await bucketRegistry.settlePayment(2);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("20")));
      expect((await accountRegistry.getLine(clusterId)).ratePerMonth).to.equal(0n);
    });
  });

  it("ends the stream in the second in which a notice of the manager is carried out, whoever does it", async () => {
    const { accountRegistry, bucketId, bucketRegistry, clusterId, manager, owner, stranger, testUSD } = await withFundedBucket();
    const start = await now();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(manager).endBucket(bucketId);
    const { endsAt } = await bucketRegistry.getBucket(bucketId);
    await at(endsAt + 12_345n);
    await bucketRegistry.connect(stranger).endBucket(bucketId);
    const paid = streamed(RENT, endsAt + 12_345n - start);
    await passTo(endsAt + MONTH);
    expect(await accountRegistry.poolOf(clusterId)).to.equal(paid);
    const { endIndex, ratePerMonth, scaledBalance, streamCount } = await accountRegistry.getAccount(owner, testUSD);
    expect([ratePerMonth, scaledBalance]).to.deep.equal([0n, scaled(testUsd("110")) - paid]);
    expect([endIndex, streamCount]).to.deep.equal([0n, 0n]);
  });

  it("ends the stream in the second in which a bucket is closed, after its account ran out of funds, too", async () => {
    const { accountRegistry, bucketId, bucketRegistry, clusterId, owner, testUSD } = await withFundedBucket();
    await at((await now()) + MONTH);
    await bucketRegistry.connect(owner).closeBucket(bucketId);
    expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
    expect(await accountRegistry.listStreams(owner, testUSD)).to.deep.equal([]);
  });

  context("given an owner who pays 32 clusters, as many as an account can", () => {
    it("refuses the first allocation in another cluster, and takes more in those it pays", async function () {
      this.timeout(PATIENCE);
      const { accountRegistry, bucketRegistry, owner, testUSD } = await withFullAccount();
      expect((await accountRegistry.getAccount(owner, testUSD)).streamCount).to.equal(32n);
      await expect(bucketRegistry.connect(owner).allocate(33, 1, usd("10")))
        .to.be.revertedWithCustomError(bucketRegistry, "StreamLimitReached")
        .withArgs(owner, MAX_STREAMS);
      await bucketRegistry.connect(owner).allocate(1, 1, usd("10"));
      await bucketRegistry.connect(owner).createBucket(32, "");
      await bucketRegistry.connect(owner).allocate(34, 1, usd("10"));
      const { ratePerMonth, streamCount } = await accountRegistry.getAccount(owner, testUSD);
      expect([ratePerMonth, streamCount]).to.deep.equal([usd("340"), 32n]);
    });

    it("refuses a bucket of another cluster that is handed to the owner, unless it holds nothing", async function () {
      this.timeout(PATIENCE);
      const { bucketRegistry, otherOwner, owner } = await withFullAccount();
      for (const bucketId of [34, 35]) {
        await bucketRegistry.connect(otherOwner).createBucket(33, "");
        await bucketRegistry.connect(otherOwner).offerBucket(bucketId, owner);
      }
      await bucketRegistry.connect(otherOwner).allocate(34, 1, usd("10"));
      await expect(bucketRegistry.connect(owner).acceptBucket(34, usd("10")))
        .to.be.revertedWithCustomError(bucketRegistry, "StreamLimitReached")
        .withArgs(owner, MAX_STREAMS);
      await bucketRegistry.connect(owner).acceptBucket(35, 0);
      expect((await bucketRegistry.getBucket(35)).owner).to.equal(owner.address);
      // In a cluster that it pays, a bucket adds no stream.
      await bucketRegistry.connect(otherOwner).createBucket(1, "");
      await bucketRegistry.connect(otherOwner).allocate(36, 1, usd("10"));
      await bucketRegistry.connect(otherOwner).offerBucket(36, owner);
      await bucketRegistry.connect(owner).acceptBucket(36, usd("10"));
      expect((await bucketRegistry.getBucket(36)).owner).to.equal(owner.address);
    });

    it("still lets it release, close and hand over, and then pay another cluster", async function () {
      this.timeout(PATIENCE);
      const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = await withFullAccount();
      const buckets = bucketRegistry.connect(owner);
      await buckets.release(1, 1);
      await buckets.closeBucket(2);
      await buckets.offerBucket(3, otherOwner);
      await bucketRegistry.connect(otherOwner).acceptBucket(3, usd("10"));
      expect((await accountRegistry.getAccount(owner, testUSD)).streamCount).to.equal(29n);
      await buckets.allocate(33, 3, usd("10"));
      const streams = await accountRegistry.listStreams(owner, testUSD);
      const ids = streams.map(({ clusterId }) => clusterId).sort((a, b) => Number(a - b));
      expect(ids).to.deep.equal(Array.from({ length: 30 }, (_, i) => BigInt(i + 4)));
      expect(streams.find(({ clusterId }) => clusterId === 33n)?.ratePerMonth).to.equal(usd("30"));
    });

    it("still lets it withdraw everything, and each cluster has its share to the second", async function () {
      this.timeout(PATIENCE);
      const { accountRegistry, bucketRegistry, owner, testUSD } = await withFullAccount();
      const { index } = await accountRegistry.getListing(testUSD);
      const { paidIndex, scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      expect(paidIndex).to.equal(index);
      const start = await now();
      const pools = await Promise.all(Array.from({ length: 32 }, (_, i) => accountRegistry.poolOf(i + 1)));
      await at(start + MONTH);
      await accountRegistry.connect(owner).withdraw(testUSD, MAX_UINT256, owner);
      const left = scaledBalance - streamed(usd("320"), MONTH);
      const rest = left % scaled(1n);
      expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(rest);
      // What is left of a base unit pays for a little more.
      await at(start + 2n * MONTH);
      await bucketRegistry.settlePayment(32);
      const paid = usd("10") * (rest / usd("320"));
      for (let i = 0; i < 32; i++) {
        expect(await accountRegistry.poolOf(i + 1)).to.equal(pools[i]! + streamed(usd("10"), MONTH) + paid);
      }
    });

    it("lets a manager add no stream, neither beyond the 32 nor before the owner has set a cap", async function () {
      this.timeout(PATIENCE);
      const { bucketRegistry, manager, owner } = await withFullAccount();
      await expect(bucketRegistry.connect(manager).allocate(33, 1, usd("10")))
        .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
        .withArgs(33, 1, 0);
      await bucketRegistry.connect(owner).setResourceCap(33, 3, usd("10"));
      await expect(bucketRegistry.connect(manager).allocate(33, 1, usd("10")))
        .to.be.revertedWithCustomError(bucketRegistry, "StreamLimitReached")
        .withArgs(owner, MAX_STREAMS);
      await bucketRegistry.connect(owner).release(32, 1);
      await bucketRegistry.connect(manager).allocate(33, 1, usd("10"));
      expect((await bucketRegistry.getBucket(33)).resource).to.equal(1n);
    });
  });

  it("lets a manager add no cluster to an account whose owner has set a cap for another one", async () => {
    const fixture = await withCluster();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, otherManager, owner, provider1, testUSD } = fixture;
    await fixture.nodeRegistry.connect(provider1).trustManager(otherManager);
    await clusterRegistry.connect(otherManager).createCluster(testUSD, 1, [1], 0, "");
    await clusterRegistry.connect(otherManager).reserveResource(2, 5);
    for (const clusterId of [1, 2]) await bucketRegistry.connect(owner).createBucket(clusterId, "");
    await bucketRegistry.connect(owner).setResourceCap(1, 5, RENT);
    await bucketRegistry.connect(manager).allocate(1, 2, RENT);
    await bucketRegistry.connect(manager).allocate(1, 3, RENT);
    await expect(bucketRegistry.connect(otherManager).allocate(2, 1, RENT))
      .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
      .withArgs(2, 1, 0);
    await expect(bucketRegistry.connect(manager).allocate(2, 1, RENT))
      .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwnerOrManager")
      .withArgs(2, manager);
    const streams = await accountRegistry.listStreams(owner, testUSD);
    expect(streams.map(({ clusterId, ratePerMonth }) => [clusterId, ratePerMonth])).to.deep.equal([[1n, usd("300")]]);
  });
});
