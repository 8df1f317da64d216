import { calls } from "../../src";
import { bucketId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "bucket:close",
  description: "Releases a bucket's resource and removes the bucket; for its owner",
  arguments: { bucket: bucketId() },
  call: ({ addresses }, { bucket }) => calls.closeBucket(addresses, { bucketId: bucket }),
  written: async (_, { bucket }) => Promise.resolve([title(`Bucket ${bucket} is closed.`)]),
});
