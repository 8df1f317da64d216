import fc from "fast-check";

import { call, reportCall } from "../call";
import { usedOf } from "../model/clusters";
import { nodeOf, trusts } from "../model/nodes";
import { type Bucket, type Cluster, NOBODY, type Node } from "../model/state";
import { isVacant, nodesOf } from "../model/vnodes";
import { command, type Weighted, type World } from "./command";
import { agreed, bucketFor, caller, callerOf, chosen, clusterFor, limit, nodeFor, NO_ID, NO_LIMIT, params, pick, resource } from "./draw";

const holds = ({ resource }: Bucket): boolean => resource !== 0n;
const fee = fc.constantFrom(333n, 1n, 0n, 3_000n, 3_001n);

function managerOf({ model }: World, { clusterId, owner }: Bucket): string {
  return model.state.clusters.get(clusterId)?.manager ?? owner;
}

/** A node of a cluster, if it has any. */
function memberOf(cluster: Cluster, picked: number): bigint {
  return chosen(nodesOf(cluster), picked) ?? NO_ID;
}

/** Whether vnodes may go to a node, as far as its rent is concerned. */
function isAsCheap({ model }: World, { id, rents }: Cluster, node: Node, oldNode: bigint | undefined): boolean {
  const rent = rents.get(node.id) ?? node.rent;
  return usedOf(model.state, id) === 0n || rent <= (rents.get(oldNode ?? NO_ID) ?? 0n);
}

/** A node of a cluster whose rent may be accepted, or any. */
function changedMemberOf({ model }: World, cluster: Cluster, picked: number): bigint {
  const lower = nodesOf(cluster).filter((nodeId) => nodeOf(model.state, nodeId).rent < cluster.rents.get(nodeId)!);
  return (picked % 10 === 9 ? undefined : chosen(lower, picked)) ?? memberOf(cluster, picked);
}

/** What managers of clusters do. */
export const MANAGER_COMMANDS: Weighted[] = [
  [
    3,
    command(
      "createCluster",
      {
        currency: pick,
        vnodes: fc.constantFrom(3n, 4n, 5n, 5n, 7n, 7n, 11n, 300n, 1n, 65_535n, 0n, 65_536n),
        nodes: fc.array(pick, { minLength: 1, maxLength: 4 }),
        fee,
        params,
        by: pick,
      },
      (drawn, world) => {
        const { cast } = world;
        const manager = chosen(cast.managers, drawn.by)!;
        // Mostly of nodes that may be used, and that are distinct.
        const nodeIds = drawn.nodes.map(
          (picked) => nodeFor(world, picked, ({ provider }) => trusts(world.model.state, provider, manager))?.id ?? NO_ID,
        );
        const distinct = drawn.by % 8 === 7 ? nodeIds : [...new Set(nodeIds)];
        const args: [string, bigint, bigint[], bigint, string] = [
          chosen(cast.currencies, drawn.currency)!,
          drawn.vnodes,
          distinct,
          drawn.fee,
          drawn.params,
        ];
        return call(manager, "clusterRegistry", "createCluster", args);
      },
    ),
  ],
  [
    6,
    command("reserveResource", { cluster: pick, resource, by: caller }, ({ cluster: picked, resource: more, by }, world) => {
      const cluster = clusterFor(world, picked);
      return cluster && call(callerOf(world, cluster.manager, by), "clusterRegistry", "reserveResource", [cluster.id, more]);
    }),
  ],
  [
    2,
    command("releaseResource", { cluster: pick, resource, by: caller }, ({ cluster: picked, resource: less, by }, world) => {
      const cluster = clusterFor(world, picked, ({ id, resourcePerVnode }) => usedOf(world.model.state, id) + less <= resourcePerVnode);
      return cluster && call(callerOf(world, cluster.manager, by), "clusterRegistry", "releaseResource", [cluster.id, less]);
    }),
  ],
  [
    8,
    command("replaceNode", { cluster: pick, vnode: pick, node: pick, by: caller }, ({ cluster: picked, vnode, node, by }, world) => {
      const cluster = clusterFor(world, picked);
      if (cluster === undefined) return undefined;
      // One index too many.
      const index = BigInt(vnode % (Math.min(cluster.vnodes.length, 20) + 1));
      const oldNode = cluster.vnodes[Number(index)];
      const newNode = nodeFor(world, node, (candidate) => candidate.id !== oldNode && isAsCheap(world, cluster, candidate, oldNode));
      const args: [bigint, bigint, bigint] = [cluster.id, index, newNode?.id ?? NO_ID];
      return call(callerOf(world, cluster.manager, by), "clusterRegistry", "replaceNode", args);
    }),
  ],
  [
    6,
    command("replaceNodes", { cluster: pick, from: pick, to: pick, by: caller }, ({ cluster: picked, from, to, by }, world) => {
      const cluster = clusterFor(world, picked);
      if (cluster === undefined) return undefined;
      const oldNode = memberOf(cluster, from);
      const newNode = nodeFor(world, to, (node) => !cluster.rents.has(node.id) && isAsCheap(world, cluster, node, oldNode));
      const args: [bigint, bigint, bigint] = [cluster.id, oldNode, newNode?.id ?? NO_ID];
      return call(callerOf(world, cluster.manager, by), "clusterRegistry", "replaceNodes", args);
    }),
  ],
  [
    8,
    command(
      "reportQuality",
      { cluster: pick, node: pick, quality: fc.constantFrom(0n, 1n, 3_333n, 4_999n, 5_000n, 9_999n, 10_000n, 10_001n), by: caller },
      ({ cluster: picked, node, quality, by }, world) => {
        const cluster = clusterFor(world, picked);
        if (cluster === undefined) return undefined;
        return reportCall(callerOf(world, cluster.founder, by), cluster.id, memberOf(cluster, node), quality);
      },
    ),
  ],
  [
    5,
    command(
      "fillVacancy",
      { cluster: pick, vnode: pick, node: pick, all: fc.boolean(), by: caller },
      ({ cluster: picked, vnode, node, all, by }, world) => {
        const cluster = clusterFor(world, picked, ({ vnodes }) => vnodes.some(isVacant));
        if (cluster === undefined) return undefined;
        const vacant = [...cluster.vnodes.keys()].filter((index) => isVacant(cluster.vnodes[index]!));
        const index = chosen(vacant, vnode) ?? vnode;
        const newNode = nodeFor(world, node, (candidate) => isAsCheap(world, cluster, candidate, cluster.vnodes[index]));
        const args: [bigint, bigint, bigint, boolean] = [cluster.id, BigInt(index), newNode?.id ?? NO_ID, all];
        return call(callerOf(world, cluster.manager, by), "termsRegistry", "fillVacancy", args);
      },
    ),
  ],
  [
    5,
    command("acceptRent", { cluster: pick, node: pick, limit, by: caller }, ({ cluster: picked, node, limit: to, by }, world) => {
      const hasLower = (candidate: Cluster): boolean =>
        usedOf(world.model.state, candidate.id) === 0n ||
        nodesOf(candidate).some((nodeId) => nodeOf(world.model.state, nodeId).rent < candidate.rents.get(nodeId)!);
      const cluster = clusterFor(world, picked, hasLower);
      if (cluster === undefined) return undefined;
      const nodeId = changedMemberOf(world, cluster, node);
      const maxRent = agreed(world.model.state.nodes.get(nodeId)?.rent ?? 0n, to);
      return call(callerOf(world, cluster.manager, by), "clusterRegistry", "acceptRent", [cluster.id, nodeId, maxRent]);
    }),
  ],
  [
    2,
    command("lowerManagementFee", { cluster: pick, fee, by: caller }, ({ cluster: picked, fee: lower, by }, world) => {
      const cluster = clusterFor(world, picked, ({ managementFee }) => managementFee > lower);
      return cluster && call(callerOf(world, cluster.manager, by), "clusterRegistry", "lowerManagementFee", [cluster.id, lower]);
    }),
  ],
  [
    1,
    command("closeCluster", { cluster: pick, closed: pick, by: caller }, ({ cluster: picked, closed, by }, world) => {
      const cluster = clusterFor(world, picked);
      return cluster && call(callerOf(world, cluster.manager, by), "clusterRegistry", "closeCluster", [cluster.id, closed % 4 === 3]);
    }),
  ],
  [
    2,
    command("offerManagement", { cluster: pick, to: pick, by: caller }, ({ cluster: picked, to, by }, world) => {
      const cluster = clusterFor(world, picked);
      if (cluster === undefined) return undefined;
      const args: [bigint, string] = [cluster.id, chosen(world.cast.managers, to)!];
      return call(callerOf(world, cluster.manager, by), "clusterRegistry", "offerManagement", args);
    }),
  ],
  [
    3,
    command("acceptManagement", { cluster: pick, by: caller }, ({ cluster: picked, by }, world) => {
      const cluster = clusterFor(world, picked, ({ offeredTo }) => offeredTo !== NOBODY);
      if (cluster === undefined) return undefined;
      const rightful = cluster.offeredTo === NOBODY ? cluster.manager : cluster.offeredTo;
      return call(callerOf(world, rightful, by), "clusterRegistry", "acceptManagement", [cluster.id]);
    }),
  ],
  [
    1,
    command("removeCluster", { cluster: pick, by: caller }, ({ cluster: picked, by }, world) => {
      const isUsed = (id: bigint): boolean =>
        [...world.model.state.buckets.values()].some((bucket) => bucket.clusterId === id && holds(bucket));
      const cluster = clusterFor(world, picked, ({ id }) => !isUsed(id));
      return cluster && call(callerOf(world, cluster.manager, by), "clusterRegistry", "removeCluster", [cluster.id]);
    }),
  ],
  [
    5,
    command("allocate (manager)", { bucket: pick, resource, by: caller }, ({ bucket: picked, resource: more, by }, world) => {
      const bucket = bucketFor(world, picked, ({ resourceCap, resource: held }) => resourceCap > held);
      if (bucket === undefined) return undefined;
      return call(callerOf(world, managerOf(world, bucket), by), "bucketRegistry", "allocate", [bucket.id, more, NO_LIMIT]);
    }),
  ],
  [
    4,
    command("endBucket", { bucket: pick, by: caller }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(world, picked, holds);
      return bucket && call(callerOf(world, managerOf(world, bucket), by), "bucketRegistry", "endBucket", [bucket.id]);
    }),
  ],
  [
    2,
    command("reclaim (manager)", { bucket: pick, by: caller }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(world, picked, ({ rate, resource: held }) => rate === 0n && held !== 0n);
      return bucket && call(callerOf(world, managerOf(world, bucket), by), "bucketRegistry", "reclaim", [bucket.id]);
    }),
  ],
];
