import { calls, formatTime } from "../../src";
import { bucketId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:end",
  description: "Ends a bucket: the manager gives 30 days of notice, then anyone releases its resource",
  arguments: { bucket: bucketId() },
  call: ({ addresses }, { bucket }) => calls.endBucket(addresses, { bucketId: bucket }),
  written: async (context, { bucket }, { event }) => {
    const notice = event("EndNoticed") as { until: bigint } | undefined;
    const what =
      notice === undefined
        ? `The resource of bucket ${bucket} is released.`
        : `Bucket ${bucket} has notice until ${formatTime(notice.until)}: the same command then releases its resource.`;
    return [title(what), await bucketSection(context, bucket)];
  },
});
