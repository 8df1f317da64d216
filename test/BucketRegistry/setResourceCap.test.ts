import { expect } from "chai";

import { usd, withFundedBucket } from "../fixtures";

describe("BucketRegistry", () => {
  describe("setResourceCap", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).setResourceCap(2, 1, 1))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(manager).setResourceCap(bucketId, 1, 1))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, manager, owner);
    });

    it("sets the amount and the rent that the manager may go up to", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).setResourceCap(bucketId, 7, usd("61.5")))
        .to.emit(bucketRegistry, "ResourceCapChanged")
        .withArgs(bucketId, 7, usd("61.5"));
      const { resourceCap, capRentPerUnit } = await bucketRegistry.getBucket(bucketId);
      expect([resourceCap, capRentPerUnit]).to.deep.equal([7n, usd("61.5")]);
    });

    it("takes the cap back, even below what the bucket holds", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 7, usd("60"));
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 0, usd("60"));
      await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, usd("60")))
        .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
        .withArgs(bucketId, 2, 0);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(1n);
    });

    it("keeps the highest rent that there can be, when more is agreed to", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).setResourceCap(bucketId, 2n ** 32n - 1n, 2n ** 128n - 1n))
        .to.emit(bucketRegistry, "ResourceCapChanged")
        .withArgs(bucketId, 2n ** 32n - 1n, 2n ** 96n - 1n);
      const { resourceCap, capRentPerUnit } = await bucketRegistry.getBucket(bucketId);
      expect([resourceCap, capRentPerUnit]).to.deep.equal([2n ** 32n - 1n, 2n ** 96n - 1n]);
      await bucketRegistry.connect(manager).allocate(bucketId, 9, usd("60"));
    });
  });
});
