import { bucketId } from "../support/arguments";
import { defineRead } from "../support/define";
import { bucketSection } from "../support/sections";

defineRead({
  name: "bucket:show",
  description: "Shows a bucket",
  arguments: { bucket: bucketId() },
  read: async (context, { bucket }) => [await bucketSection(context, bucket)],
});
