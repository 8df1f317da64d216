import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { accountNumber, ALL, BOTH, NO_END, NONE, READ, READS, rightsOf, withSharing, WRITE, WRITES } from "../helpers/sharing";
import { at, now, passTo } from "../helpers/units";

describe("BucketRegistry", () => {
  describe("grantAccess", () => {
    it("refuses a bucket that does not exist", async () => {
      const { mine, friend } = await withSharing();
      await expect(mine.grantAccess(2, [friend], READ, 0))
        .to.be.revertedWithCustomError(mine, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, mine, bucketId, owner, manager, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      for (const caller of [manager, friend]) {
        await expect(bucketRegistry.connect(caller).grantAccess(bucketId, [friend], READ, 0))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
          .withArgs(bucketId, caller, owner);
      }
    });

    it("refuses rights that there are not", async () => {
      const { mine, bucketId, friend } = await withSharing();
      for (const rights of [0, 4, 5, 255]) {
        await expect(mine.grantAccess(bucketId, [friend], rights, 0))
          .to.be.revertedWithCustomError(mine, "RightsInvalid")
          .withArgs(rights);
      }
    });

    it("refuses an end that has passed, or is now", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const time = (await now()) + 1_000n;
      for (const [after, until] of [
        [0n, 1n],
        [1n, time + 1n],
        [2n, time + 1n],
      ] as const) {
        await at(time + after);
        await expect(mine.grantAccess(bucketId, [friend], READ, until))
          .to.be.revertedWithCustomError(mine, "GrantEnded")
          .withArgs(until, time + after);
      }
    });

    it("refuses a list of nobody", async () => {
      const { mine, bucketId } = await withSharing();
      await expect(mine.grantAccess(bucketId, [], READ, 0))
        .to.be.revertedWithCustomError(mine, "AccountsMissing")
        .withArgs();
    });

    it("refuses the zero address, and then grants nobody anything", async () => {
      const { mine, bucketId, friend } = await withSharing();
      await expect(mine.grantAccess(bucketId, [friend, ZeroAddress], READ, 0))
        .to.be.revertedWithCustomError(mine, "AccountZero")
        .withArgs();
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
    });

    for (const [rights, name, expected, readUntil, writeUntil] of [
      [READ, "reading", READS, NO_END, 0n],
      [WRITE, "writing", WRITES, 0n, NO_END],
      [BOTH, "both", ALL, NO_END, NO_END],
    ] as const) {
      it(`grants ${name} for ever`, async () => {
        const { mine, bucketId, friend, other } = await withSharing();
        await expect(mine.grantAccess(bucketId, [friend], rights, 0))
          .to.emit(mine, "AccessGranted")
          .withArgs(bucketId, friend, rights, 0)
          .and.not.to.emit(mine, "KeyEpochStarted");
        expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(expected);
        expect(await mine.grantOf(bucketId, friend)).to.deep.equal([readUntil, writeUntil]);
        expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
        expect(await mine.grantOf(bucketId, other)).to.deep.equal([0n, 0n]);
      });
    }

    it("grants many at once, and one who is named twice once", async () => {
      const { mine, bucketId } = await withSharing();
      const [first, second] = [accountNumber(1), accountNumber(2)];
      const until = (await now()) + 1_000n;
      await expect(mine.grantAccess(bucketId, [first, second, first], READ, until))
        .to.emit(mine, "AccessGranted")
        .withArgs(bucketId, first, READ, until)
        .and.to.emit(mine, "AccessGranted")
        .withArgs(bucketId, second, READ, until);
      for (const account of [first, second]) {
        expect(await mine.grantOf(bucketId, account)).to.deep.equal([until, 0n]);
        expect(await rightsOf(mine, bucketId, account)).to.deep.equal(READS);
      }
    });

    it("adds to what was granted before", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const until = (await now()) + 1_000n;
      await mine.grantAccess(bucketId, [friend], READ, 0);
      await mine.grantAccess(bucketId, [friend], WRITE, until);
      expect(await mine.grantOf(bucketId, friend)).to.deep.equal([NO_END, until]);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(ALL);
      await passTo(until);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
    });

    it("moves the end of the same right, to later and to earlier", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const start = await now();
      for (const until of [start + 2_000n, start + 3_000n, start + 1_000n]) {
        await mine.grantAccess(bucketId, [friend], BOTH, until);
        expect(await mine.grantOf(bucketId, friend)).to.deep.equal([until, until]);
      }
      await mine.grantAccess(bucketId, [friend], WRITE, 0);
      expect(await mine.grantOf(bucketId, friend)).to.deep.equal([start + 1_000n, NO_END]);
    });

    it("ends at the second, not including it", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const until = (await now()) + 1_000n;
      await mine.grantAccess(bucketId, [friend], BOTH, until);
      await passTo(until - 1n);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(ALL);
      await passTo(until);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      await passTo(until + 1n);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
    });

    it("grants again what ended", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const until = (await now()) + 1_000n;
      await mine.grantAccess(bucketId, [friend], READ, until);
      await passTo(until);
      await mine.grantAccess(bucketId, [friend], READ, until + 1_000n);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
    });

    it("keeps to the latest end that there is", async () => {
      const { mine, bucketId, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], READ, NO_END - 1n);
      expect(await mine.grantOf(bucketId, friend)).to.deep.equal([NO_END - 1n, 0n]);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
    });

    it("is about one bucket", async () => {
      const { mine, clusterId, bucketId, friend } = await withSharing();
      await mine.createBucket(clusterId, "");
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      expect(await rightsOf(mine, 2n, friend)).to.deep.equal(NONE);
    });
  });
});
