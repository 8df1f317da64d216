import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { deployments } from "hardhat";

import { DEFAULTS, testUsd, withNodes, type WithNodes } from "../fixtures";
import { MAX_GAS, PATIENCE } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { gasOf, termsOf } from "../helpers/terms";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

// Two owners who each pay 32 clusters, as many as an account can. Every call that touches such an account moves 32 ends, in 32 clusters.

const STREAMS = 32;
const WITH_TERMS = 34n;
const RENT = DEFAULTS.rentPerMonth;
/** The deposit, which covers all 32 streams for ten days. */
const DEPOSIT = (testUsd("320") * 10n) / 31n;
const LARGEST = { gasLimit: MAX_GAS - 1n };
/**
 * Measured: 5,508,786 for `acceptBucket`, which touches two such accounts, both out of funds and with their first refund from each cluster;
 * 3,729,060 for everything else.
 */
const WORST = 5_600_000n;

interface Crowd extends WithNodes {
  /** The node of the owner, which agreed to the terms of cluster 34. */
  ownNode: bigint;
}

/** Clusters 1 to 33 of one vnode each, at 10 USD; buckets 1 to 32 are the owner's, 33 to 64 the other owner's. */
const withCrowd = deployments.createFixture(async (): Promise<Crowd> => {
  const fixture = await withNodes();
  const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, otherManager, otherOwner, owner } = fixture;
  const { nodeIds, provider1, termsRegistry, testUSD } = fixture;
  await nodeRegistry.connect(provider1).changeNodeCapacity(nodeIds[0], 1_000);
  const theirs = clusterRegistry.connect(manager);
  for (let clusterId = 1; clusterId <= STREAMS + 1; ++clusterId) {
    await theirs.createCluster(testUSD, 1, [nodeIds[0]], DEFAULTS.managementFeeBps, "");
    await theirs.reserveResource(clusterId, 10);
  }
  await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager, { bondPerVnode: 1n }), testUSD, 1, 0, "");
  const ownNode = await nodeRegistry.connect(owner).createNode.staticCall(RENT, 10, "");
  await nodeRegistry.connect(owner).createNode(RENT, 10, "");
  await termsRegistry.connect(owner).acceptTerms(WITH_TERMS, ownNode);
  for (const [person, first] of [
    [owner, 1],
    [otherOwner, STREAMS + 1],
  ] as const) {
    await accountRegistry.connect(person).deposit(testUSD, DEPOSIT);
    for (let i = 0; i < STREAMS; ++i) {
      await bucketRegistry.connect(person).createBucket(i + 1, "");
      await bucketRegistry.connect(person).allocate(first + i, 2, RENT);
      await bucketRegistry.connect(person).release(first + i, 1);
    }
  }
  return { ...fixture, ownNode };
});

/** All that touches the owner's account. */
function callsOf({ accountRegistry, bucketRegistry, manager, otherOwner, owner, ownNode, termsRegistry, testUSD }: Crowd) {
  const [mine, buckets] = [accountRegistry.connect(owner), bucketRegistry.connect(owner)];
  return {
    deposit: () => mine.deposit(testUSD, testUsd("100000"), LARGEST),
    depositFor: () => accountRegistry.connect(otherOwner).depositFor(owner, testUSD, testUsd("100000"), LARGEST),
    withdraw: () => mine.withdraw(testUSD, 1, owner, LARGEST),
    touchAccount: () => accountRegistry.touchAccount(owner, testUSD, LARGEST),
    settlePayment: () => bucketRegistry.settlePayment(1, LARGEST),
    postBond: () => termsRegistry.connect(owner).postBond(WITH_TERMS, ownNode, 1, LARGEST),
    allocate: () => buckets.allocate(1, 1, RENT, LARGEST),
    release: () => buckets.release(STREAMS, 1, LARGEST),
    closeBucket: () => buckets.closeBucket(1, LARGEST),
    reclaim: () => bucketRegistry.reclaim(2, LARGEST),
    endBucket: () => bucketRegistry.connect(manager).endBucket(3, LARGEST),
    acceptBucket: () => bucketRegistry.connect(otherOwner).acceptBucket(4, RENT, LARGEST),
  } satisfies Record<string, () => Promise<ContractTransactionResponse>>;
}

describe("attacks by streams", function () {
  this.timeout(PATIENCE);

  let fixture: Crowd;
  let end: bigint;
  beforeEach(async () => {
    fixture = await withCrowd();
    const { accountRegistry, bucketRegistry, manager, otherOwner, owner, testUSD } = fixture;
    await bucketRegistry.connect(owner).offerBucket(4, otherOwner);
    await bucketRegistry.connect(manager).endBucket(3);
    end = (await accountRegistry.getAccount(owner, testUSD)).coveredUntil;
  });

  /** Each cluster serves half, as its validator, who is the manager, says. */
  const degrade = async (): Promise<void> => {
    const { manager, nodeIds, termsRegistry } = fixture;
    for (let clusterId = 1; clusterId <= STREAMS; ++clusterId) {
      await termsRegistry.connect(manager).reportQuality(clusterId, nodeIds[0], 5_000, 0, "");
    }
  };

  it("a 33rd cluster is refused, by allocation and by hand-over, until a stream has ended", async () => {
    const { accountRegistry, bucketRegistry, otherManager, otherOwner, owner } = fixture;
    const mine = bucketRegistry.connect(owner);
    await mine.createBucket(STREAMS + 1, "");
    await expect(mine.allocate(2 * STREAMS + 1, 1, RENT))
      .to.be.revertedWithCustomError(accountRegistry, "StreamLimitReached")
      .withArgs(owner, STREAMS);
    await bucketRegistry.connect(otherManager).createBucket(STREAMS + 1, "");
    await bucketRegistry.connect(otherManager).allocate(2 * STREAMS + 2, 1, RENT);
    await bucketRegistry.connect(otherManager).offerBucket(2 * STREAMS + 2, otherOwner);
    await expect(bucketRegistry.connect(otherOwner).acceptBucket(2 * STREAMS + 2, RENT))
      .to.be.revertedWithCustomError(accountRegistry, "StreamLimitReached")
      .withArgs(otherOwner, STREAMS);
    // A bucket in a cluster that is paid already is no new stream.
    await mine.createBucket(STREAMS, "");
    await mine.allocate(2 * STREAMS + 3, 1, RENT);
    await mine.closeBucket(5);
    await mine.allocate(2 * STREAMS + 1, 1, RENT);
    await bucketRegistry.connect(otherOwner).closeBucket(2 * STREAMS);
    await bucketRegistry.connect(otherOwner).acceptBucket(2 * STREAMS + 2, RENT);
    for (const person of [owner, otherOwner]) {
      const streams = await accountRegistry.listStreams(person, fixture.testUSD);
      expect(streams.length).to.equal(STREAMS);
      expect(new Set(streams.map(({ clusterId }) => clusterId)).size).to.equal(STREAMS);
    }
    await expectExactCustody(fixture);
  });

  it("nobody but its owner can fill the list of an account", async () => {
    const { accountRegistry, bucketRegistry, manager, stranger, testUSD } = fixture;
    // A bucket of the stranger's, and one that is offered to nobody.
    await bucketRegistry.connect(stranger).createBucket(1, "");
    await expect(bucketRegistry.connect(manager).allocate(2 * STREAMS + 1, 1, RENT))
      .to.be.revertedWithCustomError(bucketRegistry, "ResourceCapExceeded")
      .withArgs(2 * STREAMS + 1, 1, 0);
    expect((await accountRegistry.getAccount(stranger, testUSD)).streamCount).to.equal(0n);
  });

  for (const [state, seconds] of [
    ["funded", -5n * DAY],
    ["within its last tick", -HOUR / 2n],
    ["out of funds", 40n * DAY],
  ] as const) {
    for (const served of ["all", "half"] as const) {
      it(`no call costs more than a third of what a transaction may with 32 streams, ${state}, of which clusters serve ${served}`, async () => {
        if (served === "half") await degrade();
        const { bucketRegistry, owner } = fixture;
        if (state === "out of funds") {
          await at(end + HOUR);
          await bucketRegistry.reclaim(2);
        }
        const time = end + seconds;
        const costs: Record<string, bigint> = {};
        for (const [name, call] of Object.entries(callsOf(fixture))) {
          const isEarly = ["reclaim", "endBucket"].includes(name) && state !== "out of funds";
          const isShort = ["withdraw", "postBond"].includes(name) && state === "out of funds" && served === "all";
          if (isEarly || isShort) continue;
          const snapshot = await takeSnapshot();
          await at(time);
          costs[name] = await gasOf(call());
          await expectExactCustody(fixture);
          await snapshot.restore();
        }
        if (process.env.DDC_SHOW !== undefined) console.log(state, served, costs);
        for (const [name, gas] of Object.entries(costs)) expect(gas, name).to.be.lessThan(WORST);
        expect((await bucketRegistry.getBucket(1)).owner).to.equal(owner.address);
      });
    }
  }

  it("each of 32 clusters earns what it would have earned alone, whatever else happens to the account", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, owner, otherOwner, testUSD } = fixture;
    await bucketRegistry.connect(otherOwner).closeBucket(STREAMS + 2);
    const start = (await now()) + 10n;
    await at(start);
    // The last of the list takes the place of one in the middle.
    await bucketRegistry.connect(owner).closeBucket(7);
    const [before, paidBefore] = [await accountRegistry.poolOf(2), (await accountRegistry.getAccount(owner, testUSD)).paidIndex];
    for (const bucketId of [1, STREAMS, 20]) await bucketRegistry.connect(owner).closeBucket(bucketId);
    await at(end + 30n * DAY);
    await accountRegistry.touchAccount(owner, testUSD);
    const { paidIndex } = await accountRegistry.getAccount(owner, testUSD);
    expect((await accountRegistry.poolOf(2)) - before).to.equal(RENT * (paidIndex - paidBefore));
    await bucketRegistry.connect(owner).closeBucket(2);
    await clusterRegistry.distributeRevenues(2);
    expect((await accountRegistry.getLine(2)).ratePerMonth).to.equal(0n);
    await expectExactCustody(fixture);
  });
});
