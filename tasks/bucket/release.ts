import { calls } from "../../src";
import { bucketId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:release",
  description: "Gives resource of a bucket back; for its owner",
  arguments: { bucket: bucketId(), resource: count("Units per vnode to give back", "resource") },
  call: ({ addresses }, { bucket, resource }) => calls.release(addresses, { bucketId: bucket, resource }),
  written: async (context, { bucket, resource }) => [
    title(`${resource} units of bucket ${bucket} are released.`),
    await bucketSection(context, bucket),
  ],
});
