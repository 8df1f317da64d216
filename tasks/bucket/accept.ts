import { calls } from "../../src";
import { bucketId, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:accept",
  description: "Accepts an offered bucket; the signer becomes its owner and payer",
  arguments: {
    bucket: bucketId(),
    maxRate: optional(usd("Maximum rate, in USD per month; the present rate by default", "rate")),
  },
  call: async ({ addresses, registries }, { bucket, maxRate }) =>
    calls.acceptBucket(addresses, {
      bucketId: bucket,
      maxRatePerMonth: maxRate ?? (await registries.bucketRegistry.getBucket(bucket)).ratePerMonth,
    }),
  written: async (context, { bucket }) => [title(`Bucket ${bucket} has a new owner.`), await bucketSection(context, bucket)],
});
