import { calls } from "../../src";
import { bucketId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketPart, headline } from "../support/parts";

defineWrite({
  name: "bucket:release",
  description: "Gives resource of a bucket back; for its owner",
  arguments: { bucket: bucketId(), resource: count("Units per vnode to give back", "resource") },
  call: ({ addresses }, { bucket, resource }) => calls.release(addresses, { bucketId: bucket, resource }),
  written: async (context, { bucket, resource }) => [
    headline(`${resource} units of bucket ${bucket} are released.`),
    await bucketPart(context, bucket),
  ],
});
