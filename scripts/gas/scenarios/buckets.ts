import { time } from "@nomicfoundation/hardhat-network-helpers";
import { type ContractTransactionResponse, ZeroHash } from "ethers";

import { type Meter } from "../meter";
import { ANY_RENT, DAY, RENT, TOKEN, type World, params } from "../world";

const WEEK = 7 * DAY;
const MONTH = 31 * DAY;
/** As many payers as are touched together. */
const PAYERS = 11;
const CROWD = 100;

export async function measureBuckets(world: World, meter: Meter): Promise<void> {
  const { clusterId, bucketId } = await world.createPaidCluster(3, 6);
  await time.increase(DAY);
  await meter.record("the end stays", world.buckets.settlePayment(bucketId));
  await measureAllocations(world, meter, clusterId);
  await measureCrowd(world, meter);
  await measurePayments(world, meter, clusterId);
  await measureHandovers(world, meter, clusterId);
  await measureNotices(world, meter, clusterId);
}

async function measureAllocations(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { manager } = world.people;
  const other = await world.createPayer(1_000_000n * TOKEN);
  const buckets = world.buckets.connect(other);
  await meter.record("no params", buckets.createBucket(clusterId, ""), 62_000);
  await meter.record("params of 200 bytes", buckets.createBucket(clusterId, params(200)), 143_000);
  const { lastId: second } = await buckets.listBuckets(1, 0, other);
  const paying = second - 1n;

  await meter.record("first of the owner in the cluster", buckets.allocate(paying, 1, ANY_RENT));
  await measureOpening(world, meter, clusterId);
  await time.increase(DAY);
  await meter.record("first of a bucket, to an end of its own", buckets.allocate(second, 1, ANY_RENT));
  await world.settleDay(paying);
  await meter.record("later, to an end of its own", buckets.allocate(second, 1, ANY_RENT));
  await meter.record("first", buckets.setResourceCap(second, 10, 1_000n * RENT));
  await meter.record("", buckets.setResourceCap(second, 20, 1_000n * RENT));
  await time.increase(DAY);
  await meter.record("later, by the manager", world.buckets.connect(manager).allocate(second, 1, ANY_RENT));
  await time.increase(DAY);
  await meter.record("a part", buckets.release(second, 1));
  await meter.record("all, with another bucket left", buckets.release(second, 2));
  await meter.record("all that the owner has", buckets.release(paying, 1));

  await meter.record("none to 200 bytes", buckets.changeBucketParams(paying, params(200)));
  await meter.record("200 bytes to others", buckets.changeBucketParams(paying, params(200).toUpperCase()));
  await meter.record("holding nothing, 200 bytes", buckets.closeBucket(paying));
  await buckets.allocate(second, 1, ANY_RENT);
  await time.increase(DAY);
  await meter.record("holding and paying, 200 bytes", buckets.closeBucket(second));
}

/** By owners who have no account yet. */
async function measureOpening(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const funding = { amount: 1_000n * TOKEN, deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };
  for (const [what, text] of [
    ["first of the owner, no params", ""],
    ["first of the owner, params of 200 bytes", params(200)],
  ] as const) {
    const owner = await world.createPayer(0n);
    await meter.record(what, world.buckets.connect(owner).openBucket(clusterId, text, 1, ANY_RENT, funding));
  }
}

/** In a cluster with many payers, whose ends are spread over some days. */
async function measureCrowd(world: World, meter: Meter): Promise<void> {
  const nodes = await world.createNodes(3);
  const clusterId = await world.createCluster(nodes, 6, 1_000);
  const crowd = await world.createCrowd(clusterId, CROWD);
  const half = crowd.slice(0, CROWD / 2);
  const average = `average of ${half.length} in a crowd of ${CROWD}`;
  const newcomers: (() => Promise<ContractTransactionResponse>)[] = [];
  for (const [index] of half.entries()) {
    const newcomer = await world.createPayer(60n * TOKEN + (BigInt(index) * TOKEN) / 25n);
    const bucketId = await world.createBucket(newcomer, clusterId, 0);
    newcomers.push(() => world.buckets.connect(newcomer).allocate(bucketId, 1, ANY_RENT));
  }
  await meter.recordAverage(`first of the owner in the cluster, ${average}`, newcomers, 150_000);
  const seconds: (() => Promise<ContractTransactionResponse>)[] = [];
  const laters: (() => Promise<ContractTransactionResponse>)[] = [];
  for (const payer of half) {
    // Twice the rate halves the time: as much again puts the end back among the others.
    await world.accounts.connect(payer).deposit(world.token, 60n * TOKEN);
    const bucketId = await world.createBucket(payer, clusterId, 0);
    seconds.push(() => world.buckets.connect(payer).allocate(bucketId, 1, ANY_RENT));
    laters.push(() => world.buckets.connect(payer).allocate(bucketId, 1, ANY_RENT));
  }
  await time.increase(DAY);
  await meter.recordAverage(`first of a bucket, ${average}`, seconds, 125_000);
  await time.increase(DAY);
  await meter.recordAverage(`later, ${average}`, laters, 112_000);
}

async function measurePayments(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { buckets } = world;
  const bucketIds: bigint[] = [];
  for (let i = 0; i < PAYERS; i++) {
    bucketIds.push(await world.createBucket(await world.createPayer(1_000_000n * TOKEN), clusterId, 1));
  }
  const [bucketId = 0n] = bucketIds;
  await time.increase(DAY);
  const one = await meter.record("1 payer", buckets.settlePayments([bucketId]));
  await time.increase(DAY);
  await meter.recordEach("each further payer", buckets.settlePayments(bucketIds), one, BigInt(PAYERS - 1));
}

async function measureHandovers(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { stranger } = world.people;
  const owner = await world.createPayer(1_000_000n * TOKEN);
  const other = await world.createPayer(1_000_000n * TOKEN);
  const buckets = world.buckets.connect(owner);
  const offer = async (resource: number) => {
    const bucketId = await world.createBucket(owner, clusterId, resource);
    return { bucketId, offering: buckets.offerBucket(bucketId, other) };
  };
  const empty = await offer(0);
  await meter.record("first", empty.offering);
  await meter.record("to somebody else", buckets.offerBucket(empty.bucketId, stranger));
  await meter.record("holding nothing", world.buckets.connect(stranger).acceptBucket(empty.bucketId, 0));
  const paying = await offer(1);
  await paying.offering;
  await time.increase(DAY);
  await meter.record("holding and paying", world.buckets.connect(other).acceptBucket(paying.bucketId, ANY_RENT));
}

async function measureNotices(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { accounts, buckets, token, people } = world;
  const ended = await world.createBucket(await world.createPayer(1_000_000n * TOKEN), clusterId, 1);
  await meter.record("notice", buckets.connect(people.manager).endBucket(ended));
  await time.increase(MONTH);
  await meter.record("release", buckets.endBucket(ended));

  await accounts.connect(people.owner).depositFor(people.newcomer, token, TOKEN);
  const depleted = await world.createBucket(people.newcomer, clusterId, 1);
  await time.increase(MONTH);
  await meter.record("notice", buckets.reclaim(depleted));
  await time.increase(WEEK);
  await meter.record("release", buckets.reclaim(depleted));
}
