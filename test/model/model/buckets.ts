import { Fraction } from "../fraction";
import { clusterOf, usedOf } from "./clusters";
import { settle } from "./lines";
import { MAX_CLUSTER_RATE, MAX_RATE } from "./limits";
import { endable, reclaimable } from "./notices";
import { refuse } from "./refusal";
import { remainingRate } from "./rounding";
import { type Address, type Bucket, type Message, NOBODY, type State } from "./state";
import { requireMayPay, touch } from "./streams";
import { rentPerUnit } from "./vnodes";

/** The functions of the registry of buckets. */
export class BucketModel {
  constructor(private readonly state: State) {}

  createBucket({ sender }: Message, clusterId: bigint, params: string): void {
    clusterOf(this.state, clusterId);
    const id = ++this.state.lastBucketId;
    this.state.buckets.set(id, {
      id,
      owner: sender,
      offeredTo: NOBODY,
      clusterId,
      resource: 0n,
      rate: 0n,
      resourceCap: 0n,
      capRent: 0n,
      paidFor: Fraction.ZERO,
      notice: undefined,
      endsAt: undefined,
      params,
    });
  }

  allocate({ sender }: Message, bucketId: bigint, resource: bigint, maxRentPerUnit: bigint): void {
    const bucket = this.known(bucketId);
    refuse(resource === 0n && !this.state.clusters.has(bucket.clusterId) && ["ResourceZero"]);
    const cluster = clusterOf(this.state, bucket.clusterId);
    const byOwner = sender === bucket.owner;
    refuse(!byOwner && sender !== cluster.manager && ["CallerNotOwnerOrManager", bucketId, sender]);
    const wanted = bucket.resource + resource;
    const maxRent = byOwner || maxRentPerUnit < bucket.capRent ? maxRentPerUnit : bucket.capRent;
    const rent = rentPerUnit(cluster);
    const used = usedOf(this.state, cluster.id);
    const free = cluster.resourcePerVnode - used;
    const clusterRate = rent * (used + resource);
    refuse(
      !byOwner && wanted > bucket.resourceCap && ["ResourceCapExceeded", bucketId, wanted, bucket.resourceCap],
      resource === 0n && ["ResourceZero"],
      cluster.closed && ["ClusterClosed", cluster.id],
      resource > free && ["ClusterResourceExceeded", cluster.id, resource, free],
      clusterRate > MAX_CLUSTER_RATE && ["ClusterRateTooHigh", cluster.id, clusterRate, MAX_CLUSTER_RATE],
      rent > maxRent && ["RentAboveMaximum", cluster.id, rent, maxRent],
    );
    requireMayPay(this.state, cluster, bucket.owner, rent * resource);
    // What a manager adds does not make the owner's notices shorter.
    if (byOwner || bucket.resource === 0n) bucket.paidFor = Fraction.ZERO;
    touch(this.state, cluster.currency, bucket.owner, () => {
      bucket.resource = wanted;
      bucket.rate += rent * resource;
    });
  }

  release({ sender }: Message, bucketId: bigint, resource: bigint): void {
    const bucket = this.own(bucketId, sender);
    refuse(
      resource === 0n && ["ResourceZero"],
      resource > bucket.resource && ["BucketResourceExceeded", bucketId, resource, bucket.resource],
    );
    this.giveBack(bucket, resource);
  }

  setResourceCap({ sender }: Message, bucketId: bigint, resource: bigint, maxRentPerUnit: bigint): void {
    const bucket = this.own(bucketId, sender);
    bucket.resourceCap = resource;
    // No rent is higher.
    bucket.capRent = maxRentPerUnit < MAX_RATE ? maxRentPerUnit : MAX_RATE;
  }

  reclaim({ sender }: Message, bucketId: bigint): void {
    const bucket = this.held(bucketId);
    if (reclaimable(this.state, bucket, clusterOf(this.state, bucket.clusterId), sender)) this.giveBack(bucket, bucket.resource);
  }

  endBucket({ sender }: Message, bucketId: bigint): void {
    const bucket = this.held(bucketId);
    if (endable(this.state, bucket, clusterOf(this.state, bucket.clusterId), sender)) this.giveBack(bucket, bucket.resource);
  }

  settlePayment(_message: Message, bucketId: bigint): void {
    this.settlePaymentOf(this.known(bucketId));
  }

  settlePayments(_message: Message, bucketIds: bigint[]): void {
    for (const bucketId of bucketIds) {
      const bucket = this.state.buckets.get(bucketId);
      if (bucket !== undefined && bucket.resource !== 0n) this.settlePaymentOf(bucket);
    }
  }

  offerBucket({ sender }: Message, bucketId: bigint, owner: Address): void {
    this.own(bucketId, sender).offeredTo = owner;
  }

  acceptBucket({ sender }: Message, bucketId: bigint, maxRatePerMonth: bigint): void {
    const bucket = this.known(bucketId);
    const { offeredTo, owner, rate } = bucket;
    refuse(
      sender !== offeredTo && ["BucketNotOffered", bucketId, sender, offeredTo],
      rate > maxRatePerMonth && ["RateAboveMaximum", bucketId, rate, maxRatePerMonth],
    );
    if (rate !== 0n) {
      const cluster = clusterOf(this.state, bucket.clusterId);
      requireMayPay(this.state, cluster, sender, sender === owner ? 0n : rate);
      touch(this.state, cluster.currency, sender);
      touch(this.state, cluster.currency, owner, () => {
        bucket.owner = sender;
      });
      touch(this.state, cluster.currency, sender);
      // To the new owner it is a bucket that has just grown.
      bucket.paidFor = Fraction.ZERO;
    }
    if (bucket.resource === 0n) bucket.notice = undefined;
    bucket.owner = sender;
    bucket.offeredTo = NOBODY;
    bucket.resourceCap = 0n;
    bucket.capRent = 0n;
  }

  closeBucket({ sender }: Message, bucketId: bigint): void {
    const bucket = this.own(bucketId, sender);
    if (bucket.resource !== 0n) this.giveBack(bucket, bucket.resource);
    this.state.buckets.delete(bucketId);
  }

  private giveBack(bucket: Bucket, resource: bigint): void {
    const left = bucket.resource - resource;
    const rate = remainingRate(bucket.rate, left, bucket.resource);
    const change = (): void => {
      bucket.resource = left;
      bucket.rate = rate;
    };
    if (rate === bucket.rate) change();
    else touch(this.state, clusterOf(this.state, bucket.clusterId).currency, bucket.owner, change);
  }

  private settlePaymentOf({ owner, clusterId }: Bucket): void {
    const currency = this.state.lines.get(clusterId);
    if (currency === undefined) return;
    touch(this.state, currency, owner);
    const cluster = this.state.clusters.get(clusterId);
    if (cluster !== undefined) settle(cluster);
  }

  private known(bucketId: bigint): Bucket {
    const bucket = this.state.buckets.get(bucketId);
    refuse(bucket === undefined && ["BucketUnknown", bucketId]);
    return bucket!;
  }

  private own(bucketId: bigint, sender: Address): Bucket {
    const bucket = this.known(bucketId);
    refuse(bucket.owner !== sender && ["CallerNotOwner", bucketId, sender, bucket.owner]);
    return bucket;
  }

  private held(bucketId: bigint): Bucket {
    const bucket = this.known(bucketId);
    refuse(bucket.resource === 0n && ["BucketEmpty", bucketId]);
    return bucket;
  }
}
