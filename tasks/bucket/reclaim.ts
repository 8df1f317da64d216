import { calls, formatTime } from "../../src";
import { bucketId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:reclaim",
  description: "Reclaims the resource of a bucket that does not pay: gives notice first, releases it when the notice is over",
  arguments: { bucket: bucketId() },
  call: ({ addresses }, { bucket }) => calls.reclaim(addresses, { bucketId: bucket }),
  written: async (context, { bucket }, { event }) => {
    const notice = event("ReclaimNoticed") as { until: bigint } | undefined;
    const what =
      notice === undefined
        ? `The resource of bucket ${bucket} is released.`
        : `Bucket ${bucket} has notice until ${formatTime(notice.until)}: the same command then releases its resource.`;
    return [title(what), await bucketSection(context, bucket)];
  },
});
