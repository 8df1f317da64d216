import { calls } from "../../src";
import { bucketId, flag } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:public",
  description: "Lets everyone read a bucket; for its owner",
  arguments: { bucket: bucketId(), off: flag("No longer: only those may read who are allowed to otherwise") },
  call: ({ addresses }, { bucket, off }) => calls.setPublic(addresses, { bucketId: bucket, isPublic: !off }),
  written: async (context, { bucket, off }) => [
    title(off ? `Bucket ${bucket} is not public any more.` : `Everyone may now read bucket ${bucket}.`),
    await accessPart(context, bucket),
  ],
});
