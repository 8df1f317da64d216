import { RIGHT_BITS, calls } from "../../src";
import { bucketId, optional, parties, time } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { accessPart, right } from "../support/sharing";

defineWrite({
  name: "bucket:grant",
  description: "Lets accounts read or write a bucket; for its owner",
  arguments: {
    bucket: bucketId(),
    accounts: parties("Who"),
    rights: right("Rights to add"),
    until: optional(time("End of the grant; no end by default", "end")),
  },
  call: ({ addresses }, { bucket, accounts, rights, until = 0n }) =>
    calls.grantAccess(addresses, { bucketId: bucket, accounts, rights: RIGHT_BITS[rights], until }),
  written: async (context, { bucket, accounts }) => [
    title(`${accounts.map(context.nameOf).join(", ")} may now use bucket ${bucket}.`),
    await accessPart(context, bucket),
  ],
});
