import { calls, formatTime } from "../../src";
import { bucketId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:end",
  description: "Ends a bucket: the manager gives 30 days of notice, and after that anyone releases what it holds",
  arguments: { bucket: bucketId() },
  call: ({ addresses }, { bucket }) => calls.endBucket(addresses, { bucketId: bucket }),
  written: async (context, { bucket }, { event }) => {
    const notice = event("EndNoticed") as { until: bigint } | undefined;
    const what =
      notice === undefined
        ? `What bucket ${bucket} held is released.`
        : `Bucket ${bucket} has notice until ${formatTime(notice.until)}: the same command then releases what it holds.`;
    return [title(what), await bucketSection(context, bucket)];
  },
});
