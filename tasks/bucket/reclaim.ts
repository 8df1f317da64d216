import { calls, formatTime } from "../../src";
import { bucketId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:reclaim",
  description: "Takes back what a bucket holds that does not pay: gives notice first, releases when that is over",
  arguments: { bucket: bucketId() },
  call: ({ addresses }, { bucket }) => calls.reclaim(addresses, { bucketId: bucket }),
  written: async (context, { bucket }, { event }) => {
    const notice = event("ReclaimNoticed") as { until: bigint } | undefined;
    const what =
      notice === undefined
        ? `What bucket ${bucket} held is released.`
        : `Bucket ${bucket} has notice until ${formatTime(notice.until)}: the same command then releases what it holds.`;
    return [title(what), await bucketSection(context, bucket)];
  },
});
