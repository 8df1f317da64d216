import { calls } from "../../src";
import { bucketId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";

defineWrite({
  name: "bucket:offer",
  description: "Offers a bucket to a new owner; for its owner",
  arguments: { bucket: bucketId(), to: partyOrNobody("Recipient of the offer; nobody withdraws it") },
  call: ({ addresses }, { bucket, to }) => calls.offerBucket(addresses, { bucketId: bucket, owner: to }),
  written: async (context, { bucket, to }) => [
    title(`Bucket ${bucket} is offered to ${context.nameOf(to)}.`),
    await bucketSection(context, bucket),
  ],
});
