import { type Call, bucketsToSettle, calls } from "../../src";
import type { TaskContext } from "./context";

/** What the flag means that leaves settling out. */
export const WITHOUT_SETTLING = "Do not settle first: what owners owe is then shared as if the new node had served already";

/** So many payments fit in a transaction, in a cluster that was degraded, too. */
const AT_ONCE = 200;

/**
 * Calls that settle what the owners in a cluster owe, so that what its nodes have earned so far is shared by what they served then, and
 * not by what they will serve.
 */
export async function settleFirst({ addresses, registries }: TaskContext, clusterId: bigint): Promise<Call[]> {
  const bucketIds = await bucketsToSettle(registries, clusterId);
  return inTransactions(bucketIds).map((chunk) => calls.settlePayments(addresses, { bucketIds: chunk }));
}

/** Buckets to settle, as many at a time as a transaction can. */
export function inTransactions(bucketIds: readonly bigint[]): bigint[][] {
  return Array.from({ length: Math.ceil(bucketIds.length / AT_ONCE) }, (_, i) => bucketIds.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
}
