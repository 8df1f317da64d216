import { bucketId } from "../support/arguments";
import { defineRead } from "../support/define";
import { bucketPart } from "../support/parts";

defineRead({
  name: "bucket:show",
  description: "Shows a bucket",
  arguments: { bucket: bucketId() },
  read: async (context, { bucket }) => [await bucketPart(context, bucket)],
});
