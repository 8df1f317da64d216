import { expect } from "chai";

import { MONTH, testUsd, usd, withCluster, withFundedBucket } from "../fixtures";
import { COVERED } from "../helpers/notice";
import { endIndexOf, scaled, streamed, TICK_BITS } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const TEST_USD_ID = 2n;

describe("BucketRegistry", () => {
  describe("settlePayment", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry } = await withFundedBucket();
      for (const bucketId of [0n, 2n]) {
        await expect(bucketRegistry.settlePayment(bucketId))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
          .withArgs(bucketId);
      }
    });

    it("refuses a bucket that is closed", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await expect(bucketRegistry.settlePayment(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
        .withArgs(bucketId);
    });

    it("touches the owner's account, for anyone", async () => {
      const { bucketRegistry, accountRegistry, clusterRegistry, testUSD, clusterId, bucketId, owner, stranger } = await withFundedBucket();
      const start = await now();
      const { index } = await accountRegistry.getListing(testUSD);
      const indexThen = index + 44_641n * 10n ** 18n;
      const left = scaled(testUsd("10")) - streamed(RENT, 44_641n);
      await at(start + 44_641n);
      await expect(bucketRegistry.connect(stranger).settlePayment(bucketId))
        .to.emit(accountRegistry, "AccountTouched")
        .withArgs(owner, TEST_USD_ID, left, indexThen, endIndexOf(indexThen, left, RENT))
        .and.not.to.emit(accountRegistry, "ClusterSettled");
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 44_641n));
      // A second costs 22.4 base units.
      expect((await clusterRegistry.getCluster(clusterId)).revenues).to.equal(1_000_022n);
      const { balance, scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      expect([scaledBalance, balance]).to.deep.equal([left, 8_999_977n]);
    });

    it("changes nothing of what the cluster has earned while the owner is funded", async () => {
      const { bucketRegistry, accountRegistry, clusterId, bucketId } = await withFundedBucket();
      const start = await now();
      for (const seconds of [1n, 5_000n, 6_000n, 100_000n]) {
        await passTo(start + seconds);
        expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, seconds));
        await at(start + seconds + 1n);
        await bucketRegistry.settlePayment(bucketId);
        expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, seconds + 1n));
      }
    });

    it("does not change what the owner has: that has streamed out before", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      await at(start + 5_000n);
      await bucketRegistry.settlePayment(bucketId);
      await at(start + 6_000n);
      await bucketRegistry.settlePayment(bucketId);
      expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(scaled(testUsd("10")) - streamed(RENT, 6_000n));
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 6_000n));
    });

    it("settles the sibling buckets, too: they are one stream", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await at(start + 1_000n);
      await bucketRegistry.connect(owner).allocate(2, 2, RENT);
      const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      await at(start + MONTH);
      await bucketRegistry.settlePayment(bucketId);
      // All that the balance covers at 180 USD a month; less than that of one index is left.
      const paid = streamed(RENT, 1_000n) + usd("180") * (scaledBalance / usd("180"));
      expect(await accountRegistry.poolOf(clusterId)).to.equal(paid);
      expect((await accountRegistry.getAccount(owner, testUSD)).streamCount).to.equal(1n);
    });

    it("passes on what the owner paid after its last tick, and crosses its end", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      const { index } = await accountRegistry.getListing(testUSD);
      const endIndex = endIndexOf(index, scaled(testUsd("10")), RENT);
      const onTime = RENT * (endIndex - index);
      await passTo(start + 12n * MONTH);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(onTime);
      const { scaledLate } = await accountRegistry.getStream(owner, clusterId);
      expect(scaledLate).to.equal(scaled(testUsd("10")) - onTime);
      expect(scaledLate > 0n && scaledLate < RENT << TICK_BITS).to.equal(true);

      await at(start + 12n * MONTH + 1n);
      await expect(bucketRegistry.settlePayment(bucketId))
        .to.emit(accountRegistry, "AccountTouched")
        .withArgs(owner, TEST_USD_ID, 0, index + COVERED * 10n ** 18n, 0)
        .and.to.emit(accountRegistry, "ClusterSettled")
        .withArgs(clusterId, index + (12n * MONTH + 1n) * 10n ** 18n, 0);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
      expect((await accountRegistry.getStream(owner, clusterId)).scaledLate).to.equal(0n);
    });

    it("passes on what the owner paid to other clusters, too, and does not settle those", async () => {
      const fixture = await withFundedBucket();
      const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, nodeIds, bucketId, owner, manager } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      const start = await now();
      await bucketRegistry.connect(owner).createBucket(2, "");
      await at(start + 1_000n);
      await bucketRegistry.connect(owner).allocate(2, 1, RENT);
      const { index } = await accountRegistry.getListing(testUSD);
      const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      const endIndex = endIndexOf(index, scaledBalance, usd("90"));
      const paid = scaledBalance / usd("90");
      await at(start + MONTH);
      await bucketRegistry.settlePayment(bucketId);
      expect(await accountRegistry.poolOf(2)).to.equal(usd("30") * paid);
      expect((await accountRegistry.getLine(1)).ratePerMonth).to.equal(0n);
      // Its end is passed and not crossed: nobody has called for this cluster.
      expect((await accountRegistry.getLine(2)).ratePerMonth).to.equal(usd("30"));
      expect(await accountRegistry.endsAt(2, endIndex >> TICK_BITS)).to.equal(usd("30"));
      await bucketRegistry.settlePayment(2);
      expect((await accountRegistry.getLine(2)).ratePerMonth).to.equal(0n);
      expect(await accountRegistry.poolOf(2)).to.equal(usd("30") * paid);
    });

    it("changes nothing once the owner is out of funds, or pays nothing", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const { index } = await accountRegistry.getListing(testUSD);
      await at((await now()) + COVERED);
      await bucketRegistry.settlePayment(bucketId);
      // No second adds anything from here on.
      await expect(bucketRegistry.settlePayment(bucketId))
        .to.emit(accountRegistry, "AccountTouched")
        .withArgs(owner, TEST_USD_ID, 0, index + COVERED * 10n ** 18n, 0);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await expect(bucketRegistry.settlePayment(bucketId)).not.to.emit(accountRegistry, "AccountTouched");
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
    });

    it("accepts a bucket that has never held anything, in a cluster that nobody has ever paid", async () => {
      const { bucketRegistry, accountRegistry, clusterId } = await withCluster();
      await bucketRegistry.createBucket(clusterId, "");
      await expect(bucketRegistry.settlePayment(1)).not.to.emit(accountRegistry, "AccountTouched");
      expect(await accountRegistry.poolOf(clusterId)).to.equal(0n);
    });

    it("crosses as many ends as fit, where the cluster has not been settled for a lifetime", async () => {
      const { accountRegistry, bucketRegistry, bucketId, clusterId, owner, testUSD } = await withFundedBucket();
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
      const { settledTick } = await accountRegistry.getLine(clusterId);
      await passTo((await now()) + 100n * 12n * MONTH);
      await bucketRegistry.settlePayment(bucketId);
      // 2,000 words of 256 ticks without an end, the first of them in part.
      const reached = ((settledTick + 1n) | 255n) + 1_999n * 256n;
      expect((await accountRegistry.getLine(clusterId)).settledTick).to.equal(reached);
      await bucketRegistry.settlePayment(bucketId);
      expect((await accountRegistry.getLine(clusterId)).isSettled).to.equal(true);
    });
  });

  describe("settlePayments", () => {
    it("accepts an empty list", async () => {
      const { bucketRegistry, accountRegistry } = await withFundedBucket();
      await expect(bucketRegistry.settlePayments([])).not.to.emit(accountRegistry, "AccountTouched");
    });

    it("touches the accounts of those that hold something, and skips unknown, closed and empty buckets among them", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, otherOwner } = await withFundedBucket();
      const start = await now();
      // 2: closed; 3: holds nothing; 4: the other owner's, out of funds from the beginning; 5: the owner's second.
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).closeBucket(2);
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).allocate(4, 1, RENT);
      const { paidIndex } = await accountRegistry.getAccount(otherOwner, testUSD);
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await at(start + 1_000n);
      await bucketRegistry.connect(owner).allocate(5, 1, RENT);
      const { index } = await accountRegistry.getListing(testUSD);

      await at(start + 2_000n);
      const settling = bucketRegistry.settlePayments([0, 99, 2, bucketId, 3, 4, 5, 2n ** 32n - 1n]);
      const receipt = await (await settling).wait();
      const events = await accountRegistry.queryFilter(accountRegistry.filters.AccountTouched(), receipt?.blockNumber);
      const left = scaled(testUsd("10")) - streamed(RENT, 1_000n) - streamed(usd("120"), 1_000n);
      const indexThen = index + 1_000n * 10n ** 18n;
      const owners = [owner.address, TEST_USD_ID, left, indexThen, endIndexOf(indexThen, left, usd("120"))];
      expect(events.map(({ args }) => [...args])).to.deep.equal([owners, [otherOwner.address, TEST_USD_ID, 0n, paidIndex, 0n], owners]);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 1_000n) + streamed(usd("120"), 1_000n));
    });

    it("passes on what several payers paid to several clusters, at once", async () => {
      const fixture = await withFundedBucket();
      const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, nodeIds, otherOwner, manager } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
      await clusterRegistry.connect(manager).reserveResource(2, 5);
      await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100"));
      await bucketRegistry.connect(otherOwner).createBucket(1, "");
      await bucketRegistry.connect(otherOwner).createBucket(2, "");
      const start = await now();
      await at(start + 10n);
      await bucketRegistry.connect(otherOwner).allocate(2, 2, RENT);
      await at(start + 20n);
      await bucketRegistry.connect(otherOwner).allocate(3, 5, RENT);
      // 120 and 150 USD a month: the other owner's 100 last for less than half a month from then on.
      const paid = (scaled(testUsd("100")) - streamed(usd("120"), 10n)) / usd("270");
      await passTo(start + MONTH);
      const late = async (clusterId: bigint): Promise<bigint> => (await accountRegistry.getStream(otherOwner, clusterId)).scaledLate;
      expect([(await late(1n)) > 0n, (await late(2n)) > 0n]).to.deep.equal([true, true]);
      await bucketRegistry.settlePayments([3, 1]);
      expect([await late(1n), await late(2n)]).to.deep.equal([0n, 0n]);
      expect(await accountRegistry.poolOf(1)).to.equal(scaled(testUsd("10")) + streamed(usd("120"), 10n) + usd("120") * paid);
      expect(await accountRegistry.poolOf(2)).to.equal(usd("150") * paid);
    });
  });
});
