import type { ClusterInfo, MemberInfo } from "../network";

const BPS = 10_000n;

/** The inputs of a division of a cluster's pool. */
export interface Divided {
  cluster: Pick<ClusterInfo, "clusterId" | "managementFeeBps">;
  members: readonly MemberInfo[];
  networkFeeBps: bigint;
  /** Undivided remainder of the last distribution, in scaled units. */
  undistributed: bigint;
  /** The weight of all nodes together. */
  weight: bigint;
}

/** The shares of a pool, in scaled units. */
export interface Division {
  networkFee: bigint;
  managementFee: bigint;
  /** By node id. */
  shares: ReadonlyMap<bigint, bigint>;
}

/** Divides a pool (scaled units) as the cluster registry would now, to the last scaled unit. */
export function divide(pool: bigint, { cluster, members, networkFeeBps, undistributed, weight }: Divided): Division {
  // With no weight at all, a pool waits.
  if (pool === 0n || weight === 0n) return { networkFee: 0n, managementFee: 0n, shares: new Map() };
  const networkFee = (pool * networkFeeBps) / BPS;
  const managementFee = ((pool - networkFee) * cluster.managementFeeBps) / BPS;
  const perWeight = (pool - networkFee - managementFee + undistributed) / weight;
  return { networkFee, managementFee, shares: new Map(members.map((member) => [member.nodeId, perWeight * weightOf(member)])) };
}

function weightOf({ rentPerMonth, vnodes, qualityBps }: MemberInfo): bigint {
  return rentPerMonth * vnodes * qualityBps;
}
