import { calls } from "../../src";
import { bucketId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:release",
  description: "Releases resource of a bucket; for its owner",
  arguments: { bucket: bucketId(), resource: count("Units per vnode to release", "resource") },
  call: ({ addresses }, { bucket, resource }) => calls.release(addresses, { bucketId: bucket, resource }),
  written: async (context, { bucket, resource }) => [
    title(`${resource} units of bucket ${bucket} are released.`),
    await bucketSection(context, bucket),
  ],
});
