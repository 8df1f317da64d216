import { expect } from "chai";

import { testUsd, usd, withCluster, withFundedBucket } from "../fixtures";
import { streamed } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

describe("BucketRegistry", () => {
  describe("endBucket", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(manager).endBucket(2)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(2);
    });

    it("refuses a bucket that holds nothing", async () => {
      const { bucketRegistry, clusterId, manager } = await withCluster();
      await bucketRegistry.createBucket(clusterId, "");
      await expect(bucketRegistry.connect(manager).endBucket(1)).to.be.revertedWithCustomError(bucketRegistry, "BucketEmpty").withArgs(1);
    });

    it("refuses to give notice for anyone but the cluster's manager", async () => {
      const { bucketRegistry, clusterId, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).endBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotManager")
        .withArgs(clusterId, owner, manager);
    });

    it("gives 30 days of notice to a bucket that is paid for", async () => {
      const { bucketRegistry, clusterId, bucketId, manager } = await withFundedBucket();
      const noticed = (await now()) + 5n;
      await at(noticed);
      await expect(bucketRegistry.connect(manager).endBucket(bucketId))
        .to.emit(bucketRegistry, "EndNoticed")
        .withArgs(bucketId, clusterId, noticed + 30n * DAY);
      const { endsAt, reclaimableFrom, resource } = await bucketRegistry.getBucket(bucketId);
      expect([endsAt, reclaimableFrom, resource]).to.deep.equal([noticed + 30n * DAY, 0n, 1n]);
    });

    it("refuses the manager and everyone else until the notice is over", async () => {
      const { bucketRegistry, bucketId, manager, stranger } = await withFundedBucket();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const until = (await now()) + 30n * DAY;
      await expect(bucketRegistry.connect(manager).endBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
        .withArgs(bucketId, until);
      await at(until - 1n);
      await expect(bucketRegistry.connect(stranger).endBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
        .withArgs(bucketId, until);
    });

    it("then releases all, for anyone, though the bucket has paid all the time", async () => {
      const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, manager, stranger } = await withFundedBucket();
      const start = await now();
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("90"));
      await at(start + 10n);
      await bucketRegistry.connect(manager).endBucket(bucketId);
      await at(start + 10n + 30n * DAY);
      await expect(bucketRegistry.connect(stranger).endBucket(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0)
        .and.to.emit(bucketRegistry, "BucketEnded")
        .withArgs(bucketId, clusterId, stranger);
      const { owner: ownerAfter, resource, endsAt } = await bucketRegistry.getBucket(bucketId);
      expect([ownerAfter, resource, endsAt]).to.deep.equal([owner.address, 0n, 0n]);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(streamed(RENT, 10n + 30n * DAY));
      expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(0n);
    });

    it("goes on when the bucket grows, shrinks, and changes hands", async () => {
      const { bucketRegistry, bucketId, owner, otherOwner, manager } = await withFundedBucket();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const until = (await now()) + 30n * DAY;
      await bucketRegistry.connect(owner).allocate(bucketId, 3, RENT);
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, usd("180"));
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(until);
      await at(until);
      await bucketRegistry.connect(manager).endBucket(bucketId);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(0n);
    });

    it("goes on when all is released and allocated anew", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const until = (await now()) + 30n * DAY;
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(until);
      await at(until);
      await bucketRegistry.endBucket(bucketId);
      expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(0n);
    });

    it("can be acted on for 30 days after its end", async () => {
      const { bucketRegistry, clusterId, bucketId, manager, stranger } = await withFundedBucket();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const until = (await now()) + 30n * DAY;
      await passTo(until + 30n * DAY - 2n);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(until);
      await at(until + 30n * DAY - 1n);
      await expect(bucketRegistry.connect(stranger).endBucket(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0);
    });

    it("lapses then, so that the manager has to give another", async () => {
      const { bucketRegistry, clusterId, bucketId, manager, stranger } = await withFundedBucket();
      await bucketRegistry.connect(manager).endBucket(bucketId);
      const lapsed = (await now()) + 60n * DAY;
      await passTo(lapsed);
      expect((await bucketRegistry.getBucket(bucketId)).endsAt).to.equal(0n);
      await expect(bucketRegistry.connect(stranger).endBucket(bucketId))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotManager")
        .withArgs(clusterId, stranger, manager);
      await at(lapsed + 10n);
      await expect(bucketRegistry.connect(manager).endBucket(bucketId))
        .to.emit(bucketRegistry, "EndNoticed")
        .withArgs(bucketId, clusterId, lapsed + 10n + 30n * DAY);
    });

    it("is for nobody until its last second is over, for anyone up to the second before the lapse, and for nobody then", async () => {
      for (const [after, outcome] of [
        [30n * DAY - 1n, "ChangeNotReady"],
        [30n * DAY, undefined],
        [60n * DAY - 1n, undefined],
        [60n * DAY, "CallerNotManager"],
      ] as const) {
        const { bucketRegistry, bucketId, manager, stranger } = await withFundedBucket();
        await bucketRegistry.connect(manager).endBucket(bucketId);
        await at((await now()) + after);
        const ending = bucketRegistry.connect(stranger).endBucket(bucketId);
        if (outcome === undefined) await expect(ending).to.emit(bucketRegistry, "BucketEnded");
        else await expect(ending).to.be.revertedWithCustomError(bucketRegistry, outcome);
      }
    });

    it("leaves a notice for not paying", async () => {
      const { bucketRegistry, clusterId, bucketId, owner, manager, stranger } = await withFundedBucket();
      const start = await now();
      await at(start + 1n);
      await bucketRegistry.connect(manager).endBucket(bucketId);
      // Out of funds since 446,400 seconds after the start, and given as much notice 25 days after it.
      await at(start + 25n * DAY);
      await bucketRegistry.connect(stranger).reclaim(bucketId);
      await at(start + 1n + 30n * DAY);
      const { interface: api } = bucketRegistry;
      await bucketRegistry
        .connect(owner)
        .multicall([api.encodeFunctionData("endBucket", [bucketId]), api.encodeFunctionData("allocate", [bucketId, 1, RENT])]);
      const { endsAt, reclaimableFrom } = await bucketRegistry.getBucket(bucketId);
      expect([endsAt, reclaimableFrom]).to.deep.equal([0n, start + 25n * DAY + 446_400n]);
      await at(reclaimableFrom);
      await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0);
    });
  });
});
