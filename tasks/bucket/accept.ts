import { calls } from "../../src";
import { bucketId, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:accept",
  description: "Takes over a bucket and what it pays from now on; for whom it is offered to",
  arguments: {
    bucket: bucketId(),
    maxRate: optional(usd("The most to agree to, in USD per month; what it pays now unless given", "rate")),
  },
  call: async ({ addresses, registries }, { bucket, maxRate }) =>
    calls.acceptBucket(addresses, {
      bucketId: bucket,
      maxRatePerMonth: maxRate ?? (await registries.bucketRegistry.getBucket(bucket)).ratePerMonth,
    }),
  written: async (context, { bucket }) => [title(`Bucket ${bucket} has a new owner.`), await bucketSection(context, bucket)],
});
