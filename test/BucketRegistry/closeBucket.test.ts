import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { testUsd, usd, withCluster, withFundedBucket } from "../fixtures";
import { withNotice } from "../helpers/notice";
import { scaled, streamed } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

describe("BucketRegistry", () => {
  describe("closeBucket", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).closeBucket(2)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(manager).closeBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, manager, owner);
    });

    it("releases what the bucket holds, settles, and removes it", async () => {
      const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).changeBucketParams(bucketId, "short");
      await at(start + 5_000n);
      await expect(bucketRegistry.connect(owner).closeBucket(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, owner, 0, 0)
        .and.to.emit(bucketRegistry, "BucketClosed")
        .withArgs(bucketId, owner, clusterId);
      await passTo(start + 9_000n);
      await expect(bucketRegistry.getBucket(bucketId)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(bucketId);
      expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(0n);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 5_000n));
      const { ratePerMonth, scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      expect([ratePerMonth, scaledBalance]).to.deep.equal([0n, scaled(testUsd("10")) - streamed(RENT, 5_000n)]);
    });

    it("closes a bucket that holds nothing, even when its cluster is gone", async () => {
      const { bucketRegistry, clusterRegistry, clusterId, owner, manager } = await withCluster();
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await clusterRegistry.connect(manager).removeCluster(clusterId);
      await expect(bucketRegistry.connect(owner).closeBucket(1))
        .to.emit(bucketRegistry, "BucketClosed")
        .withArgs(1, owner, clusterId)
        .and.not.to.emit(bucketRegistry, "ResourceDeallocated");
    });

    it("gives the id to no other bucket", async () => {
      const { bucketRegistry, clusterId, bucketId, owner } = await withFundedBucket();
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await expect(bucketRegistry.connect(owner).createBucket(clusterId, ""))
        .to.emit(bucketRegistry, "BucketCreated")
        .withArgs(2, owner, clusterId, "");
    });

    it("ends the bucket's notices, cap and offer with it", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, manager, stranger, until } = await withNotice();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 5, RENT);
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await passTo(until);
      const calls = [
        () => bucketRegistry.connect(stranger).reclaim(bucketId),
        () => bucketRegistry.connect(manager).endBucket(bucketId),
        () => bucketRegistry.connect(manager).allocate(bucketId, 1, RENT),
        () => bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(bucketId);
      }
    });

    it("closes one bucket of several, whose stream goes on", async () => {
      const { bucketRegistry, accountRegistry, clusterId, bucketId, owner } = await withFundedBucket();
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      await bucketRegistry.connect(owner).allocate(2, 2, RENT);
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      expect((await accountRegistry.getStream(owner, clusterId)).ratePerMonth).to.equal(usd("120"));
      const [items, lastId] = await bucketRegistry.listBuckets(1, 10, ZeroAddress);
      expect(items.map((bucket) => bucket.bucketId)).to.deep.equal([2n]);
      expect(lastId).to.equal(2n);
    });

    it("lets the owner withdraw the rest", async () => {
      const { bucketRegistry, accountRegistry, testUSD, bucketId, owner } = await withFundedBucket();
      const start = await now();
      await at(start + 44_640n);
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await expect(accountRegistry.connect(owner).withdraw(testUSD, testUsd("9"), owner)).to.changeTokenBalance(
        testUSD,
        owner,
        testUsd("9"),
      );
    });
  });
});
