import { calls } from "../../src";
import { bucketParams, clusterId, optional } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketPart, headline } from "../support/parts";

defineWrite({
  name: "bucket:create",
  description: "Creates a bucket in a cluster; the signer is its owner",
  arguments: { cluster: clusterId(), params: optional(bucketParams()) },
  call: ({ addresses }, { cluster, params = "" }) => calls.createBucket(addresses, { clusterId: cluster, params }),
  written: async (context, _, { event }) => {
    const { bucketId } = event("BucketCreated") as { bucketId: bigint };
    return [headline(`Bucket ${bucketId} is created.`), await bucketPart(context, bucketId)];
  },
});
