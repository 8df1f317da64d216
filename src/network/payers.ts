import type { Registries } from "../registries";
import { VIEWS_AT_ONCE, mapLimited } from "./paging";
import { type ReadOptions, readBuckets } from "./read";
import type { StreamInfo } from "./types";

/** A payer whose account ran out of funds, and what it has paid to a cluster that does not know of it yet. */
export interface LatePayer extends StreamInfo {
  /** Settling this bucket touches the payer's account. */
  bucketId: bigint;
}

/** Accounts with payments that the revenues of some clusters do not include yet: touching them passes the payments on. */
export async function readLatePayers(
  registries: Registries,
  clusterIds: readonly bigint[],
  options: ReadOptions = {},
): Promise<LatePayer[]> {
  const wanted = new Set(clusterIds);
  if (wanted.size === 0) return [];
  const buckets = await readBuckets(registries, undefined, options);
  const paying = buckets.filter(({ clusterId, ratePerMonth }) => wanted.has(clusterId) && ratePerMonth > 0n);
  // Buckets of one payer in one cluster share a stream.
  const streams = new Map(paying.map((bucket) => [`${bucket.owner} ${bucket.clusterId}`, bucket]));
  const payers = await mapLimited(
    [...streams.values()],
    async ({ owner: payer, clusterId, bucketId }) => {
      const blockTag = options.blockTag ?? "latest";
      const { ratePerMonth, scaledLate, scaledUnserved } = await registries.accountRegistry.getStream(payer, clusterId, { blockTag });
      return { payer, clusterId, bucketId, ratePerMonth, scaledLate, scaledUnserved };
    },
    VIEWS_AT_ONCE,
  );
  return payers.filter(({ scaledLate }) => scaledLate > 0n);
}
