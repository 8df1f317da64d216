import { Fraction } from "../fraction";
import { refuse } from "./refusal";
import type { Address, Bucket, Cluster, State } from "./state";
import { costPerSecond, coveredUntil, isDry } from "./streams";

// How capacity comes back.

const HOUR = 3_600n;
const WEEK = 7n * 24n * HOUR;
const THIRTY_DAYS = 30n * 24n * HOUR;

/** Whether a bucket that does not pay can be taken back now. Gives it notice otherwise. */
export function reclaimable(state: State, bucket: Bucket, cluster: Cluster, by: Address): boolean {
  const paysNothing = bucket.rate === 0n;
  if (paysNothing) requireManager(bucket, cluster, by);
  else {
    const { currency } = cluster;
    refuse(!isDry(state, currency, bucket.owner) && ["BucketCovered", bucket.id, coveredUntil(state, currency, bucket.owner)]);
  }
  const { notice } = bucket;
  if (notice?.toPayer === !paysNothing && !isVoid(bucket)) {
    refuse(state.now < notice.until && ["ChangeNotReady", bucket.id, notice.until]);
    bucket.notice = undefined;
    return true;
  }
  const length = paysNothing ? WEEK : noticeTo(bucket, cluster);
  bucket.notice = { until: state.now + length, toPayer: !paysNothing, passed: Fraction.ZERO, paid: Fraction.ZERO };
  return false;
}

/** Only paying for at least half of what there was to pay since voids a notice. */
function isVoid({ notice, rate }: Bucket): boolean {
  if (notice === undefined || rate === 0n || notice.passed.isZero) return false;
  return !notice.paid.times(2n).isBelow(notice.passed);
}

/** As long as the bucket has paid for since it grew, at the present price: an hour to a week. */
function noticeTo({ paidFor }: Bucket, { currency }: Cluster): bigint {
  const seconds = paidFor.over(costPerSecond(currency)).floor();
  return seconds < HOUR ? HOUR : seconds > WEEK ? WEEK : seconds;
}

/** Whether a bucket can be ended now. The manager gives it notice otherwise. */
export function endable(state: State, bucket: Bucket, cluster: Cluster, by: Address): boolean {
  const endsAt = endOf(state, bucket);
  if (endsAt !== undefined) {
    refuse(state.now < endsAt && ["ChangeNotReady", bucket.id, endsAt]);
    bucket.endsAt = undefined;
    return true;
  }
  requireManager(bucket, cluster, by);
  bucket.endsAt = state.now + THIRTY_DAYS;
  return false;
}

/** When the manager's notice is over. It can be acted on for 30 days. */
export function endOf({ now }: State, { endsAt }: Bucket): bigint | undefined {
  return endsAt !== undefined && now < endsAt + THIRTY_DAYS ? endsAt : undefined;
}

function requireManager({ id }: Bucket, { manager }: Cluster, by: Address): void {
  refuse(by !== manager && ["CallerNotManager", id, by, manager]);
}
