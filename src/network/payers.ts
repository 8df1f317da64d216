import type { Registries } from "../registries";
import { VIEWS_AT_ONCE, mapLimited } from "./paging";
import { type ReadOptions, readBuckets } from "./read";

/** What somebody owes a cluster now. */
export interface Debt {
  clusterId: bigint;
  payer: string;
  /** Settling this bucket settles all that the payer owes there. */
  bucketId: bigint;
  /** Scaled units. */
  scaledOwed: bigint;
  /** What of that goes back to the payer when it is settled, as it was not served. */
  scaledUnserved: bigint;
}

/** What everyone who pays some clusters owes them now; who owes nothing is left out. */
export async function readDebts(registries: Registries, clusterIds: readonly bigint[], options: ReadOptions = {}): Promise<Debt[]> {
  const wanted = new Set(clusterIds);
  if (wanted.size === 0) return [];
  const buckets = await readBuckets(registries, undefined, options);
  const paying = buckets.filter(({ clusterId, ratePerMonth }) => wanted.has(clusterId) && ratePerMonth > 0n);
  // Buckets of one payer in one cluster share a stream.
  const streams = new Map(paying.map((bucket) => [`${bucket.owner} ${bucket.clusterId}`, bucket]));
  const debts = await mapLimited(
    [...streams.values()],
    async ({ owner, clusterId, bucketId }) => {
      const { scaledOwed, scaledUnserved } = await registries.accountRegistry.getStream(owner, clusterId, {
        blockTag: options.blockTag ?? "latest",
      });
      return { clusterId, payer: owner, bucketId, scaledOwed, scaledUnserved };
    },
    VIEWS_AT_ONCE,
  );
  return debts.filter(({ scaledOwed }) => scaledOwed > 0n);
}

/** One bucket of each payer that owes a cluster something now: settling these settles all that can be settled there. */
export async function bucketsToSettle(registries: Registries, clusterId: bigint): Promise<bigint[]> {
  return (await readDebts(registries, [clusterId])).map(({ bucketId }) => bucketId);
}
