import { calls } from "../../src";
import { bucketId, bucketParams } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:change-params",
  description: "Changes a bucket's params; for its owner",
  arguments: { bucket: bucketId(), params: bucketParams("The new params") },
  call: ({ addresses }, { bucket, params }) => calls.changeBucketParams(addresses, { bucketId: bucket, params }),
  written: async (context, { bucket }) => [title(`Bucket ${bucket} has new params.`), await bucketSection(context, bucket)],
});
