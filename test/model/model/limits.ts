import type { Fraction } from "../fraction";
import { SCALED } from "./rounding";

// What the registries refuse because it would not fit their widths.

/** Of an account in a currency, and of a cluster's unit of resource (USD, 18 decimals, per month). */
export const MAX_RATE = 2n ** 96n - 1n;
export const MAX_NODE_RENT = 2n ** 88n - 1n;
/** Of what a cluster's buckets pay together at its present rent. */
export const MAX_CLUSTER_RATE = 2n ** 90n;
/** How many clusters an account pays in one currency. */
export const MAX_STREAMS = 32n;
/** More ticks than pass between two steps of a walk. */
export const MANY_TICKS = 2_000n;
/** How many ticks ahead streams are registered to end. */
export const MAX_END_TICKS = 2n ** 40n - 1n;
export const MAX_RESOURCE = 2n ** 32n - 1n;
export const MAX_VNODES = 65_535n;
export const MAX_NODES = 256n;
export const MAX_NETWORK_FEE = 1_000n;
export const MAX_MANAGEMENT_FEE = 3_000n;
export const MIN_PRICE = 10n ** 10n;
export const MAX_PRICE = 10n ** 25n;
export const FOREVER = 2n ** 64n - 1n;

/** The most base units of a currency that may be owed at a time. */
export function maxCustody(baseUnit: Fraction): bigint {
  const counted = SCALED.times(2n ** 224n - 1n)
    .over(baseUnit)
    .floor();
  const stored = 2n ** 128n - 1n;
  return counted < stored ? counted : stored;
}
