import { calls } from "../../src";
import { bucketId, parties } from "../support/arguments";
import { defineWrite } from "../support/define";
import { headline } from "../support/parts";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:revoke",
  description: "Takes back what accounts were granted of a bucket; for its owner",
  arguments: { bucket: bucketId(), accounts: parties("From whom") },
  call: ({ addresses }, { bucket, accounts }) => calls.revokeAccess(addresses, { bucketId: bucket, accounts }),
  written: async (context, { bucket, accounts }) => [
    headline(`${accounts.map(context.nameOf).join(", ")} may no longer use bucket ${bucket} but as anyone may.`),
    await accessPart(context, bucket),
  ],
});
