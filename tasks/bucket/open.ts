import { calls } from "../../src";
import { bucketParams, clusterId, count, flag, optional, text, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { approvalFor, fundingFor } from "../support/deposits";
import { currencyOfCluster } from "../support/governance";
import { accountSection, amountOf, bucketSection, title } from "../support/sections";

const args = {
  cluster: clusterId(),
  resource: count("Units per vnode to allocate", "resource"),
  amount: text("Amount to deposit, in the cluster's currency, for example 25.5"),
  params: optional(bucketParams()),
  maxRent: optional(usd("Maximum rent, in USD per unit, per month; the present rent by default", "rent")),
  permit: flag("Sign a permit instead of approving first (tokens only)"),
};

defineWrite({
  name: "bucket:open",
  description: "Creates a bucket, deposits for it and allocates resource to it, in one transaction; the signer owns and pays it",
  arguments: args,
  call: async (context, { cluster, resource, params = "", maxRent, ...values }, caller) => {
    const { currency, rentPerUnit } = await context.registries.clusterRegistry.getCluster(cluster);
    return calls.openBucket(context.addresses, {
      clusterId: cluster,
      params,
      resource,
      maxRentPerUnit: maxRent ?? rentPerUnit,
      funding: await fundingFor(context, { ...values, currency }, caller),
    });
  },
  before: async (context, values, caller) => {
    const { currency } = await currencyOfCluster(context, values.cluster);
    return approvalFor(context, { ...values, currency }, caller);
  },
  written: async (context, { cluster, resource }, { caller, event }) => {
    const info = await currencyOfCluster(context, cluster);
    const { bucketId } = event("BucketCreated") as { bucketId: bigint };
    const { amount } = event("Deposited") as { amount: bigint };
    return [
      title(`Bucket ${bucketId} is open: ${amountOf(amount, info)} are deposited, and ${resource} units allocated.`),
      await bucketSection(context, bucketId),
      await accountSection(context, caller, [info]),
    ];
  },
});
