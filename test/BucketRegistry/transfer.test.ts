import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { testUsd, usd, withCluster, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { contractAsSigner } from "../helpers/clusters";
import { fieldsOf } from "../helpers/fields";
import { withNotice } from "../helpers/notice";
import { endIndexOf, scaled, streamed } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const TEST_USD_ID = 2n;
const MAX_RATE = 2n ** 96n - 1n;

/** The owner has offered its bucket to the other owner, who has 20 TestUSD and pays for a unit of its own. */
async function withOffer(): Promise<WithFundedBucket & { start: bigint }> {
  const fixture = await withFundedBucket();
  const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, otherOwner } = fixture;
  const start = await now();
  await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
  await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("20"));
  await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
  await at(start + 100n);
  await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
  return { ...fixture, start };
}

describe("BucketRegistry", () => {
  describe("offerBucket", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, owner, otherOwner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).offerBucket(2, otherOwner))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner } = await withFundedBucket();
      await expect(bucketRegistry.connect(otherOwner).offerBucket(bucketId, otherOwner))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, otherOwner, owner);
    });

    it("offers the bucket, to one at a time, and changes nothing else", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, stranger } = await withFundedBucket();
      const before = await bucketRegistry.getBucket(bucketId);
      await bucketRegistry.connect(owner).offerBucket(bucketId, stranger);
      await expect(bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner))
        .to.emit(bucketRegistry, "BucketOffered")
        .withArgs(bucketId, owner, otherOwner);
      const after = await bucketRegistry.getBucket(bucketId);
      expect(fieldsOf(after)).to.deep.equal({ ...fieldsOf(before), offeredTo: otherOwner.address });
      await expect(bucketRegistry.connect(stranger).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketNotOffered")
        .withArgs(bucketId, stranger, otherOwner);
    });

    it("withdraws an offer with the zero address", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner } = await withOffer();
      await expect(bucketRegistry.connect(owner).offerBucket(bucketId, ZeroAddress))
        .to.emit(bucketRegistry, "BucketOffered")
        .withArgs(bucketId, owner, ZeroAddress);
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketNotOffered")
        .withArgs(bucketId, otherOwner, ZeroAddress);
    });
  });

  describe("acceptBucket", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, otherOwner } = await withOffer();
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(3, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
        .withArgs(3);
    });

    it("refuses whom it is not offered to, the owner included", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, manager } = await withOffer();
      for (const caller of [owner, manager]) {
        await expect(bucketRegistry.connect(caller).acceptBucket(bucketId, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketNotOffered")
          .withArgs(bucketId, caller, otherOwner);
      }
    });

    it("refuses when the bucket pays more than the new owner agrees to", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner } = await withOffer();
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT - 1n))
        .to.be.revertedWithCustomError(bucketRegistry, "RateAboveMaximum")
        .withArgs(bucketId, RENT, RENT - 1n);
      // The owner lets it grow just before the acceptance arrives.
      await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "RateAboveMaximum")
        .withArgs(bucketId, 2n * RENT, RENT);
    });

    it("refuses when the new owner would pay more than can be counted", async () => {
      const { accountRegistry, bucketRegistry, bucketId, otherOwner } = await withOffer();
      // As buckets of many clusters at early and high rents may add up to.
      const asBuckets = accountRegistry.connect(await contractAsSigner(bucketRegistry));
      const rate = MAX_RATE - 2n * RENT + 1n;
      await asBuckets.raiseRate({ payer: otherOwner.address, clusterId: 99, currencyId: TEST_USD_ID, rate });
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "RateTooHigh")
        .withArgs(otherOwner, MAX_RATE + 1n, MAX_RATE);
      await asBuckets.lowerRate({ payer: otherOwner.address, clusterId: 99, currencyId: TEST_USD_ID, rate: 1n });
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      expect((await bucketRegistry.getBucket(bucketId)).owner).to.equal(otherOwner.address);
    });

    context("when the bucket pays", () => {
      it("lets the old owner pay up to then, and the new one from then on, exactly", async () => {
        const { bucketRegistry, accountRegistry, priceRegistry, testUSD, clusterId, bucketId, owner, otherOwner, start } =
          await withOffer();
        const { index } = await priceRegistry.getCurrency(testUSD);
        await at(start + 1_100n);
        const indexThen = index + 1_000n * 10n ** 18n;
        const [left, nextLeft] = [scaled(testUsd("10")) - streamed(RENT, 1_100n), scaled(testUsd("20")) - streamed(RENT, 1_000n)];
        await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
          .to.emit(bucketRegistry, "BucketAccepted")
          .withArgs(bucketId, owner, otherOwner)
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(owner, clusterId, TEST_USD_ID, 0, 0, left, indexThen, 0)
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(
            otherOwner,
            clusterId,
            TEST_USD_ID,
            usd("120"),
            usd("120"),
            nextLeft,
            indexThen,
            endIndexOf(indexThen, nextLeft, usd("120")),
          );
        expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 2_100n));

        await passTo(start + 3_100n);
        const old = await accountRegistry.getAccount(owner, testUSD);
        expect([old.ratePerMonth, old.scaledBalance]).to.deep.equal([0n, left]);
        const next = await accountRegistry.getAccount(otherOwner, testUSD);
        expect([next.ratePerMonth, next.scaledBalance]).to.deep.equal([usd("120"), nextLeft - streamed(usd("120"), 2_000n)]);
        expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 2_100n) + streamed(usd("120"), 2_000n));
        expect(fieldsOf(await accountRegistry.getStream(owner, clusterId))).to.deep.equal({
          clusterId,
          ratePerMonth: 0n,
          scaledLate: 0n,
          scaledUnserved: 0n,
        });
      });

      it("changes the owner, and keeps what the bucket holds and pays", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, bucketId, owner, otherOwner } = await withOffer();
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, MaxUint256 >> 128n);
        const bucket = await bucketRegistry.getBucket(bucketId);
        expect([bucket.owner, bucket.offeredTo]).to.deep.equal([otherOwner.address, ZeroAddress]);
        expect([bucket.resource, bucket.ratePerMonth]).to.deep.equal([1n, RENT]);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(2n);
        await expect(bucketRegistry.connect(owner).release(bucketId, 1))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
          .withArgs(bucketId, owner, otherOwner);
        await bucketRegistry.connect(otherOwner).release(bucketId, 1);
      });

      it("leaves what the old owner pays for its other buckets", async () => {
        const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, otherOwner } = await withOffer();
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await bucketRegistry.connect(owner).allocate(3, 4, RENT);
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(usd("240"));
        expect((await accountRegistry.getStream(owner, clusterId)).ratePerMonth).to.equal(usd("240"));
      });
    });

    it("resets the cap to zero, so that the manager cannot spend the new owner's money", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, manager } = await withOffer();
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 10, RENT);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      const { resourceCap, capRentPerUnit } = await bucketRegistry.getBucket(bucketId);
      expect([resourceCap, capRentPerUnit]).to.deep.equal([0n, 0n]);
      await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
        .withArgs(bucketId, 2, 0);
    });

    it("can be accepted once", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner } = await withOffer();
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      await bucketRegistry.connect(otherOwner).offerBucket(bucketId, owner);
      await bucketRegistry.connect(owner).acceptBucket(bucketId, RENT);
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketNotOffered")
        .withArgs(bucketId, otherOwner, ZeroAddress);
    });

    it("changes no rate when the owner accepts its own offer", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).offerBucket(bucketId, owner);
      await at(start + 500n);
      await bucketRegistry.connect(owner).acceptBucket(bucketId, RENT);
      await passTo(start + 1_000n);
      const { ratePerMonth, scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      expect([ratePerMonth, scaledBalance]).to.deep.equal([RENT, scaled(testUsd("10")) - streamed(RENT, 1_000n)]);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 1_000n));
      expect((await accountRegistry.getStream(owner, clusterId)).ratePerMonth).to.equal(RENT);
    });

    it("touches no stream when the bucket pays nothing", async () => {
      const { bucketRegistry, accountRegistry, clusterId, owner, otherOwner } = await withCluster();
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await bucketRegistry.connect(owner).offerBucket(1, otherOwner);
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(1, 0))
        .to.emit(bucketRegistry, "BucketAccepted")
        .withArgs(1, owner, otherOwner)
        .and.not.to.emit(accountRegistry, "StreamChanged");
      expect((await bucketRegistry.getBucket(1)).owner).to.equal(otherOwner.address);
    });

    it("keeps a notice for not paying when the bucket holds nothing", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, until } = await withNotice();
      await bucketRegistry.connect(owner).release(bucketId, 1);
      expect((await bucketRegistry.getBucket(bucketId)).reclaimableFrom).to.equal(until);
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, 0);
      expect((await bucketRegistry.getBucket(bucketId)).reclaimableFrom).to.equal(until);
    });

    it("accepts a bucket that pays while its cluster is closed", async () => {
      const { bucketRegistry, clusterRegistry, clusterId, bucketId, otherOwner, manager } = await withOffer();
      await clusterRegistry.connect(manager).closeCluster(clusterId, true);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      expect((await bucketRegistry.getBucket(bucketId)).owner).to.equal(otherOwner.address);
    });

    it("keeps the manager's notice", async () => {
      const { bucketRegistry, bucketId, otherOwner, manager } = await withOffer();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const until = (await now()) + 30n * DAY;
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(until);
    });
  });
});
