import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

// What the registries should hold, as plainly as can be: a list with the node of each vnode, and sums that are made anew each time.

export interface Token {
  address: string;
  decimals: bigint;
  /** The most base units that may be owed of it. */
  maximum: bigint;
}

export interface Cluster {
  token: Token;
  managementFeeBps: bigint;
  closed: boolean;
  /** The node of each vnode. */
  vnodes: number[];
  /** What each of its nodes asked for when it joined. */
  rents: Map<number, bigint>;
  resourcePerVnode: bigint;
  /** Fine units: what each node has earned, and what of that was credited to its provider. */
  earned: Map<number, bigint>;
  paid: Map<number, bigint>;
  /** Fine units that did not divide by the weight. */
  undivided: bigint;
}

export interface Bucket {
  owner: HardhatEthersSigner;
  clusterId: number;
  resource: bigint;
  rate: bigint;
}

export interface Model {
  tokens: Token[];
  /** What each node asks for now. */
  rents: Map<number, bigint>;
  clusters: Map<number, Cluster>;
  buckets: Map<number, Bucket>;
}

/** How many vnodes of a cluster are on each of its nodes. */
export function vnodesByNode({ vnodes }: Cluster): Map<number, number> {
  const counts = new Map<number, number>();
  for (const node of vnodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}

/** A node's rent times its vnodes. */
export function weights(cluster: Cluster): Map<number, bigint> {
  return new Map([...vnodesByNode(cluster)].map(([node, count]) => [node, cluster.rents.get(node)! * BigInt(count)]));
}

export function rentPerUnit(cluster: Cluster): bigint {
  return sum(weights(cluster).values());
}

export function resourceUsed({ buckets }: Model, clusterId: number): bigint {
  return sum([...buckets.values()].filter((bucket) => bucket.clusterId === clusterId).map(({ resource }) => resource));
}

/** What is reserved on each node that has vnodes, in all clusters. */
export function reservations({ clusters }: Model): Map<number, bigint> {
  const reserved = new Map<number, bigint>();
  for (const cluster of clusters.values()) {
    for (const [node, count] of vnodesByNode(cluster))
      reserved.set(node, (reserved.get(node) ?? 0n) + cluster.resourcePerVnode * BigInt(count));
  }
  return reserved;
}

/** Shares fine units by the weights; what does not divide waits for the next time. */
export function share(cluster: Cluster, fineAmount: bigint): void {
  const byNode = weights(cluster);
  const all = sum(byNode.values());
  const perWeight = (cluster.undivided + fineAmount) / all;
  cluster.undivided = (cluster.undivided + fineAmount) % all;
  for (const [node, weight] of byNode) cluster.earned.set(node, (cluster.earned.get(node) ?? 0n) + perWeight * weight);
}

/** What a node may claim, in fine units. */
export function claimable({ earned, paid }: Cluster, node: number): bigint {
  return (earned.get(node) ?? 0n) - (paid.get(node) ?? 0n);
}

export function allocate(bucket: Bucket, resource: bigint, rent: bigint): void {
  bucket.rate += resource * rent;
  bucket.resource += resource;
}

/** What remains of the rate is rounded up. */
export function release(bucket: Bucket, resource: bigint): void {
  const left = bucket.resource - resource;
  bucket.rate = (bucket.rate * left + bucket.resource - 1n) / bucket.resource;
  bucket.resource = left;
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
