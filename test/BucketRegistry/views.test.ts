import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { MONTH, testUsd, usd, withCluster, withFundedBucket } from "../fixtures";
import { fieldsOf } from "../helpers/fields";
import { COVERED } from "../helpers/notice";
import { streamed } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");
const FOREVER = 2n ** 64n - 1n;

describe("BucketRegistry", () => {
  describe("getBucket", () => {
    it("refuses ids that were not given", async () => {
      const { bucketRegistry } = await withFundedBucket();
      for (const bucketId of [0n, 2n, 2n ** 32n - 1n]) {
        await expect(bucketRegistry.getBucket(bucketId)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(bucketId);
      }
    });

    it("shows all there is to know", async () => {
      const { bucketRegistry, clusterId, bucketId, owner, otherOwner } = await withFundedBucket();
      const start = await now();
      await bucketRegistry.connect(owner).setResourceCap(bucketId, 5, usd("70"));
      await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
      await bucketRegistry.connect(owner).changeBucketParams(bucketId, "{}");
      expect(fieldsOf(await bucketRegistry.getBucket(bucketId))).to.deep.equal({
        bucketId,
        owner: owner.address,
        offeredTo: otherOwner.address,
        clusterId,
        resource: 1n,
        resourceCap: 5n,
        capRentPerUnit: usd("70"),
        ratePerMonth: RENT,
        coveredUntil: start + COVERED,
        reclaimableFrom: 0n,
        endsAt: 0n,
        params: "{}",
      });
    });

    describe("coveredUntil", () => {
      it("is the same at any time up to then, and now afterwards", async () => {
        const { bucketRegistry, bucketId } = await withFundedBucket();
        const endOfFunds = (await now()) + COVERED;
        for (const timestamp of [endOfFunds - 100_000n, endOfFunds - 1n, endOfFunds]) {
          await passTo(timestamp);
          expect((await bucketRegistry.getBucket(bucketId)).coveredUntil).to.equal(endOfFunds);
        }
        await passTo(endOfFunds + MONTH);
        expect((await bucketRegistry.getBucket(bucketId)).coveredUntil).to.equal(endOfFunds + MONTH);
      });

      it("is that of all that the owner pays in the cluster's currency", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, testUSD, nodeIds, bucketId, owner, manager } = await withFundedBucket();
        await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
        await clusterRegistry.connect(manager).reserveResource(2, 2);
        await bucketRegistry.connect(owner).createBucket(2, "");
        const start = await now();
        await at(start + 10n);
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("990"));
        const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
        await at(start + 20n);
        await bucketRegistry.connect(owner).allocate(2, 2, RENT);
        const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
        // 10 seconds at 60 USD a month, and then 60 more for two units of a cluster of three vnodes.
        const left = scaledBalance - streamed(RENT, 10n);
        expect(coveredUntil).to.equal(start + 20n + left / streamed(usd("120"), 1n));
        for (const id of [bucketId, 2n]) {
          expect((await bucketRegistry.getBucket(id)).coveredUntil).to.equal(coveredUntil);
        }
      });

      it("is the largest value for a bucket that pays nothing, even when its owner pays for others", async () => {
        const { bucketRegistry, clusterId, owner } = await withFundedBucket();
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        expect((await bucketRegistry.getBucket(2)).coveredUntil).to.equal(FOREVER);
      });
    });
  });

  describe("listBuckets", () => {
    /** Buckets 1, 3 and 5 are the owner's, 2 and 4 the other owner's; 3 is closed. */
    async function withBuckets(): Promise<Awaited<ReturnType<typeof withCluster>>> {
      const fixture = await withCluster();
      const { bucketRegistry, clusterId, owner, otherOwner } = fixture;
      for (const caller of [owner, otherOwner, owner, otherOwner, owner]) {
        await bucketRegistry.connect(caller).createBucket(clusterId, "");
      }
      await bucketRegistry.connect(owner).closeBucket(3);
      return fixture;
    }

    it("lists none, when there are none", async () => {
      const { bucketRegistry } = await withCluster();
      const [items, lastId] = await bucketRegistry.listBuckets(1, 100, ZeroAddress);
      expect([items.length, lastId]).to.deep.equal([0, 0n]);
    });

    const cases: [title: string, offset: bigint, limit: bigint, ids: bigint[]][] = [
      ["all that are not closed", 1n, 100n, [1n, 2n, 4n, 5n]],
      ["the same from 0, which is no id", 0n, 6n, [1n, 2n, 4n, 5n]],
      ["one less from 0 than from 1", 0n, 5n, [1n, 2n, 4n]],
      ["a page", 2n, 2n, [2n]],
      ["the next page", 4n, 2n, [4n, 5n]],
      ["nothing on a page past the end", 6n, 2n, []],
      ["nothing on a page far past the end", 2n ** 32n - 1n, 2n ** 32n - 1n, []],
      ["nothing on a page of nothing", 1n, 0n, []],
      ["all with a limit beyond all", 1n, 2n ** 32n - 1n, [1n, 2n, 4n, 5n]],
    ];
    for (const [title, offset, limit, ids] of cases) {
      it(`lists ${title}`, async () => {
        const { bucketRegistry } = await withBuckets();
        const [items, lastId] = await bucketRegistry.listBuckets(offset, limit, ZeroAddress);
        expect(items.map(({ bucketId }) => bucketId)).to.deep.equal(ids);
        expect(lastId).to.equal(5n);
      });
    }

    it("lists those of one owner", async () => {
      const { bucketRegistry, owner, otherOwner, stranger } = await withBuckets();
      const idsOf = async (address: string): Promise<bigint[]> =>
        (await bucketRegistry.listBuckets(1, 10, address)).items.map(({ bucketId }) => bucketId);
      expect(await idsOf(owner.address)).to.deep.equal([1n, 5n]);
      expect(await idsOf(otherOwner.address)).to.deep.equal([2n, 4n]);
      expect(await idsOf(stranger.address)).to.deep.equal([]);
    });

    it("follows a bucket to its new owner", async () => {
      const { bucketRegistry, owner, otherOwner } = await withBuckets();
      await bucketRegistry.connect(owner).offerBucket(1, otherOwner);
      await bucketRegistry.connect(otherOwner).acceptBucket(1, 0);
      const [items] = await bucketRegistry.listBuckets(1, 10, otherOwner);
      expect(items.map(({ bucketId }) => bucketId)).to.deep.equal([1n, 2n, 4n]);
    });

    it("shows of each what getBucket shows", async () => {
      const { bucketRegistry, owner } = await withBuckets();
      await bucketRegistry.connect(owner).allocate(5, 2, RENT);
      await bucketRegistry.connect(owner).changeBucketParams(1, "{}");
      const [items] = await bucketRegistry.listBuckets(1, 10, ZeroAddress);
      for (const item of items) {
        expect(fieldsOf(item)).to.deep.equal(fieldsOf(await bucketRegistry.getBucket(item.bucketId)));
      }
    });
  });
});
