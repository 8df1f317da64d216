import { expect } from "chai";

import { withFundedBucket } from "../fixtures";
import { fieldsOf } from "../helpers/fields";

const SHORT = '{"replication":3}';
const LONG = '{"replication":3,"encryption":"aes-256-gcm"}';

describe("BucketRegistry", () => {
  describe("changeBucketParams", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).changeBucketParams(2, SHORT))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(manager).changeBucketParams(bucketId, SHORT))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, manager, owner);
    });

    it("refuses params that are longer than can be kept", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).changeBucketParams(bucketId, "x".repeat(24_001)))
        .to.be.revertedWithCustomError(bucketRegistry, "ParamsTooLong")
        .withArgs(24_001, 24_000);
    });

    it("keeps params of any length after params of any other, and changes nothing else", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      const before = await bucketRegistry.getBucket(bucketId);
      const sequence = [SHORT, "x", LONG, SHORT, LONG, `${LONG} `, "", LONG, "", SHORT, "", "y".repeat(24_000), "é".repeat(12_000)];
      for (const params of sequence) {
        await expect(bucketRegistry.connect(owner).changeBucketParams(bucketId, params))
          .to.emit(bucketRegistry, "BucketParamsChanged")
          .withArgs(bucketId, params);
        expect(fieldsOf(await bucketRegistry.getBucket(bucketId))).to.deep.equal({ ...fieldsOf(before), params });
      }
    });

    it("keeps the params of other buckets", async () => {
      const { bucketRegistry, clusterId, bucketId, owner, otherOwner } = await withFundedBucket();
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, LONG);
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, SHORT);
      await bucketRegistry.connect(owner).changeBucketParams(bucketId, `${LONG}!`);
      await bucketRegistry.connect(owner).changeBucketParams(bucketId, "");
      const [items] = await bucketRegistry.listBuckets(1, 3, otherOwner);
      expect(items.map(({ params }) => params)).to.deep.equal([LONG, SHORT]);
    });
  });
});
