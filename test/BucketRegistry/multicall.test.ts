import { expect } from "chai";

import { usd, withFundedBucket } from "../fixtures";

const RENT = usd("60");

describe("BucketRegistry", () => {
  describe("multicall", () => {
    it("does several steps as the caller", async () => {
      const { bucketRegistry, clusterId, owner } = await withFundedBucket();
      const { interface: api } = bucketRegistry;
      await bucketRegistry
        .connect(owner)
        .multicall([
          api.encodeFunctionData("createBucket", [clusterId, "{}"]),
          api.encodeFunctionData("allocate", [2, 3, RENT]),
          api.encodeFunctionData("setResourceCap", [2, 4, RENT]),
        ]);
      const { owner: createdBy, resource, resourceCap } = await bucketRegistry.getBucket(2);
      expect([createdBy, resource, resourceCap]).to.deep.equal([owner.address, 3n, 4n]);
    });

    it("does none when one is refused, with the reason of that one", async () => {
      const { bucketRegistry, clusterId, bucketId, owner } = await withFundedBucket();
      const { interface: api } = bucketRegistry;
      const calls = [api.encodeFunctionData("createBucket", [clusterId, "{}"]), api.encodeFunctionData("release", [bucketId, 5])];
      await expect(bucketRegistry.connect(owner).multicall(calls))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketResourceExceeded")
        .withArgs(bucketId, 5, 1);
      expect((await bucketRegistry.listBuckets(1, 1, owner)).lastId).to.equal(1n);
    });

    it("takes no ether, which would count for each of the steps", async () => {
      const { bucketRegistry } = await withFundedBucket();
      expect(bucketRegistry.getFunction("multicall").fragment.payable).to.equal(false);
    });
  });
});
