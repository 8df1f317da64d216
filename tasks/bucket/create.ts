import { calls } from "../../src";
import { bucketParams, clusterId, optional } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:create",
  description: "Creates a bucket in a cluster; the signer is its owner",
  arguments: { cluster: clusterId(), params: optional(bucketParams()) },
  call: ({ addresses }, { cluster, params = "" }) => calls.createBucket(addresses, { clusterId: cluster, params }),
  written: async (context, _, { event }) => {
    const { bucketId } = event("BucketCreated") as { bucketId: bigint };
    return [title(`Bucket ${bucketId} is created.`), await bucketSection(context, bucketId)];
  },
});
