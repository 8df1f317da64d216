import { calls } from "../../src";
import { bucketId, count, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";
import { presentRentPerUnit } from "../support/rents";

defineWrite({
  name: "bucket:allocate",
  description: "Allocates resource to a bucket, which its owner pays from now on; for the owner, or the manager within the cap",
  arguments: {
    bucket: bucketId(),
    resource: count("Units per vnode to add", "resource"),
    maxRent: optional(usd("The most to agree to, in USD per unit, per month; the present rent unless given", "rent")),
  },
  call: async (context, { bucket, resource, maxRent }) =>
    calls.allocate(context.addresses, {
      bucketId: bucket,
      resource,
      maxRentPerUnit: maxRent ?? (await presentRentPerUnit(context, bucket)),
    }),
  written: async (context, { bucket, resource }) => [
    title(`${resource} units are allocated to bucket ${bucket}.`),
    await bucketSection(context, bucket),
  ],
});
