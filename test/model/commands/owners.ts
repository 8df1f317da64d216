import fc from "fast-check";

import { call } from "../call";
import { usedOf } from "../model/clusters";
import { type Bucket, NOBODY, type State } from "../model/state";
import { rentPerUnit } from "../model/vnodes";
import { command, type Weighted } from "./command";
import { agreed, bucketFor, caller, callerOf, chosen, clusterFor, limit, NO_ID, NO_LIMIT, params, pick, resource } from "./draw";

/** Whether a cluster has resource for buckets. */
function hasRoom(state: State, clusterId: bigint): boolean {
  const cluster = state.clusters.get(clusterId);
  return cluster !== undefined && !cluster.closed && !cluster.currency.paused && usedOf(state, clusterId) < cluster.resourcePerVnode;
}

const holds = ({ resource }: Bucket): boolean => resource !== 0n;

/** What owners of buckets do. */
export const OWNER_COMMANDS: Weighted[] = [
  [
    3,
    command("createBucket", { cluster: pick, params, by: pick }, ({ cluster, params: text, by }, world) => {
      const id = clusterFor(world, cluster)?.id ?? NO_ID;
      return call(chosen(world.cast.owners, by)!, "bucketRegistry", "createBucket", [id, text]);
    }),
  ],
  [
    12,
    command("allocate", { bucket: pick, resource, limit, by: caller }, ({ bucket: picked, resource: more, limit: to, by }, world) => {
      const bucket = bucketFor(world, picked, ({ clusterId }) => hasRoom(world.model.state, clusterId));
      if (bucket === undefined) return undefined;
      const cluster = world.model.state.clusters.get(bucket.clusterId);
      const maxRent = agreed(cluster === undefined ? 0n : rentPerUnit(cluster), to);
      return call(callerOf(world, bucket.owner, by), "bucketRegistry", "allocate", [bucket.id, more, maxRent]);
    }),
  ],
  [
    5,
    command("release", { bucket: pick, all: fc.boolean(), resource, by: caller }, ({ bucket: picked, all, resource: less, by }, world) => {
      const bucket = bucketFor(world, picked, holds);
      if (bucket === undefined) return undefined;
      return call(callerOf(world, bucket.owner, by), "bucketRegistry", "release", [bucket.id, all ? bucket.resource : less]);
    }),
  ],
  [
    3,
    command(
      "setResourceCap",
      { bucket: pick, resource: fc.constantFrom(30n, 5n, 0n), unlimited: fc.boolean(), by: caller },
      (drawn, world) => {
        const bucket = bucketFor(world, drawn.bucket);
        if (bucket === undefined) return undefined;
        const args: [bigint, bigint, bigint] = [bucket.id, drawn.resource, drawn.unlimited ? NO_LIMIT : 10n ** 19n];
        return call(callerOf(world, bucket.owner, drawn.by), "bucketRegistry", "setResourceCap", args);
      },
    ),
  ],
  [
    4,
    command("offerBucket", { bucket: pick, to: pick, by: caller }, ({ bucket: picked, to, by }, world) => {
      const bucket = bucketFor(world, picked);
      if (bucket === undefined) return undefined;
      return call(callerOf(world, bucket.owner, by), "bucketRegistry", "offerBucket", [bucket.id, chosen(world.cast.owners, to)!]);
    }),
  ],
  [
    5,
    command("acceptBucket", { bucket: pick, limit, by: caller }, ({ bucket: picked, limit: to, by }, world) => {
      const bucket = bucketFor(world, picked, ({ offeredTo }) => offeredTo !== NOBODY);
      if (bucket === undefined) return undefined;
      const sender = callerOf(world, bucket.offeredTo === NOBODY ? bucket.owner : bucket.offeredTo, by);
      return call(sender, "bucketRegistry", "acceptBucket", [bucket.id, agreed(bucket.rate, to)]);
    }),
  ],
  [
    2,
    command("closeBucket", { bucket: pick, by: caller }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(world, picked);
      return bucket && call(callerOf(world, bucket.owner, by), "bucketRegistry", "closeBucket", [bucket.id]);
    }),
  ],
];
