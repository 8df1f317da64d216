import type { TaskContext } from "./context";

/** The present rent of a unit in a bucket's cluster: USD (18 decimals) per month. */
export async function presentRentPerUnit({ registries }: TaskContext, bucketId: bigint): Promise<bigint> {
  const { clusterId } = await registries.bucketRegistry.getBucket(bucketId);
  return (await registries.clusterRegistry.getCluster(clusterId)).rentPerUnit;
}
