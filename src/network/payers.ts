import type { Registries } from "../registries";
import { mapLimited } from "./paging";
import { readBuckets } from "./read";

/** One bucket of each payer that owes a cluster something now: settling these settles all that can be settled there. */
export async function bucketsToSettle(registries: Registries, clusterId: bigint): Promise<bigint[]> {
  const buckets = await readBuckets(registries);
  const paying = buckets.filter((bucket) => bucket.clusterId === clusterId && bucket.ratePerMonth > 0n);
  const ofPayers = [...new Map(paying.map(({ owner, bucketId }) => [owner, bucketId]))];
  const owed = await mapLimited(ofPayers, async ([payer, bucketId]) => {
    const { fineOwed } = await registries.accountRegistry.getStream(payer, clusterId);
    return fineOwed > 0n ? [bucketId] : [];
  });
  return owed.flat();
}
