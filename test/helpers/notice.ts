import { withFundedBucket, type WithFundedBucket } from "../fixtures";
import { at, now } from "./units";

/** For how long the fixture's deposit pays for the fixture's bucket: 10 TestUSD at 60 USD a month. */
export const COVERED = 446_400n;
/** For how long a base unit pays for it, in terms of the index: 0.04464 seconds. */
export const INDEX_PER_BASE_UNIT = 44_640_000_000_000_000n;

export interface WithNotice extends WithFundedBucket {
  /** When the bucket was allocated, when its account ran out of funds, when notice was given, and when that is over. */
  start: bigint;
  depletedAt: bigint;
  noticed: bigint;
  until: bigint;
}

/** The fixture's bucket, a hundred seconds after its account ran out of funds: a stranger has given it notice, for as long as it had paid. */
export async function withNotice(): Promise<WithNotice> {
  const fixture = await withFundedBucket();
  const start = await now();
  const depletedAt = start + COVERED;
  const noticed = depletedAt + 100n;
  await at(noticed);
  await fixture.bucketRegistry.connect(fixture.stranger).reclaim(fixture.bucketId);
  return { ...fixture, start, depletedAt, noticed, until: noticed + COVERED };
}
