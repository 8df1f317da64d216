import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

import type { Random } from "../../helpers/random";
import type { BucketState, State } from "../state";
import type { World } from "../world";
import { caller, type Chooser, MAX_RENT, type Move, oneOf, type WeightedChoosers } from "./move";

function onBucket(
  name: string,
  send: (world: World, bucket: BucketState, by: HardhatEthersSigner, random: Random, state: State) => Move["send"],
  among: (bucket: BucketState) => boolean = () => true,
): Chooser {
  return (world, state, random) => {
    const fitting = state.buckets.filter(among);
    const chosen = oneOf(random, fitting.length !== 0 && random.chance(90) ? fitting : state.buckets);
    if (chosen === undefined) return undefined;
    const by = caller(world, random, chosen.owner);
    return { name, api: world.bucketRegistry.interface, send: send(world, chosen, by, random, state) };
  };
}

function holds({ resource }: BucketState): boolean {
  return resource !== 0n;
}

function createBucket(world: World, state: State, random: Random): Move | undefined {
  const cluster = oneOf(random, state.clusters);
  if (cluster === undefined || state.buckets.length >= 15) return undefined;
  const registry = world.bucketRegistry.connect(random.pick(world.owners));
  return { name: "createBucket", api: registry.interface, send: () => registry.createBucket(cluster.clusterId, "") };
}

function settlePayments(world: World, { buckets }: State, random: Random): Move {
  const bucketIds = [...buckets.map(({ bucketId }) => bucketId), 0n, 99n, ...buckets.slice(0, 2).map(({ bucketId }) => bucketId)];
  const registry = world.bucketRegistry;
  return { name: "settlePayments", api: registry.interface, send: () => registry.settlePayments(random.shuffled(bucketIds)) };
}

export const BUCKET_MOVES: WeightedChoosers = [
  [5, createBucket],
  [
    10,
    onBucket("allocate", ({ bucketRegistry, actors }, { bucketId, clusterId }, by, random, { clusters }) => {
      const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
      const who = random.chance(80) ? by : (actors.get(manager ?? "") ?? by);
      return () => bucketRegistry.connect(who).allocate(bucketId, random.between(1, 6), MAX_RENT);
    }),
  ],
  [
    4,
    onBucket(
      "release",
      ({ bucketRegistry }, { bucketId }, by, random) =>
        () =>
          bucketRegistry.connect(by).release(bucketId, random.between(1, 3)),
      holds,
    ),
  ],
  [
    2,
    onBucket(
      "setResourceCap",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).setResourceCap(bucketId, 8, MAX_RENT),
    ),
  ],
  [
    8,
    onBucket(
      "reclaim",
      ({ bucketRegistry, actors }, { bucketId, clusterId, ratePerMonth }, by, _random, { clusters }) => {
        const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
        const who = ratePerMonth === 0n ? (actors.get(manager ?? "") ?? by) : by;
        return () => bucketRegistry.connect(who).reclaim(bucketId);
      },
      holds,
    ),
  ],
  [
    3,
    onBucket(
      "endBucket",
      ({ bucketRegistry, actors }, { bucketId, clusterId }, by, _random, { clusters }) => {
        const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
        return () => bucketRegistry.connect(actors.get(manager ?? "") ?? by).endBucket(bucketId);
      },
      holds,
    ),
  ],
  [
    5,
    onBucket(
      "settlePayment",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).settlePayment(bucketId),
      holds,
    ),
  ],
  [2, settlePayments],
  [
    3,
    onBucket("offerBucket", ({ bucketRegistry, owners }, { bucketId }, by, random) => {
      const to = random.pick(owners);
      return () => bucketRegistry.connect(by).offerBucket(bucketId, to);
    }),
  ],
  [
    4,
    onBucket(
      "acceptBucket",
      ({ bucketRegistry, actors }, { bucketId, offeredTo }, by) =>
        () =>
          bucketRegistry.connect(actors.get(offeredTo) ?? by).acceptBucket(bucketId, MAX_RENT),
      ({ offeredTo }) => BigInt(offeredTo) !== 0n,
    ),
  ],
  [
    1,
    onBucket(
      "changeBucketParams",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).changeBucketParams(bucketId, "{}"),
    ),
  ],
  [
    1,
    onBucket(
      "closeBucket",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).closeBucket(bucketId),
    ),
  ],
];
