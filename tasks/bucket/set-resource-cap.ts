import { calls } from "../../src";
import { bucketId, count, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { bucketSection, title } from "../support/sections";
import { presentRentPerUnit } from "../support/rents";

defineWrite({
  name: "bucket:set-resource-cap",
  description: "Lets the cluster's manager allocate for a bucket; for its owner",
  arguments: {
    bucket: bucketId(),
    resource: count("Maximum units per vnode, in all", "resource"),
    maxRent: optional(usd("Maximum rent, in USD per unit, per month; the present rent by default", "rent")),
  },
  call: async (context, { bucket, resource, maxRent }) =>
    calls.setResourceCap(context.addresses, {
      bucketId: bucket,
      resource,
      maxRentPerUnit: maxRent ?? (await presentRentPerUnit(context, bucket)),
    }),
  written: async (context, { bucket, resource }) => [
    title(`The manager may allocate up to ${resource} units to bucket ${bucket}.`),
    await bucketSection(context, bucket),
  ],
});
