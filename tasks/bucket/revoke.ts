import { calls } from "../../src";
import { bucketId, parties } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:revoke",
  description: "Revokes accounts' access to a bucket; for its owner",
  arguments: { bucket: bucketId(), accounts: parties("From whom") },
  call: ({ addresses }, { bucket, accounts }) => calls.revokeAccess(addresses, { bucketId: bucket, accounts }),
  written: async (context, { bucket, accounts }) => [
    title(`The grants of ${accounts.map(context.nameOf).join(", ")} for bucket ${bucket} are revoked.`),
    await accessPart(context, bucket),
  ],
});
