import { expect } from "chai";

import { DEFAULTS, MONTH, testUsd, usd, withCluster, withFundedBucket, type WithCluster } from "../fixtures";
import { changeRent } from "../helpers/clusters";
import { endIndexOf, streamed } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const TEST_USD_ID = 2n;

/** Lets every node ask another rent, and the manager accept it. */
async function changeRents(fixture: WithCluster, rentPerMonth: bigint): Promise<void> {
  for (const nodeId of fixture.nodeIds) await changeRent(fixture, fixture.clusterId, nodeId, rentPerMonth);
}

describe("BucketRegistry", () => {
  describe("release", () => {
    it("refuses a bucket that does not exist", async () => {
      const { bucketRegistry, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).release(2, 1)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
      await expect(bucketRegistry.connect(manager).release(bucketId, 1))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, manager, owner);
    });

    it("refuses to release nothing", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).release(bucketId, 0)).to.be.revertedWithCustomError(bucketRegistry, "ResourceZero");
    });

    it("refuses more than the bucket holds", async () => {
      const { bucketRegistry, bucketId, owner } = await withFundedBucket();
      await expect(bucketRegistry.connect(owner).release(bucketId, 2))
        .to.be.revertedWithCustomError(bucketRegistry, "BucketResourceExceeded")
        .withArgs(bucketId, 2, 1);
    });

    context("when a part is released", () => {
      it("gives the part back and lowers the rates in proportion, from then on", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, priceRegistry, testUSD, clusterId, bucketId, owner } =
          await withFundedBucket();
        await bucketRegistry.connect(owner).allocate(bucketId, 3, RENT);
        const grown = await now();
        const pool = await accountRegistry.poolOf(clusterId);
        const { index } = await priceRegistry.getCurrency(testUSD);
        const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
        const left = scaledBalance - streamed(usd("240"), 1_000n);
        const indexThen = index + 1_000n * 10n ** 18n;
        await at(grown + 1_000n);
        await expect(bucketRegistry.connect(owner).release(bucketId, 1))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(bucketId, clusterId, owner, 3, usd("180"))
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(owner, clusterId, TEST_USD_ID, usd("180"), usd("180"), left, indexThen, endIndexOf(indexThen, left, usd("180")));
        expect(await accountRegistry.poolOf(clusterId)).to.equal(pool + streamed(usd("240"), 1_000n));
        const { resource, ratePerMonth } = await bucketRegistry.getBucket(bucketId);
        expect([resource, ratePerMonth]).to.deep.equal([3n, usd("180")]);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(3n);
      });

      it("rounds what remains of the rate up", async () => {
        const fixture = await withFundedBucket();
        const { bucketRegistry, accountRegistry, testUSD, bucketId, owner } = fixture;
        await changeRents(fixture, DEFAULTS.rentPerMonth - 2n);
        // One unit at 60 USD, two at 12 wei less, and four at nothing.
        await bucketRegistry.connect(owner).allocate(bucketId, 2, RENT);
        const rateOf = async (): Promise<bigint> => (await bucketRegistry.getBucket(bucketId)).ratePerMonth;
        expect(await rateOf()).to.equal(usd("180") - 24n);
        await changeRents(fixture, 0n);
        await bucketRegistry.connect(owner).allocate(bucketId, 4, 0);
        expect(await rateOf()).to.equal(usd("180") - 24n);

        // 5/7 of it: 128,571,428,571,428,571,411 and 3/7.
        await bucketRegistry.connect(owner).release(bucketId, 2);
        expect(await rateOf()).to.equal(128_571_428_571_428_571_412n);
        // 4/5 of that: 102,857,142,857,142,857,129 and 3/5.
        await bucketRegistry.connect(owner).release(bucketId, 1);
        expect(await rateOf()).to.equal(102_857_142_857_142_857_130n);
        // 1/4 of that: 25,714,285,714,285,714,282 and a half.
        await bucketRegistry.connect(owner).release(bucketId, 3);
        expect(await rateOf()).to.equal(25_714_285_714_285_714_283n);
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(25_714_285_714_285_714_283n);
      });

      it("leaves a rate that cannot become lower, without touching the stream", async () => {
        const fixture = await withCluster();
        const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, nodeIds, owner, manager, provider1 } = fixture;
        await fixture.nodeRegistry.connect(provider1).changeNodeRent(nodeIds[0], 1);
        await clusterRegistry.connect(manager).createCluster(testUSD, 1, [nodeIds[0]], 0, "");
        await clusterRegistry.connect(manager).reserveResource(2, 2);
        await bucketRegistry.connect(owner).createBucket(2, "");
        await bucketRegistry.connect(owner).allocate(1, 1, 1);
        await changeRent(fixture, 2n, nodeIds[0], 0n);
        await bucketRegistry.connect(owner).allocate(1, 1, 0);

        // Half of 1 wei a month, rounded up.
        await expect(bucketRegistry.connect(owner).release(1, 1))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(1, 2, owner, 1, 1)
          .and.not.to.emit(accountRegistry, "StreamChanged");
        await bucketRegistry.connect(owner).release(1, 1);
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(0n);
      });

      it("leaves notices as they are", async () => {
        const { bucketRegistry, bucketId, owner, manager, stranger } = await withFundedBucket();
        const start = await now();
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        await bucketRegistry.connect(manager).endBucket(bucketId);
        await passTo(start + MONTH);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        const before = await bucketRegistry.getBucket(bucketId);
        await bucketRegistry.connect(owner).release(bucketId, 1);
        const after = await bucketRegistry.getBucket(bucketId);
        expect(before.reclaimableFrom).not.to.equal(0n);
        expect(before.endsAt).not.to.equal(0n);
        expect([after.reclaimableFrom, after.endsAt]).to.deep.equal([before.reclaimableFrom, before.endsAt]);
      });
    });

    context("when all is released", () => {
      it("ends the stream and leaves the bucket", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
        const start = await now();
        await at(start + 44_640n);
        await expect(bucketRegistry.connect(owner).release(bucketId, 1))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(bucketId, clusterId, owner, 0, 0);
        const bucket = await bucketRegistry.getBucket(bucketId);
        expect([bucket.owner, bucket.resource, bucket.ratePerMonth]).to.deep.equal([owner.address, 0n, 0n]);
        expect(bucket.coveredUntil).to.equal(2n ** 64n - 1n);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(0n);
        await passTo(start + 10n * MONTH);
        const { balance, ratePerMonth } = await accountRegistry.getAccount(owner, testUSD);
        expect([balance, ratePerMonth]).to.deep.equal([testUsd("9"), 0n]);
      });

      it("leaves both notices, so that allocating anew makes none void", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, manager, stranger } = await withFundedBucket();
        const start = await now();
        const [endsAt, reclaimableFrom] = [start + 1n + 30n * DAY, start + 6n * DAY + 446_400n];
        await at(start + 1n);
        await bucketRegistry.connect(manager).endBucket(bucketId);
        await at(start + 6n * DAY);
        await bucketRegistry.connect(stranger).reclaim(bucketId);
        const { interface: api } = bucketRegistry;
        await bucketRegistry
          .connect(owner)
          .multicall([api.encodeFunctionData("release", [bucketId, 1]), api.encodeFunctionData("allocate", [bucketId, 1, RENT])]);
        const bucket = await bucketRegistry.getBucket(bucketId);
        expect([bucket.reclaimableFrom, bucket.endsAt]).to.deep.equal([reclaimableFrom, endsAt]);
        await at(reclaimableFrom);
        await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
          .to.emit(bucketRegistry, "ResourceDeallocated")
          .withArgs(bucketId, clusterId, stranger, 0, 0);
      });
    });

    context("when the account is out of funds", () => {
      it("releases at once, and the cluster has all that the account paid", async () => {
        const { bucketRegistry, accountRegistry, clusterId, bucketId, owner } = await withFundedBucket();
        const start = await now();
        await at(start + MONTH);
        await bucketRegistry.connect(owner).release(bucketId, 1);
        // All of the 10 TestUSD, which lasted for 446,400 seconds.
        expect(await accountRegistry.poolOf(clusterId)).to.equal(10n * MONTH * 10n ** 36n);
        expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(0n);
      });
    });
  });
});
