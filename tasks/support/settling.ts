/** Payments that fit in a transaction, also of accounts that pay several clusters. */
const AT_ONCE = 100;

/** Buckets to settle, as many at a time as a transaction can. */
export function inTransactions(bucketIds: readonly bigint[]): bigint[][] {
  return Array.from({ length: Math.ceil(bucketIds.length / AT_ONCE) }, (_, i) => bucketIds.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
}
