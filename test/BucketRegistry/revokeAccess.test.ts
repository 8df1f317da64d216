import { expect } from "chai";

import { accountNumber, BOTH, keyNumber, NONE, READ, READS, rightsOf, withSharing, WRITE } from "../helpers/sharing";
import { now } from "../helpers/units";

describe("BucketRegistry", () => {
  describe("revokeAccess", () => {
    it("refuses a bucket that does not exist", async () => {
      const { mine, friend } = await withSharing();
      await expect(mine.revokeAccess(2, [friend]))
        .to.be.revertedWithCustomError(mine, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, mine, bucketId, owner, friend, other } = await withSharing();
      await mine.grantAccess(bucketId, [friend, other], BOTH, 0);
      await expect(bucketRegistry.connect(friend).revokeAccess(bucketId, [other]))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, friend, owner);
    });

    it("refuses a list of nobody", async () => {
      const { mine, bucketId } = await withSharing();
      await expect(mine.revokeAccess(bucketId, [])).to.be.revertedWithCustomError(mine, "AccountsMissing").withArgs();
    });

    it("takes back all that accounts were granted, and leaves the others alone", async () => {
      const { mine, bucketId } = await withSharing();
      const [first, second, third] = [accountNumber(1), accountNumber(2), accountNumber(3)];
      await mine.grantAccess(bucketId, [first, second, third], READ, 0);
      await mine.grantAccess(bucketId, [first], WRITE, (await now()) + 1_000n);
      await expect(mine.revokeAccess(bucketId, [first, second]))
        .to.emit(mine, "AccessRevoked")
        .withArgs(bucketId, first)
        .and.to.emit(mine, "AccessRevoked")
        .withArgs(bucketId, second);
      for (const account of [first, second]) {
        expect(await mine.grantOf(bucketId, account)).to.deep.equal([0n, 0n]);
        expect(await rightsOf(mine, bucketId, account)).to.deep.equal(NONE);
      }
      expect(await rightsOf(mine, bucketId, third)).to.deep.equal(READS);
    });

    it("takes back nothing from whom nothing was granted, or who is named twice", async () => {
      const { mine, bucketId, friend, other } = await withSharing();
      await mine.grantAccess(bucketId, [friend], READ, 0);
      await mine.revokeAccess(bucketId, [other, friend, friend]);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
    });

    it("leaves what an account may do as anyone may", async () => {
      const { mine, bucketId, friend, testUSD } = await withSharing();
      await testUSD.mint(friend, 5);
      await mine.setPublic(bucketId, true);
      await mine.setGate(bucketId, WRITE, testUSD, 0, 5);
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await mine.revokeAccess(bucketId, [friend]);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal([true, true, true]);
    });

    it("can be followed by another grant", async () => {
      const { mine, bucketId, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await mine.revokeAccess(bucketId, [friend]);
      await mine.grantAccess(bucketId, [friend], READ, 0);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
    });

    it("starts a key epoch, once its predecessor has keys", async () => {
      const { mine, bucketId, friend, owner } = await withSharing();
      await expect(mine.revokeAccess(bucketId, [friend])).not.to.emit(mine, "KeyEpochStarted");
      await mine.publishKeys(bucketId, 0, [owner, friend], [keyNumber(1), keyNumber(2)]);
      await expect(mine.revokeAccess(bucketId, [friend]))
        .to.emit(mine, "KeyEpochStarted")
        .withArgs(bucketId, 1);
      await expect(mine.revokeAccess(bucketId, [friend])).not.to.emit(mine, "KeyEpochStarted");
      const { epoch, hasKeys } = await mine.getAccess(bucketId);
      expect([epoch, hasKeys]).to.deep.equal([1n, false]);
    });
  });
});
