import type { TaskContext } from "./context";

/** What a unit of resource of a bucket's cluster costs now: USD (18 decimals) per month. */
export async function presentRentPerUnit({ registries }: TaskContext, bucketId: bigint): Promise<bigint> {
  const { clusterId } = await registries.bucketRegistry.getBucket(bucketId);
  return (await registries.clusterRegistry.getCluster(clusterId)).rentPerUnit;
}
