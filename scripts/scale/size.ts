/** How large a network is. */
export interface Size {
  buckets: number;
  owners: number;
  clusters: number;
  nodes: number;
}

/** Where a bucket stands in a network: whose it is and of which cluster, both counted from 0. */
export interface Standing {
  owner: number;
  cluster: number;
}

const BUCKETS_PER_OWNER = 10;
export const BUCKETS_PER_CLUSTER = 200;
const BUCKETS_PER_NODE = 20;
const FEWEST_NODES = 3;
const NODES_PER_CLUSTER = 20;
const NODES_PER_PROVIDER = 10;
/** An owner has two buckets in a cluster, then goes on to the one that is so many further. */
const ROUNDS_PER_CLUSTER = 2;
const CLUSTERS_BETWEEN = 11;

/** The largest of the networks that are compared. */
export const LARGEST = sizeOf(10_000);
export const SMALLER = [sizeOf(10), sizeOf(100), sizeOf(1_000)];
export const SIZES = [...SMALLER, LARGEST];

/** A network of so many buckets, with as many owners, clusters and nodes for each bucket as the largest has. */
export function sizeOf(buckets: number): Size {
  return {
    buckets,
    owners: Math.ceil(buckets / BUCKETS_PER_OWNER),
    clusters: Math.ceil(buckets / BUCKETS_PER_CLUSTER),
    nodes: Math.max(Math.ceil(buckets / BUCKETS_PER_NODE), FEWEST_NODES),
  };
}

/** The buckets of a network, in the order of their ids. Those next to each other are of different owners, who take turns. */
export function standings({ buckets, owners, clusters }: Size): Standing[] {
  return Array.from({ length: buckets }, (_, index) => {
    const owner = index % owners;
    const round = Math.floor(index / owners);
    return { owner, cluster: (owner + CLUSTERS_BETWEEN * Math.floor(round / ROUNDS_PER_CLUSTER)) % clusters };
  });
}

/** The nodes of a cluster, counted from 0; each node is in two clusters if there are enough. */
export function nodesOf(cluster: number, { clusters, nodes }: Size): number[] {
  const first = Math.floor((cluster * nodes) / clusters);
  return Array.from({ length: Math.min(NODES_PER_CLUSTER, nodes) }, (_, index) => (first + index) % nodes);
}

/** Whose a node is, counted from 0. */
export function providerOf(node: number): number {
  return Math.floor(node / NODES_PER_PROVIDER);
}
