import type { Cluster } from "./state";

/** How many vnodes of a cluster are on a node. */
export function vnodesOn({ rents, vnodes }: Cluster, nodeId: bigint): bigint {
  return rents.has(nodeId) ? BigInt(vnodes.filter((other) => other === nodeId).length) : 0n;
}

/** A node's rent there times its vnodes there. */
export function weightOf(cluster: Cluster, nodeId: bigint): bigint {
  return (cluster.rents.get(nodeId) ?? 0n) * vnodesOn(cluster, nodeId);
}

/** The sum over the vnodes of their node's rent there. */
export function rentPerUnit(cluster: Cluster): bigint {
  return [...cluster.rents.keys()].reduce((sum, nodeId) => sum + weightOf(cluster, nodeId), 0n);
}
