import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { withCluster } from "../fixtures";
import { fieldsOf } from "../helpers/fields";

describe("BucketRegistry", () => {
  describe("createBucket", () => {
    context("when there is no such cluster", () => {
      for (const clusterId of [0n, 2n, 2n ** 32n - 1n]) {
        it(`refuses cluster ${clusterId}`, async () => {
          const { bucketRegistry } = await withCluster();
          await expect(bucketRegistry.createBucket(clusterId, ""))
            .to.be.revertedWithCustomError(bucketRegistry, "ClusterUnknown")
            .withArgs(clusterId);
        });
      }

      it("refuses a cluster that was removed", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, manager } = await withCluster();
        await clusterRegistry.connect(manager).removeCluster(clusterId);
        await expect(bucketRegistry.createBucket(clusterId, ""))
          .to.be.revertedWithCustomError(bucketRegistry, "ClusterUnknown")
          .withArgs(clusterId);
      });
    });

    context("when the params are longer than can be kept", () => {
      it("refuses them", async () => {
        const { bucketRegistry, clusterId } = await withCluster();
        await expect(bucketRegistry.createBucket(clusterId, "x".repeat(24_001)))
          .to.be.revertedWithCustomError(bucketRegistry, "ParamsTooLong")
          .withArgs(24_001, 24_000);
      });
    });

    for (const length of [0, 1, 31, 32, 24_000]) {
      context(`when the params have ${length} bytes`, () => {
        it("creates a bucket of the caller that holds and pays nothing", async () => {
          const { bucketRegistry, clusterId, stranger } = await withCluster();
          const params = "p".repeat(length);
          await expect(bucketRegistry.connect(stranger).createBucket(clusterId, params))
            .to.emit(bucketRegistry, "BucketCreated")
            .withArgs(1, stranger, clusterId, params);
          expect(fieldsOf(await bucketRegistry.getBucket(1))).to.deep.equal({
            bucketId: 1n,
            owner: stranger.address,
            offeredTo: ZeroAddress,
            clusterId,
            resource: 0n,
            resourceCap: 0n,
            capRentPerUnit: 0n,
            ratePerMonth: 0n,
            coveredUntil: MaxUint256 >> 192n,
            reclaimableFrom: 0n,
            endsAt: 0n,
            params,
          });
        });
      });
    }

    context("when called again", () => {
      it("gives the ids in order, each with its own params", async () => {
        const { bucketRegistry, clusterId, owner, otherOwner } = await withCluster();
        expect(await bucketRegistry.createBucket.staticCall(clusterId, "")).to.equal(1n);
        await bucketRegistry.connect(owner).createBucket(clusterId, "first");
        expect(await bucketRegistry.createBucket.staticCall(clusterId, "")).to.equal(2n);
        await bucketRegistry.connect(otherOwner).createBucket(clusterId, "the second, in the code of a contract");
        await bucketRegistry.connect(owner).createBucket(clusterId, "the third, in the code of another contract");
        const paramsOf = async (id: number): Promise<string> => (await bucketRegistry.getBucket(id)).params;
        expect(await paramsOf(1)).to.equal("first");
        expect(await paramsOf(2)).to.equal("the second, in the code of a contract");
        expect(await paramsOf(3)).to.equal("the third, in the code of another contract");
        expect((await bucketRegistry.getBucket(2)).owner).to.equal(otherOwner.address);
      });
    });
  });

  describe("the registries that it was wired to", () => {
    it("are those that were deployed with it", async () => {
      const { bucketRegistry, clusterRegistry, accountRegistry } = await withCluster();
      expect(await bucketRegistry.CLUSTER_REGISTRY()).to.equal(await clusterRegistry.getAddress());
      expect(await bucketRegistry.ACCOUNT_REGISTRY()).to.equal(await accountRegistry.getAddress());
      expect(await bucketRegistry.GATE_GAS()).to.equal(100_000n);
    });
  });
});
