import { requiredCurrency } from "../state/currencies";
import type { Bucket } from "../state/buckets";
import { type Action, aBucket, aCluster, callerOf, callOf, type Draw, NO_LIMIT, someText, type Weighted } from "./draw";
import { anAmount } from "./accounts";

const NO_PERMIT = { deadline: 0n, v: 0n, r: `0x${"00".repeat(32)}`, s: `0x${"00".repeat(32)}` };

/** Pays into the caller's account in the same call: by ether or by the allowance. */
export function funding(draw: Draw, currencyId: bigint, sender: string): { argument: object; value: bigint } {
  const currency = requiredCurrency(draw.state, currencyId);
  const amount = anAmount(draw, currency, sender) + 1_000_000n;
  return { argument: { amount, ...NO_PERMIT }, value: /^0x0*$/.test(currency.address) ? amount : 0n };
}

function ofOwner(
  method: string,
  rest: (draw: Draw, bucket: Bucket) => unknown[],
  test: (draw: Draw, bucket: Bucket) => boolean = () => true,
): Action {
  return (draw) => {
    const bucket = aBucket(draw, (candidate) => test(draw, candidate));
    return bucket && callOf(callerOf(draw, bucket.owner), "bucketRegistry", method, [bucket.id, ...rest(draw, bucket)]);
  };
}

function ofManager(method: string, rest: (draw: Draw, bucket: Bucket) => unknown[], test: (bucket: Bucket) => boolean): Action {
  return (draw) => {
    const bucket = aBucket(draw, test);
    const cluster = bucket && draw.state.clusters.get(bucket.clusterId);
    return cluster && callOf(callerOf(draw, cluster.manager), "bucketRegistry", method, [bucket.id, ...rest(draw, bucket)]);
  };
}

function ofAnyone(method: string, test: (draw: Draw, bucket: Bucket) => boolean): Action {
  return (draw) => {
    const bucket = aBucket(draw, (candidate) => test(draw, candidate));
    return bucket && callOf(draw.random.pick(draw.cast.everyone), "bucketRegistry", method, [bucket.id]);
  };
}

const holds = ({ resource }: Bucket): boolean => resource !== 0n;
const some = ({ random }: Draw): bigint => BigInt(random.between(1, 4));
const people = ({ random, cast }: Draw): string[] => random.shuffled(cast.everyone).slice(0, random.between(1, 3));

/** What owners of buckets do, and others with buckets. */
export const BUCKET_ACTIONS: Weighted[] = [
  [
    2,
    (draw) => {
      const cluster = aCluster(draw);
      return cluster && callOf(draw.random.pick(draw.cast.owners), "bucketRegistry", "createBucket", [cluster.id, someText(draw)]);
    },
  ],
  [
    3,
    (draw) => {
      const cluster = aCluster(draw, ({ resourcePerVnode, closed }) => resourcePerVnode !== 0n && !closed);
      if (cluster === undefined) return undefined;
      const sender = draw.random.pick(draw.cast.owners);
      const { argument, value } = funding(draw, cluster.currencyId, sender);
      const args = [cluster.id, someText(draw), some(draw), NO_LIMIT, argument];
      return callOf(sender, "bucketRegistry", "openBucket", args, value);
    },
  ],
  [10, ofOwner("allocate", (draw) => [some(draw), NO_LIMIT])],
  [
    2,
    ofManager(
      "allocate",
      (draw) => [some(draw), NO_LIMIT],
      ({ resourceCap, resource }) => resourceCap > resource,
    ),
  ],
  [
    4,
    ofOwner(
      "release",
      ({ random }, { resource }) => [BigInt(random.between(1, Number(resource)))],
      (_, bucket) => holds(bucket),
    ),
  ],
  [2, ofOwner("setResourceCap", ({ random }) => [BigInt(random.between(0, 20)), NO_LIMIT])],
  [6, ofAnyone("reclaim", (_, bucket) => holds(bucket))],
  [
    2,
    ofManager(
      "reclaim",
      () => [],
      (bucket) => holds(bucket) && bucket.rate === 0n,
    ),
  ],
  [
    3,
    ofManager(
      "endBucket",
      () => [],
      (bucket) => holds(bucket) && bucket.endsAt === 0n,
    ),
  ],
  [2, ofAnyone("endBucket", ({ now }, bucket) => holds(bucket) && bucket.endsAt !== 0n && now >= bucket.endsAt)],
  [2, ofAnyone("settlePayment", () => true)],
  [
    2,
    (draw) => {
      const ids = [...draw.state.buckets.keys()];
      return callOf(draw.cast.admin, "bucketRegistry", "settlePayments", [draw.random.shuffled(ids).slice(0, 3)]);
    },
  ],
  [1, ofOwner("changeBucketParams", (draw) => [someText(draw)])],
  [3, ofOwner("offerBucket", ({ random, cast }) => [random.pick(cast.owners)])],
  [
    4,
    (draw) => {
      const bucket = aBucket(draw, ({ offeredTo }) => !/^0x0*$/.test(offeredTo));
      return bucket && callOf(callerOf(draw, bucket.offeredTo), "bucketRegistry", "acceptBucket", [bucket.id, NO_LIMIT]);
    },
  ],
  [2, ofOwner("closeBucket", () => [])],
  [
    3,
    ofOwner("grantAccess", (draw) => [
      people(draw),
      BigInt(draw.random.between(1, 3)),
      draw.random.pick([0n, draw.now + 3_600n, draw.now + 864_000n]),
    ]),
  ],
  [2, ofOwner("revokeAccess", (draw) => [people(draw)])],
  [2, ofOwner("setPublic", ({ random }) => [random.chance(50)])],
  [
    2,
    ofOwner("setGate", ({ random, cast }) => {
      const token = random.pick([cast.currencies[0], cast.currencies[1]]);
      return [BigInt(random.between(1, 3)), token, BigInt(random.between(0, 1)), 1_000n];
    }),
  ],
  [
    3,
    ofOwner("publishKeys", (draw, { access }) => {
      const epoch = access.tenure + access.epochsStarted + BigInt(draw.random.between(0, 1));
      const readers = people(draw);
      return [epoch, readers, readers.map((_, i) => `0x${"ab".repeat(40 + i)}`)];
    }),
  ],
];
