import { Fraction } from "../fraction";
import { nodeOf } from "./nodes";
import { feeOn, sharePerWeight } from "./rounding";
import { payableOf, settle } from "./lines";
import type { Cluster, State } from "./state";
import { credit } from "./streams";
import { isVacant, weight, weightOf } from "./vnodes";

/** The network fee, the management fee on what remains, and the rest to the nodes by their weights. With no weight at all the pool waits. */
export function distribute(state: State, cluster: Cluster): void {
  const total = weight(cluster);
  if (total === 0n) return;
  settle(cluster);
  const pool = payableOf(cluster);
  if (pool.isZero) return;
  const toNetwork = feeOn(pool, state.networkFee);
  const toManager = feeOn(pool.minus(toNetwork), cluster.managementFee);
  credit(cluster.currency, state.networkAccount, toNetwork);
  credit(cluster.currency, cluster.manager, toManager);
  const shared = pool.minus(toNetwork).minus(toManager).plus(cluster.undistributed);
  const perWeight = sharePerWeight(shared, total);
  for (const nodeId of cluster.rents.keys()) {
    const share = perWeight.times(weightOf(cluster, nodeId));
    cluster.earned.set(nodeId, earnedBy(cluster, nodeId).plus(share));
  }
  cluster.undistributed = shared.minus(perWeight.times(total));
  cluster.pool = cluster.pool.minus(pool);
}

/** What a node has earned and not claimed. */
export function earnedBy({ earned }: Cluster, nodeId: bigint): Fraction {
  return earned.get(nodeId) ?? Fraction.ZERO;
}

/** Moves what a node has earned to its provider's account. */
export function payNode(state: State, cluster: Cluster, nodeId: bigint): void {
  if (isVacant(nodeId)) return;
  credit(cluster.currency, nodeOf(state, nodeId).provider, earnedBy(cluster, nodeId));
  cluster.earned.delete(nodeId);
}
