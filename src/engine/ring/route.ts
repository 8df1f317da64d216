import { type Registries } from "../../registries";
import { mapLimited, readBucket, readCluster, readNode } from "../../network";
import { parseBucketParams, parseClusterParams, parseNodeParams } from "../../params";
import { UserError } from "../../user-error";
import { positionOf } from "./position";
import { type Replica, Ring } from "./ring";

/** How a bucket's data lies on the nodes of its cluster. */
export interface BucketRoutes {
  bucketId: bigint;
  clusterId: bigint;
  /** On how many nodes each piece of data is to be kept. */
  replication: number;
  ring: Ring;
  /** Where nodes answer; a node that does not say is left out. */
  urls: ReadonlyMap<bigint, string>;
}

/** A replica and where to ask for it. */
export interface Route extends Replica {
  /** Undefined if the node's params do not say. */
  url: string | undefined;
}

/** Reads how a bucket's data lies. Params that nobody can read count as none: whoever wrote them harms their own item only. */
export async function readRoutes(registries: Registries, bucketId: bigint, blockTag?: number): Promise<BucketRoutes> {
  const options = { blockTag };
  const bucket = await readBucket(registries, bucketId, options);
  const cluster = await readCluster(registries, bucket.clusterId, options);
  const clusterParams = ifReadable(() => parseClusterParams(cluster.params, cluster.vnodeCount));
  const bucketParams = ifReadable(() => parseBucketParams(bucket.params));
  const nodes = await mapLimited(cluster.members, ({ nodeId }) => readNode(registries, nodeId, options));
  const urls = nodes.flatMap(({ nodeId, params }) => {
    const url = ifReadable(() => parseNodeParams(params))?.url;
    return url === undefined ? [] : [[nodeId, url] as const];
  });
  return {
    bucketId,
    clusterId: bucket.clusterId,
    replication: bucketParams?.replication ?? clusterParams?.replication ?? 1,
    ring: new Ring(cluster.vnodes, clusterParams?.ringTokens),
    urls: new Map(urls),
  };
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
