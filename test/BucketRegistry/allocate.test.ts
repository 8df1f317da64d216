import { expect } from "chai";
import { MaxUint256 } from "ethers";

import type { AccountRegistry, BucketRegistry } from "../../cache/typechain-types";
import { type Base, DEFAULTS, MONTH, testUsd, usd, withCluster, withFundedBucket, type WithCluster } from "../fixtures";
import { changeRent, contractAsSigner } from "../helpers/clusters";
import { endIndexOf, scaled } from "../helpers/streams";
import { at, now } from "../helpers/units";

const RENT = usd("60");
const MAX_RATE = 2n ** 96n - 1n;
/** What the buckets of a cluster may pay together, at its present rent. */
const MAX_CLUSTER_RATE = 2n ** 90n;
/** The number of TestUSD; the native currency is listed first. */
const TEST_USD_ID = 2n;

/** The cluster, where the owner has a bucket that holds nothing. */
async function withBucket(): Promise<WithCluster & { bucketId: bigint }> {
  const fixture = await withCluster();
  await fixture.bucketRegistry.connect(fixture.owner).createBucket(fixture.clusterId, "");
  return { ...fixture, bucketId: 1n };
}

/** A cluster with a single vnode of that rent, and resource for nine units. */
async function withRents(rent: bigint): Promise<Base & { clusterId: bigint }> {
  const fixture = await withCluster();
  const { nodeRegistry, clusterRegistry, testUSD, provider1, manager } = fixture;
  await nodeRegistry.connect(provider1).createNode(rent, 9, "");
  await clusterRegistry.connect(manager).createCluster(testUSD, 1, [4], 0, "");
  await clusterRegistry.connect(manager).reserveResource(2, 9);
  return { ...fixture, clusterId: 2n };
}

/** Lets an owner pay so much to another cluster, as buckets of many clusters at early and high rents may add up to. Returns how much. */
async function payOthers(accounts: AccountRegistry, buckets: BucketRegistry, owner: { address: string }, rate: bigint): Promise<bigint> {
  const asBuckets = accounts.connect(await contractAsSigner(buckets));
  await asBuckets.raiseRate({ payer: owner.address, clusterId: 99, currencyId: TEST_USD_ID, rate });
  return rate;
}

describe("BucketRegistry", () => {
  describe("allocate", () => {
    context("when there is no such bucket", () => {
      it("refuses", async () => {
        const { bucketRegistry, owner } = await withBucket();
        await expect(bucketRegistry.connect(owner).allocate(2, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown")
          .withArgs(2);
      });
    });

    context("when the caller is neither the owner nor the cluster's manager", () => {
      it("refuses, whatever the cap", async () => {
        const { bucketRegistry, bucketId, owner, otherManager } = await withBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 10, RENT);
        await expect(bucketRegistry.connect(otherManager).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwnerOrManager")
          .withArgs(bucketId, otherManager);
      });
    });

    context("when nothing is asked for", () => {
      it("refuses", async () => {
        const { bucketRegistry, bucketId, owner } = await withBucket();
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 0, RENT)).to.be.revertedWithCustomError(
          bucketRegistry,
          "ResourceZero",
        );
      });
    });

    context("when more is asked for than the cluster has left", () => {
      it("refuses, and says how much there is", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, otherOwner } = await withBucket();
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 11, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "ClusterResourceExceeded")
          .withArgs(clusterId, 11, 10);
        await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
        await bucketRegistry.connect(otherOwner).allocate(2, 7, RENT);
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 4, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "ClusterResourceExceeded")
          .withArgs(clusterId, 4, 3);
        await bucketRegistry.connect(owner).allocate(bucketId, 3, RENT);
      });
    });

    context("when the cluster's rent is above what the caller agrees to", () => {
      it("refuses", async () => {
        const { bucketRegistry, clusterId, bucketId, owner } = await withBucket();
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 1, RENT - 1n))
          .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
          .withArgs(clusterId, RENT, RENT - 1n);
      });

      it("refuses the rent that had been right before it rose", async () => {
        const fixture = await withBucket();
        const { bucketRegistry, clusterId, bucketId, owner } = fixture;
        // On two of the six vnodes.
        await changeRent(fixture, 1n, 1n, usd("15"));
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
          .withArgs(clusterId, usd("70"), RENT);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("70"));
        expect((await bucketRegistry.getBucket(bucketId)).ratePerMonth).to.equal(usd("70"));
      });
    });

    context("when the cluster was removed", () => {
      it("refuses the owner and everyone else", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, bucketId, owner, manager } = await withBucket();
        await clusterRegistry.connect(manager).removeCluster(clusterId);
        for (const caller of [owner, manager]) {
          await expect(bucketRegistry.connect(caller).allocate(bucketId, 1, RENT))
            .to.be.revertedWithCustomError(bucketRegistry, "ClusterUnknown")
            .withArgs(clusterId);
        }
      });
    });

    context("when the cluster is closed", () => {
      it("refuses the owner and the manager, until it is opened again", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, bucketId, owner, manager } = await withFundedBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 10, RENT);
        await clusterRegistry.connect(manager).closeCluster(clusterId, true);
        for (const caller of [owner, manager]) {
          await expect(bucketRegistry.connect(caller).allocate(bucketId, 1, RENT))
            .to.be.revertedWithCustomError(bucketRegistry, "ClusterClosed")
            .withArgs(clusterId);
        }
        const { resource, ratePerMonth } = await bucketRegistry.getBucket(bucketId);
        expect([resource, ratePerMonth]).to.deep.equal([1n, RENT]);
        await clusterRegistry.connect(manager).closeCluster(clusterId, false);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
      });
    });

    context("when the cluster's buckets would pay more than can be counted", () => {
      it("refuses one wei more than 2^90 USD a month", async () => {
        const { bucketRegistry, clusterId, owner } = await withRents((MAX_CLUSTER_RATE + 1n) / 5n);
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await expect(bucketRegistry.connect(owner).allocate(1, 5, MAX_RATE))
          .to.be.revertedWithCustomError(bucketRegistry, "ClusterRateTooHigh")
          .withArgs(clusterId, MAX_CLUSTER_RATE + 1n, MAX_CLUSTER_RATE);
        await bucketRegistry.connect(owner).allocate(1, 4, MAX_RATE);
        await expect(bucketRegistry.connect(owner).allocate(1, 1, MAX_RATE))
          .to.be.revertedWithCustomError(bucketRegistry, "ClusterRateTooHigh")
          .withArgs(clusterId, MAX_CLUSTER_RATE + 1n, MAX_CLUSTER_RATE);
      });

      it("takes just as much, of all its buckets together", async () => {
        const { bucketRegistry, clusterId, owner, otherOwner } = await withRents(2n ** 87n);
        await bucketRegistry.connect(owner).createBucket(clusterId, "");
        await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
        await bucketRegistry.connect(owner).allocate(1, 5, MAX_RATE);
        await bucketRegistry.connect(otherOwner).allocate(2, 3, MAX_RATE);
        for (const [bucketId, payer] of [
          [1, owner],
          [2, otherOwner],
        ] as const) {
          await expect(bucketRegistry.connect(payer).allocate(bucketId, 1, MAX_RATE))
            .to.be.revertedWithCustomError(bucketRegistry, "ClusterRateTooHigh")
            .withArgs(clusterId, MAX_CLUSTER_RATE + 2n ** 87n, MAX_CLUSTER_RATE);
        }
        await bucketRegistry.connect(owner).release(1, 1);
        await bucketRegistry.connect(otherOwner).allocate(2, 1, MAX_RATE);
      });
    });

    context("when the owner would pay more than can be counted", () => {
      it("refuses, counting what the owner pays to other clusters", async () => {
        const { accountRegistry, bucketRegistry, bucketId, owner } = await withBucket();
        const others = await payOthers(accountRegistry, bucketRegistry, owner, MAX_RATE - RENT);
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 2, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "RateTooHigh")
          .withArgs(owner, others + 2n * RENT, MAX_RATE);
        await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "RateTooHigh")
          .withArgs(owner, MAX_RATE + RENT, MAX_RATE);
      });
    });

    context("when the owner calls", () => {
      it("lets the bucket hold the resource and pay the cluster's rent for it", async () => {
        const { bucketRegistry, clusterRegistry, accountRegistry, priceRegistry, testUSD, clusterId, bucketId, owner } = await withBucket();
        const allocated = (await now()) + 10n;
        const { index } = await priceRegistry.getCurrency(testUSD);
        await at(allocated);
        // The owner has nothing: its paid index is the currency's when the stream starts. One USD a token: 10^18 a second.
        const indexThen = index + 10n * 10n ** 18n;
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 4, RENT))
          .to.emit(bucketRegistry, "ResourceAllocated")
          .withArgs(bucketId, clusterId, owner, 4, usd("240"))
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(owner, clusterId, TEST_USD_ID, usd("240"), usd("240"), 0, indexThen, 0);
        const bucket = await bucketRegistry.getBucket(bucketId);
        expect(bucket.resource).to.equal(4n);
        expect(bucket.ratePerMonth).to.equal(usd("240"));
        expect(bucket.coveredUntil).to.equal(allocated);
        expect((await clusterRegistry.getCluster(clusterId)).resourceUsed).to.equal(4n);
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(usd("240"));
        expect((await accountRegistry.getStream(owner, clusterId)).ratePerMonth).to.equal(usd("240"));
      });

      it("lets the stream grow from then on, and end as early as that is paid for", async () => {
        const { bucketRegistry, accountRegistry, priceRegistry, testUSD, clusterId, bucketId, owner } = await withFundedBucket();
        const start = await now();
        const { index } = await priceRegistry.getCurrency(testUSD);
        await at(start + 44_640n);
        // 60 USD a month for 44,640 seconds, a sixtieth of a month: 1 TestUSD.
        const indexThen = index + 44_640n * 10n ** 18n;
        const left = scaled(testUsd("9"));
        await expect(bucketRegistry.connect(owner).allocate(bucketId, 2, RENT))
          .to.emit(bucketRegistry, "ResourceAllocated")
          .withArgs(bucketId, clusterId, owner, 3, usd("180"))
          .and.to.emit(accountRegistry, "StreamChanged")
          .withArgs(owner, clusterId, TEST_USD_ID, usd("180"), usd("180"), left, indexThen, endIndexOf(indexThen, left, usd("180")));
        expect(await accountRegistry.poolOf(clusterId)).to.equal(MONTH * 10n ** 36n);
        const { balance, coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
        expect(balance).to.equal(9_000_000n);
        // 9 TestUSD at 180 USD a month: a twentieth of a month.
        expect(coveredUntil).to.equal(start + 44_640n + MONTH / 20n);
      });

      it("leaves what the bucket holds already at the rent at which it was allocated", async () => {
        const fixture = await withFundedBucket();
        const { bucketRegistry, bucketId, owner } = fixture;
        await changeRent(fixture, 1n, 1n, usd("4"));
        // 2 x 4 + 4 x 10 USD from now on.
        await bucketRegistry.connect(owner).allocate(bucketId, 2, usd("48"));
        const { ratePerMonth } = await bucketRegistry.getBucket(bucketId);
        expect(ratePerMonth).to.equal(usd("156"));
      });

      it("needs no cap, and takes none away", async () => {
        const { bucketRegistry, bucketId, owner } = await withBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 1, RENT);
        await bucketRegistry.connect(owner).allocate(bucketId, 10, MaxUint256 >> 128n);
        const { resource, resourceCap } = await bucketRegistry.getBucket(bucketId);
        expect([resource, resourceCap]).to.deep.equal([10n, 1n]);
      });
    });

    context("when the cluster's manager calls", () => {
      it("refuses while the owner has set no cap", async () => {
        const { bucketRegistry, bucketId, manager } = await withBucket();
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
          .withArgs(bucketId, 1, 0);
      });

      it("refuses more than the cap, counting what the bucket holds", async () => {
        const { bucketRegistry, bucketId, owner, manager } = await withFundedBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 3, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
          .withArgs(bucketId, 4, 3);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 2n ** 32n - 1n, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
          .withArgs(bucketId, 2n ** 32n, 3);
      });

      it("refuses a rent above the cap's, whatever the manager agrees to", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, manager } = await withBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT - 1n);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
          .withArgs(clusterId, RENT, RENT - 1n);
      });

      it("refuses a rent above what the manager agrees to, whatever the cap's", async () => {
        const { bucketRegistry, clusterId, bucketId, owner, manager } = await withBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, RENT - 2n))
          .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
          .withArgs(clusterId, RENT, RENT - 2n);
      });

      it("refuses after the cluster's rent rose above the cap's", async () => {
        const fixture = await withBucket();
        const { bucketRegistry, clusterId, bucketId, owner, manager } = fixture;
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT);
        await changeRent(fixture, 1n, 1n, DEFAULTS.rentPerMonth + 1n);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, usd("1000")))
          .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
          .withArgs(clusterId, RENT + 2n, RENT);
      });

      it("allocates up to the cap, at the owner's cost", async () => {
        const { bucketRegistry, accountRegistry, testUSD, clusterId, bucketId, owner, manager } = await withFundedBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 2, RENT))
          .to.emit(bucketRegistry, "ResourceAllocated")
          .withArgs(bucketId, clusterId, manager, 3, usd("180"));
        expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(usd("180"));
        expect((await accountRegistry.getAccount(manager, testUSD)).ratePerMonth).to.equal(0n);
      });

      it("refuses one who has handed the management over, and lets the new one", async () => {
        const { bucketRegistry, clusterRegistry, clusterId, bucketId, owner, manager, otherManager } = await withBucket();
        await bucketRegistry.connect(owner).setResourceCap(bucketId, 3, RENT);
        await clusterRegistry.connect(manager).offerManagement(clusterId, otherManager);
        await clusterRegistry.connect(otherManager).acceptManagement(clusterId);
        await expect(bucketRegistry.connect(manager).allocate(bucketId, 1, RENT))
          .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwnerOrManager")
          .withArgs(bucketId, manager);
        await bucketRegistry.connect(otherManager).allocate(bucketId, 3, RENT);
        expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(3n);
      });
    });
  });
});
