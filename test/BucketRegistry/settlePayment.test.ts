import { expect } from "chai";

import { MONTH, testUsd, usd, withCluster, withFundedBucket } from "../fixtures";
import { COVERED } from "../helpers/notice";
import { scaled, streamed } from "../helpers/streams";
import { at, now } from "../helpers/units";

const RENT = usd("60");

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

    it("moves what the owner owes to the pool, for anyone", async () => {
      const { bucketRegistry, accountRegistry, priceRegistry, clusterRegistry, testUSD, clusterId, bucketId, owner, stranger } = await withFundedBucket();
      const start = await now();
      const { index } = await priceRegistry.getCurrency(testUSD);
      await at(start + 44_641n);
      await expect(bucketRegistry.connect(stranger).settlePayment(bucketId))
        .to.emit(accountRegistry, "PaymentSettled")
        .withArgs(owner, clusterId, streamed(RENT, 44_641n), index + 44_641n * 10n ** 18n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 44_641n));
      expect((await accountRegistry.getStream(owner, clusterId)).scaledOwed).to.equal(0n);
      // A second costs 22.4 base units.
      expect((await clusterRegistry.getCluster(clusterId)).revenues).to.equal(1_000_022n);
      const { balance, scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      expect(scaledBalance).to.equal(scaled(testUsd("10")) - streamed(RENT, 44_641n));
      expect(balance).to.equal(8_999_977n);
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

    it("settles the sibling buckets, too", async () => {
      const { bucketRegistry, accountRegistry, clusterId, bucketId, owner } = await withFundedBucket();
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await bucketRegistry.connect(owner).allocate(2, 2, RENT);
      const settled = await accountRegistry.poolOf(clusterId);
      const start = await now();
      await at(start + 1_000n);
      await bucketRegistry.settlePayment(bucketId);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(settled + streamed(usd("180"), 1_000n));
    });

    it("does not settle what the owner pays to another cluster", async () => {
      const fixture = await withFundedBucket();
      const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, nodeIds, bucketId, owner, manager } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      await bucketRegistry.connect(owner).createBucket(2, "");
      await bucketRegistry.connect(owner).allocate(2, 1, RENT);
      await at((await now()) + 1_000n);
      await bucketRegistry.settlePayment(bucketId);
      expect(await accountRegistry.poolOf(2)).to.equal(0n);
      expect((await accountRegistry.getStream(owner, 2)).scaledOwed).to.equal(streamed(usd("30"), 1_000n));
    });

    it("moves the part that was funded of what a dry account owes", async () => {
      const { bucketRegistry, accountRegistry, priceRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      const { index } = await priceRegistry.getCurrency(testUSD);
      await at(start + 12n * MONTH);
      await expect(bucketRegistry.settlePayment(bucketId))
        .to.emit(accountRegistry, "PaymentSettled")
        .withArgs(owner, clusterId, scaled(testUsd("10")), index + COVERED * 10n ** 18n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
    });

    it("moves nothing, and says nothing, when nothing is owed", async () => {
      const { bucketRegistry, accountRegistry, clusterId, bucketId, owner } = await withFundedBucket();
      await at((await now()) + COVERED);
      await bucketRegistry.settlePayment(bucketId);
      // Dry from here on, so that no second adds anything.
      await expect(bucketRegistry.settlePayment(bucketId)).not.to.emit(accountRegistry, "PaymentSettled");
      expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await expect(bucketRegistry.settlePayment(bucketId)).not.to.emit(accountRegistry, "PaymentSettled");
    });

    it("accepts a bucket that has never held anything", async () => {
      const { bucketRegistry, accountRegistry, clusterId } = await withCluster();
      await bucketRegistry.createBucket(clusterId, "");
      await expect(bucketRegistry.settlePayment(1)).not.to.emit(accountRegistry, "PaymentSettled");
    });
  });

  describe("settlePayments", () => {
    it("accepts an empty list", async () => {
      const { bucketRegistry, accountRegistry } = await withFundedBucket();
      await expect(bucketRegistry.settlePayments([])).not.to.emit(accountRegistry, "PaymentSettled");
    });

    it("settles those that owe, and skips all others among them", async () => {
      const { bucketRegistry, accountRegistry, clusterId, bucketId, owner, otherOwner } = await withFundedBucket();
      const start = await now();
      // 2: closed; 3: holds nothing; 4: the other owner's, dry from the beginning; 5: the owner's second.
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).closeBucket(2);
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).allocate(4, 1, RENT);
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await at(start + 1_000n);
      await bucketRegistry.connect(owner).allocate(5, 1, RENT);

      await at(start + 2_000n);
      const settling = bucketRegistry.settlePayments([0, 99, 2, bucketId, 3, bucketId, 4, 5, 2n ** 32n - 1n]);
      const receipt = await (await settling).wait();
      const events = await accountRegistry.queryFilter(accountRegistry.filters.PaymentSettled(), receipt?.blockNumber);
      expect(events.map(({ args }) => [args.payer, args.clusterId, args.scaledSettled])).to.deep.equal([
        [owner.address, clusterId, streamed(usd("120"), 1_000n)],
      ]);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 1_000n) + streamed(usd("120"), 1_000n));
    });

    it("settles several payers, to several clusters, at once", async () => {
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
      await at(start + 30n);
      await bucketRegistry.settlePayment(1);
      const pool = await accountRegistry.poolOf(1);
      await at(start + 1_000n);
      await bucketRegistry.settlePayments([3, 2, 1]);
      expect(await accountRegistry.poolOf(1)).to.equal(pool + streamed(RENT, 970n) + streamed(usd("120"), 990n));
      expect(await accountRegistry.poolOf(2)).to.equal(streamed(usd("150"), 980n));
    });
  });
});
