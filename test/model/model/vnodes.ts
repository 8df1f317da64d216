import type { Cluster } from "./state";

/** A list of vnodes never changes, and there may be 65,535: they are counted once. */
const counted = new WeakMap<readonly bigint[], ReadonlyMap<bigint, bigint>>();

function countByNode(vnodes: readonly bigint[]): ReadonlyMap<bigint, bigint> {
  const known = counted.get(vnodes);
  if (known !== undefined) return known;
  const counts = new Map<bigint, bigint>();
  for (const nodeId of vnodes) counts.set(nodeId, (counts.get(nodeId) ?? 0n) + 1n);
  counted.set(vnodes, counts);
  return counts;
}

/** How many vnodes of a cluster are on a node. */
export function vnodesOn({ vnodes }: Cluster, nodeId: bigint): bigint {
  return countByNode(vnodes).get(nodeId) ?? 0n;
}

/** The quality of a node that serves all that it is paid for, in basis points. */
export const FULL_QUALITY = 10_000n;

function rentOn(cluster: Cluster, nodeId: bigint): bigint {
  return (cluster.rents.get(nodeId) ?? 0n) * vnodesOn(cluster, nodeId);
}

/** Whether it stands for vnodes that a node has left. */
export function isVacant(nodeId: bigint): boolean {
  return nodeId < 0n;
}

/** A node's quality there, in basis points. Vacant vnodes serve nothing. */
export function qualityOf({ qualities }: Cluster, nodeId: bigint): bigint {
  return isVacant(nodeId) ? 0n : (qualities.get(nodeId) ?? FULL_QUALITY);
}

/** The nodes of a cluster. */
export function nodesOf({ rents }: Cluster): bigint[] {
  return [...rents.keys()].filter((nodeId) => !isVacant(nodeId));
}

/** A node's rent there times its vnodes there, scaled by its quality. */
export function weightOf(cluster: Cluster, nodeId: bigint): bigint {
  return rentOn(cluster, nodeId) * qualityOf(cluster, nodeId);
}

/** The sum over the vnodes of their node's rent there. */
export function rentPerUnit(cluster: Cluster): bigint {
  return [...cluster.rents.keys()].reduce((sum, nodeId) => sum + rentOn(cluster, nodeId), 0n);
}

/** The vnodes of a cluster, each counted by its quality. */
export function servedVnodes(cluster: Cluster): bigint {
  return [...cluster.rents.keys()].reduce((sum, nodeId) => sum + vnodesOn(cluster, nodeId) * qualityOf(cluster, nodeId), 0n);
}

/** What a cluster's nodes weigh together. */
export function weight(cluster: Cluster): bigint {
  return [...cluster.rents.keys()].reduce((sum, nodeId) => sum + weightOf(cluster, nodeId), 0n);
}
