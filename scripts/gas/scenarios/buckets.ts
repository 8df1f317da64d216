import { time } from "@nomicfoundation/hardhat-network-helpers";
import { type HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";

import { type Meter } from "../meter";
import { admit, personOf } from "../people";
import { ANY_RENT, DAY, RENT, TOKEN, type World, params } from "../world";

const WEEK = 7 * DAY;
const MONTH = 31 * DAY;
/** As many payers as are settled together. */
const PAYERS = 11;

export async function measureBuckets(world: World, meter: Meter): Promise<void> {
  const { clusterId, bucketId } = await world.createPaidCluster(3, 6);
  await time.increase(DAY);
  await meter.record("first of the cluster", world.buckets.settlePayment(bucketId));
  await measureAllocations(world, meter, clusterId);
  await measurePayments(world, meter, clusterId);
  await measureHandovers(world, meter, clusterId);
  await measureNotices(world, meter, clusterId);
}

async function measureAllocations(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { accounts, token, people } = world;
  const { other, manager } = people;
  const buckets = world.buckets.connect(other);
  await accounts.connect(other).deposit(token, 1_000_000n * TOKEN);
  await meter.record("no params", buckets.createBucket(clusterId, ""), 62_000);
  await meter.record("params of 200 bytes", buckets.createBucket(clusterId, params(200)), 143_000);
  const [, next] = await buckets.listBuckets(1, 0, other);
  const [paying, second] = [next - 2n, next - 1n];

  await meter.record("first of the owner in the cluster", buckets.allocate(paying, 1, ANY_RENT));
  await time.increase(DAY);
  await meter.record("first of a bucket", buckets.allocate(second, 1, ANY_RENT), 94_000);
  await world.settleDay(paying);
  await meter.record("later", buckets.allocate(second, 1, ANY_RENT), 76_000);
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

async function measurePayments(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { buckets } = world;
  const bucketIds: bigint[] = [];
  for (let i = 0; i < PAYERS; i++) bucketIds.push(await world.createBucket(await payer(world, i), clusterId, 1));
  const [bucketId = 0n] = bucketIds;
  await time.increase(DAY);
  await buckets.settlePayments(bucketIds);
  await time.increase(DAY);
  await meter.record("", buckets.settlePayment(bucketId), 50_000);
  await time.increase(DAY);
  const one = await meter.record("1 payer", buckets.settlePayments([bucketId]));
  await time.increase(DAY);
  await meter.recordEach("each further payer", buckets.settlePayments(bucketIds), one, BigInt(PAYERS - 1), 18_000);
}

/** Somebody new who has deposited. */
async function payer({ accounts, token, people }: World, index: number): Promise<HardhatEthersSigner> {
  const address = personOf("payer", index);
  await admit(address);
  await accounts.connect(people.owner).depositFor(address, token, 1_000_000n * TOKEN);
  return ethers.getSigner(address);
}

async function measureHandovers(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { owner, other, stranger } = world.people;
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
  const ended = await world.createBucket(people.owner, clusterId, 1);
  await meter.record("notice", buckets.connect(people.manager).endBucket(ended));
  await time.increase(MONTH);
  await meter.record("release", buckets.endBucket(ended));

  await accounts.connect(people.owner).depositFor(people.newcomer, token, TOKEN);
  const dry = await world.createBucket(people.newcomer, clusterId, 1);
  await time.increase(MONTH);
  await meter.record("notice", buckets.reclaim(dry));
  await time.increase(WEEK);
  await meter.record("release", buckets.reclaim(dry));
}
