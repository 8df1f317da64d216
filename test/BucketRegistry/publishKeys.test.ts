import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { accountNumber, BOTH, transferBucket, keyNumber, withSharing } from "../helpers/sharing";

describe("BucketRegistry", () => {
  describe("publishKeys", () => {
    it("refuses a bucket that does not exist", async () => {
      const { mine, friend } = await withSharing();
      await expect(mine.publishKeys(2, 0, [friend], [keyNumber(1)]))
        .to.be.revertedWithCustomError(mine, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, mine, bucketId, owner, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await expect(bucketRegistry.connect(friend).publishKeys(bucketId, 0, [friend], [keyNumber(1)]))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, friend, owner);
    });

    it("refuses a list of nobody", async () => {
      const { mine, bucketId } = await withSharing();
      await expect(mine.publishKeys(bucketId, 0, [], []))
        .to.be.revertedWithCustomError(mine, "AccountsMissing")
        .withArgs();
    });

    it("refuses more or fewer keys than readers", async () => {
      const { mine, bucketId, friend } = await withSharing();
      for (const keys of [[], [keyNumber(1), keyNumber(2)]]) {
        await expect(mine.publishKeys(bucketId, 0, [friend], keys))
          .to.be.revertedWithCustomError(mine, "KeyCountMismatch")
          .withArgs(1, keys.length);
      }
    });

    it("refuses the zero address", async () => {
      const { mine, bucketId } = await withSharing();
      await expect(mine.publishKeys(bucketId, 0, [ZeroAddress], [keyNumber(1)]))
        .to.be.revertedWithCustomError(mine, "AccountZero")
        .withArgs();
    });

    it("refuses keys that are empty, or longer than 256 bytes", async () => {
      const { mine, bucketId, friend, other } = await withSharing();
      for (const key of ["0x", keyNumber(1, 257)]) {
        await expect(mine.publishKeys(bucketId, 0, [other, friend], [keyNumber(2), key]))
          .to.be.revertedWithCustomError(mine, "KeyLengthInvalid")
          .withArgs(friend, key.length / 2 - 1, 256);
      }
    });

    it("refuses more than 24,000 bytes in all", async () => {
      const { mine, bucketId } = await withSharing();
      // 93 keys of 256 bytes and one of 192 are as many.
      const readers = Array.from({ length: 94 }, (_, i) => accountNumber(i));
      const keys = (last: number): string[] => readers.map((_, i) => keyNumber(i, i === 93 ? last : 256));
      await expect(mine.publishKeys(bucketId, 0, readers, keys(193)))
        .to.be.revertedWithCustomError(mine, "KeysTooLong")
        .withArgs(24_001, 24_000);
      await mine.publishKeys(bucketId, 0, readers, keys(192));
      for (const i of [0, 1, 92, 93]) {
        expect(await mine.keyOf(bucketId, accountNumber(i))).to.deep.equal([0n, keyNumber(i, i === 93 ? 192 : 256)]);
      }
    });

    it("keeps a key for each reader, of any length", async () => {
      const { mine, bucketId, owner, friend, other } = await withSharing();
      const keys = ["0x00", "0xffffff0000", keyNumber(1, 256)];
      const publishing = expect(mine.publishKeys(bucketId, 0, [owner, friend, other], keys));
      await publishing.to
        .emit(mine, "KeyPublished")
        .withArgs(bucketId, owner, 0, keys[0])
        .and.to.emit(mine, "KeyPublished")
        .withArgs(bucketId, friend, 0, keys[1])
        .and.to.emit(mine, "KeyPublished")
        .withArgs(bucketId, other, 0, keys[2])
        .and.not.to.emit(mine, "KeyEpochStarted");
      for (const [i, reader] of [owner, friend, other].entries()) {
        expect(await mine.keyOf(bucketId, reader)).to.deep.equal([0n, keys[i]]);
      }
      expect((await mine.getAccess(bucketId)).hasKeys).to.equal(true);
    });

    it("is independent of params that are kept the same way", async () => {
      const { mine, clusterId, bucketId, friend } = await withSharing();
      const params = (letter: string): string => letter.repeat(100);
      await mine.createBucket(clusterId, params("a"));
      await mine.publishKeys(bucketId, 0, [friend], [keyNumber(1)]);
      await mine.changeBucketParams(bucketId, params("b"));
      await mine.publishKeys(2, 0, [friend], [keyNumber(2)]);
      await mine.createBucket(clusterId, params("c"));
      const shown = await Promise.all([1, 2, 3].map(async (id) => (await mine.getBucket(id)).params));
      expect(shown).to.deep.equal([params("b"), params("a"), params("c")]);
      expect((await mine.keyOf(bucketId, friend)).wrapped).to.equal(keyNumber(1));
      expect((await mine.keyOf(2, friend)).wrapped).to.equal(keyNumber(2));
    });

    it("adds readers to an epoch, and replaces the keys of those whom it has", async () => {
      const { mine, bucketId, owner, friend, other } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner, friend], [keyNumber(1), keyNumber(2)]);
      await mine.publishKeys(bucketId, 0, [other, friend, friend], [keyNumber(3), keyNumber(4), keyNumber(5)]);
      expect(await mine.keyOf(bucketId, owner)).to.deep.equal([0n, keyNumber(1)]);
      expect(await mine.keyOf(bucketId, friend)).to.deep.equal([0n, keyNumber(5)]);
      expect(await mine.keyOf(bucketId, other)).to.deep.equal([0n, keyNumber(3)]);
    });

    it("starts the next epoch, in which those keep their old keys who get no new ones", async () => {
      const { mine, bucketId, owner, friend } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner, friend], [keyNumber(1), keyNumber(2)]);
      await expect(mine.publishKeys(bucketId, 1, [owner], [keyNumber(3)]))
        .to.emit(mine, "KeyEpochStarted")
        .withArgs(bucketId, 1);
      expect(await mine.keyOf(bucketId, owner)).to.deep.equal([1n, keyNumber(3)]);
      expect(await mine.keyOf(bucketId, friend)).to.deep.equal([0n, keyNumber(2)]);
      const { epoch, hasKeys } = await mine.getAccess(bucketId);
      expect([epoch, hasKeys]).to.deep.equal([1n, true]);
    });

    it("may begin with epoch 1", async () => {
      const { mine, bucketId, friend } = await withSharing();
      await mine.publishKeys(bucketId, 1, [friend], [keyNumber(1)]);
      expect(await mine.keyOf(bucketId, friend)).to.deep.equal([1n, keyNumber(1)]);
    });

    it("refuses epochs that are over, or further away than the next", async () => {
      const { mine, bucketId, owner } = await withSharing();
      const refused = async (epoch: bigint, current: bigint): Promise<void> => {
        await expect(mine.publishKeys(bucketId, epoch, [owner], [keyNumber(1)]))
          .to.be.revertedWithCustomError(mine, "KeyEpochInvalid")
          .withArgs(bucketId, epoch, current);
      };
      await refused(2n, 0n);
      await refused(2n ** 32n - 1n, 0n);
      await mine.publishKeys(bucketId, 1, [owner], [keyNumber(1)]);
      await refused(0n, 1n);
      await mine.revokeAccess(bucketId, [owner]);
      await refused(1n, 2n);
      await refused(4n, 2n);
      await mine.publishKeys(bucketId, 3, [owner], [keyNumber(1)]);
      await refused(2n, 3n);
    });

    it("refuses a second key for the owner in an epoch: one of two devices was first", async () => {
      const { mine, bucketId, owner, friend, other } = await withSharing();
      await mine.publishKeys(bucketId, 1, [owner, friend], [keyNumber(1), keyNumber(2)]);
      await expect(mine.publishKeys(bucketId, 1, [other, owner], [keyNumber(3), keyNumber(4)]))
        .to.be.revertedWithCustomError(mine, "KeyEpochTaken")
        .withArgs(bucketId, 1);
      expect(await mine.keyOf(bucketId, other)).to.deep.equal([0n, "0x"]);
      await expect(mine.publishKeys(bucketId, 2, [owner, owner], [keyNumber(3), keyNumber(4)]))
        .to.be.revertedWithCustomError(mine, "KeyEpochTaken")
        .withArgs(bucketId, 2);
      await mine.publishKeys(bucketId, 2, [owner], [keyNumber(5)]);
      expect(await mine.keyOf(bucketId, owner)).to.deep.equal([2n, keyNumber(5)]);
    });

    it("refuses a second key for the owner in the first epoch, too", async () => {
      const { mine, bucketId, owner } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner], [keyNumber(1)]);
      await expect(mine.publishKeys(bucketId, 0, [owner], [keyNumber(2)]))
        .to.be.revertedWithCustomError(mine, "KeyEpochTaken")
        .withArgs(bucketId, 0);
    });

    it("can be one step with revoking", async () => {
      const { mine, bucketId, owner, friend, other } = await withSharing();
      const { interface: api } = mine;
      await mine.publishKeys(bucketId, 0, [owner, friend, other], [keyNumber(1), keyNumber(2), keyNumber(3)]);
      await mine.multicall([
        api.encodeFunctionData("revokeAccess", [bucketId, [other.address]]),
        api.encodeFunctionData("publishKeys", [bucketId, 1, [owner.address, friend.address], [keyNumber(4), keyNumber(5)]]),
      ]);
      expect(await mine.keyOf(bucketId, friend)).to.deep.equal([1n, keyNumber(5)]);
      expect(await mine.keyOf(bucketId, other)).to.deep.equal([0n, keyNumber(3)]);
    });

    it("goes on counting with another owner, so that an epoch means one key", async () => {
      const fixture = await withSharing();
      const { bucketRegistry, mine, bucketId, owner, otherOwner } = fixture;
      const theirs = bucketRegistry.connect(otherOwner);
      await mine.publishKeys(bucketId, 1, [owner], [keyNumber(1)]);
      await mine.revokeAccess(bucketId, [otherOwner]);
      await transferBucket(fixture, mine, bucketId);
      await expect(theirs.publishKeys(bucketId, 2, [otherOwner], [keyNumber(2)]))
        .to.be.revertedWithCustomError(mine, "KeyEpochInvalid")
        .withArgs(bucketId, 2, 3);
      await theirs.publishKeys(bucketId, 3, [otherOwner], [keyNumber(3)]);
      expect(await mine.keyOf(bucketId, otherOwner)).to.deep.equal([3n, keyNumber(3)]);
    });
  });

  describe("keyOf", () => {
    it("refuses buckets that there are not, or that are closed", async () => {
      const { mine, bucketId, owner } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner], [keyNumber(1)]);
      await mine.closeBucket(bucketId);
      for (const id of [0n, bucketId, 2n]) {
        await expect(mine.keyOf(id, owner)).to.be.revertedWithCustomError(mine, "BucketUnknown").withArgs(id);
      }
    });

    it("has nothing for whom there is nothing", async () => {
      const { mine, bucketId, friend } = await withSharing();
      expect(await mine.keyOf(bucketId, friend)).to.deep.equal([0n, "0x"]);
    });
  });
});
