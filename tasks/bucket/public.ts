import { calls } from "../../src";
import { bucketId, flag } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:public",
  description: "Makes a bucket public, or private again with --off; for its owner",
  arguments: { bucket: bucketId(), off: flag("Make the bucket private: only accounts with access can read it") },
  call: ({ addresses }, { bucket, off }) => calls.setPublic(addresses, { bucketId: bucket, isPublic: !off }),
  written: async (context, { bucket, off }) => [
    title(off ? `Bucket ${bucket} is private.` : `Bucket ${bucket} is public.`),
    await accessPart(context, bucket),
  ],
});
