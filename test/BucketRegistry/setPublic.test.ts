import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { BOTH, keyNumber, NONE, READS, rightsOf, withSharing } from "../helpers/sharing";

describe("BucketRegistry", () => {
  describe("setPublic", () => {
    it("refuses a bucket that does not exist", async () => {
      const { mine } = await withSharing();
      await expect(mine.setPublic(2, true)).to.be.revertedWithCustomError(mine, "BucketUnknown").withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, mine, bucketId, owner, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await expect(bucketRegistry.connect(friend).setPublic(bucketId, true))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, friend, owner);
    });

    it("lets everyone read, also those who do not say who they are, and nobody write", async () => {
      const { mine, bucketId, friend } = await withSharing();
      expect((await mine.getAccess(bucketId)).isPublic).to.equal(false);
      await expect(mine.setPublic(bucketId, true)).to.emit(mine, "PublicAccessChanged").withArgs(bucketId, true);
      expect((await mine.getAccess(bucketId)).isPublic).to.equal(true);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      expect(await rightsOf(mine, bucketId, ZeroAddress)).to.deep.equal(READS);
    });

    it("ends that", async () => {
      const { mine, bucketId, friend } = await withSharing();
      await mine.setPublic(bucketId, true);
      await expect(mine.setPublic(bucketId, false)).to.emit(mine, "PublicAccessChanged").withArgs(bucketId, false);
      expect((await mine.getAccess(bucketId)).isPublic).to.equal(false);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      expect(await rightsOf(mine, bucketId, ZeroAddress)).to.deep.equal(NONE);
    });

    it("is about one bucket", async () => {
      const { mine, clusterId, bucketId, friend } = await withSharing();
      await mine.createBucket(clusterId, "");
      await mine.setPublic(bucketId, true);
      expect(await rightsOf(mine, 2n, friend)).to.deep.equal(NONE);
    });

    it("starts a key epoch when it ends what was public, and only then", async () => {
      const { mine, bucketId, owner } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner], [keyNumber(1)]);
      await expect(mine.setPublic(bucketId, false)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setPublic(bucketId, true)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setPublic(bucketId, true)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setPublic(bucketId, false)).to.emit(mine, "KeyEpochStarted").withArgs(bucketId, 1);
      expect((await mine.getAccess(bucketId)).epoch).to.equal(1n);
    });
  });
});
