import { calls } from "../../src";
import { bucketId, count, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";
import { presentRentPerUnit } from "../support/rents";

defineWrite({
  name: "bucket:allocate",
  description: "Allocates resource to a bucket; its owner pays for it from now on. For the owner, or the manager within the cap",
  arguments: {
    bucket: bucketId(),
    resource: count("Units per vnode to add", "resource"),
    maxRent: optional(usd("Maximum rent, in USD per unit, per month; the present rent by default", "rent")),
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
