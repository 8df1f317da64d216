import { mapLimited, readBucket, readCluster, readNode } from "../../network";
import { parseBucketParams, parseClusterParams, parseNodeParams } from "../../params";
import type { Registries } from "../../registries";
import { UserError } from "../../user-error";
import { positionOf } from "./position";
import { type Replica, Ring } from "./ring";

/** How data lies on the nodes of a cluster. */
export interface ClusterRoutes {
  clusterId: bigint;
  /** On how many nodes to keep the data of buckets that do not say. */
  replication: number;
  ring: Ring;
  /** Where nodes answer; a node that does not say is left out. */
  urls: ReadonlyMap<bigint, string>;
}

/** The properties of a bucket that decide the place of its data. */
export interface BucketPlacement {
  bucketId: bigint;
  clusterId: bigint;
  /** Undefined: as the cluster says. */
  replication: number | undefined;
}

/** How a bucket's data lies on the nodes of its cluster. */
export interface BucketRoutes extends ClusterRoutes {
  bucketId: bigint;
}

/** A replica and where to ask for it. */
export interface Route extends Replica {
  /** Undefined if the node's params do not say. */
  url: string | undefined;
}

/** Reads the placement of a bucket's data. Unreadable params count as none: their author harms its own item only. */
export async function readRoutes(registries: Registries, bucketId: bigint): Promise<BucketRoutes> {
  const placement = await readPlacement(registries, bucketId);
  return combine(placement, await readClusterRoutes(registries, placement.clusterId));
}

export async function readPlacement(registries: Registries, bucketId: bigint): Promise<BucketPlacement> {
  const { clusterId, params } = await readBucket(registries, bucketId);
  return { bucketId, clusterId, replication: ifReadable(() => parseBucketParams(params))?.replication };
}

export async function readClusterRoutes(registries: Registries, clusterId: bigint): Promise<ClusterRoutes> {
  const { params: text, vnodeCount, vnodes, members } = await readCluster(registries, clusterId);
  const params = ifReadable(() => parseClusterParams(text, vnodeCount));
  const nodes = await mapLimited(members, ({ nodeId }) => readNode(registries, nodeId));
  const urls = nodes.flatMap(({ nodeId, params }) => {
    const url = ifReadable(() => parseNodeParams(params))?.url;
    return url === undefined ? [] : [[nodeId, url] as const];
  });
  return { clusterId, replication: params?.replication ?? 1, ring: new Ring(vnodes, params?.ringTokens), urls: new Map(urls) };
}

export function combine({ bucketId, replication }: BucketPlacement, cluster: ClusterRoutes): BucketRoutes {
  return { ...cluster, bucketId, replication: replication ?? cluster.replication };
}

/** Where a key of a bucket is kept, the primary first. */
export function routesOf({ bucketId, replication, ring, urls }: BucketRoutes, key: string): Route[] {
  return ring.replicas(positionOf(bucketId, key), replication).map((replica) => ({ ...replica, url: urls.get(replica.nodeId) }));
}

function ifReadable<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
