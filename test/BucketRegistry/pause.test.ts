import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { testUsd, usd, withFundedBucket } from "../fixtures";
import { COVERED, withNotice } from "../helpers/notice";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const TEST_USD_ID = 2n;

describe("BucketRegistry", () => {
  describe("while the cluster's currency is paused", () => {
    it("refuses to allocate, for the owner and for the manager", async () => {
      const { bucketRegistry, priceRegistry, testUSD, bucketId, admin, owner, manager } = await withFundedBucket();
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 5, RENT);
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
      for (const caller of [owner, manager]) {
        await expect(bucketRegistry.connect(caller).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "CurrencyPaused")
          .withArgs(TEST_USD_ID);
      }
      await priceRegistry.connect(admin).pauseCurrency(testUSD, false);
      await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
      await bucketRegistry.connect(manager).allocate(bucketId, 1, RENT);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(3n);
    });

    it("refuses the acceptance of a bucket that pays", async () => {
      const { bucketRegistry, priceRegistry, testUSD, bucketId, admin, owner, otherOwner } = await withFundedBucket();
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await expect(bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "CurrencyPaused")
        .withArgs(TEST_USD_ID);
    });

    it("accepts a bucket that pays nothing", async () => {
      const { bucketRegistry, priceRegistry, testUSD, clusterId, admin, owner, otherOwner } = await withFundedBucket();
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await bucketRegistry.connect(owner).offerBucket(2, otherOwner);
      await bucketRegistry.connect(otherOwner).acceptBucket(2, 0);
      expect((await bucketRegistry.getBucket(2)).owner).to.equal(otherOwner.address);
    });

    it("goes on with all that neither starts nor raises a stream", async () => {
      const {
        bucketRegistry,
        accountRegistry,
        priceRegistry,
        clusterRegistry,
        testUSD,
        clusterId,
        bucketId,
        nodeIds,
        admin,
        owner,
        manager,
      } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).allocate(bucketId, 2, RENT);
      await bucketRegistry.connect(manager).endBucket(bucketId);
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);

      await accountRegistry.connect(owner).deposit(testUSD, testUsd("1000"));
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 5, RENT);
      await bucketRegistry.connect(owner).changeBucketParams(bucketId, "{}");
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await bucketRegistry.settlePayment(bucketId);
      await bucketRegistry.settlePayments([bucketId]);
      await clusterRegistry.distributeRevenues(clusterId);
      await clusterRegistry.claimRevenues(clusterId, nodeIds[0]);
      await accountRegistry.connect(owner).withdraw(testUSD, testUsd("1"), owner);
      await passTo(start + 31n * DAY);
      await bucketRegistry.endBucket(bucketId);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(0n);
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner);
      await accountRegistry.connect(manager).withdraw(testUSD, MaxUint256, manager);
    });

    it("reclaims", async () => {
      const { bucketRegistry, priceRegistry, testUSD, bucketId, admin, noticed, until } = await withNotice();
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
      await at(until);
      await bucketRegistry.reclaim(bucketId);
      expect(until - noticed).to.equal(COVERED);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(0n);
    });
  });
});
