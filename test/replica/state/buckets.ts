import type { Handlers } from "../log";
import type { State } from ".";
import { type Access, newAccess } from "./access";
import { coverageOf } from "./accounts";
import { insistEqual, known, DAY, MAX_UINT64, NOBODY } from "./numbers";

export interface Bucket {
  readonly id: bigint;
  readonly clusterId: bigint;
  owner: string;
  offeredTo: string;
  resource: bigint;
  rate: bigint;
  resourceCap: bigint;
  capRent: bigint;
  reclaimableFrom: bigint;
  endsAt: bigint;
  params: string;
  access: Access;
}

/** How long after its end the manager's notice can be acted on. */
const END_NOTICE_LAPSE = 30n * DAY;

export function bucketOf({ buckets }: State, bucketId: bigint): Bucket {
  return known(buckets, bucketId, "bucket");
}

/** What the bucket registry logs, but for access. */
export const BUCKET_HANDLERS: Handlers = {
  bucketRegistry: {
    BucketCreated: (state, { bucketId, owner, clusterId, params }) => {
      insistEqual(bucketId, ++state.lastBucketId, "The id of a bucket");
      state.buckets.set(bucketId, {
        id: bucketId,
        clusterId,
        owner,
        offeredTo: NOBODY,
        resource: 0n,
        rate: 0n,
        resourceCap: 0n,
        capRent: 0n,
        reclaimableFrom: 0n,
        endsAt: 0n,
        params,
        access: newAccess(0n),
      });
    },
    ResourceAllocated: (state, { bucketId, resource, ratePerMonth }) => {
      Object.assign(bucketOf(state, bucketId), { resource, rate: ratePerMonth });
    },
    ResourceDeallocated: (state, { bucketId, resource, ratePerMonth }) => {
      Object.assign(bucketOf(state, bucketId), { resource, rate: ratePerMonth });
    },
    ResourceCapChanged: (state, { bucketId, resource, maxRentPerUnit }) => {
      Object.assign(bucketOf(state, bucketId), { resourceCap: resource, capRent: maxRentPerUnit });
    },
    ReclaimNoticed: (state, { bucketId, until }) => {
      bucketOf(state, bucketId).reclaimableFrom = until;
    },
    BucketReclaimed: (state, { bucketId }) => {
      bucketOf(state, bucketId).reclaimableFrom = 0n;
    },
    EndNoticed: (state, { bucketId, until }) => {
      bucketOf(state, bucketId).endsAt = until;
    },
    BucketEnded: (state, { bucketId }) => {
      bucketOf(state, bucketId).endsAt = 0n;
    },
    BucketParamsChanged: (state, { bucketId, params }) => {
      bucketOf(state, bucketId).params = params;
    },
    BucketOffered: (state, { bucketId, offeredTo }) => {
      bucketOf(state, bucketId).offeredTo = offeredTo;
    },
    BucketAccepted: (state, { bucketId, oldOwner, newOwner }) => {
      const bucket = bucketOf(state, bucketId);
      insistEqual(oldOwner, bucket.owner, "The owner of a bucket");
      const { tenure, epochsStarted, epochsWithKeys } = bucket.access;
      const access = { ...newAccess(tenure + 1n), epochsStarted, epochsWithKeys };
      Object.assign(bucket, { owner: newOwner, offeredTo: NOBODY, resourceCap: 0n, capRent: 0n, access });
    },
    BucketClosed: (state, { bucketId }) => {
      bucketOf(state, bucketId);
      state.buckets.delete(bucketId);
    },
  },
};

/** Until when the owner's account covers all that it pays. */
export function coveredUntilOf(state: State, now: bigint, { rate, clusterId, owner }: Bucket): bigint {
  if (rate === 0n) return MAX_UINT64;
  return coverageOf(state, now, owner, known(state.clusters, clusterId, "cluster").currencyId).coveredUntil;
}

export function bucketStatus(state: State, now: bigint, bucket: Bucket): unknown {
  const { id, owner, offeredTo, clusterId, resource, resourceCap, capRent, rate, reclaimableFrom, endsAt, params } = bucket;
  return {
    bucketId: id,
    owner,
    offeredTo,
    clusterId,
    resource,
    resourceCap,
    capRentPerUnit: capRent,
    ratePerMonth: rate,
    coveredUntil: coveredUntilOf(state, now, bucket),
    reclaimableFrom,
    endsAt: now >= endsAt + END_NOTICE_LAPSE ? 0n : endsAt,
    params,
  };
}
