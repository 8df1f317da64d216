import { calls } from "../../src";
import { bucketParams, clusterId, count, flag, optional, text, usd } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { amountIn, approvalFor, permitFor, refuseMoreThanHeld } from "../support/deposits";
import { accountPart, amountOf, bucketPart, headline } from "../support/parts";

const args = {
  cluster: clusterId(),
  resource: count("Units per vnode to allocate", "resource"),
  amount: text("How much to deposit, in the cluster's currency, for example 25.5"),
  params: optional(bucketParams()),
  maxRent: optional(usd("The most to agree to, in USD per unit, per month; the present rent unless given", "rent")),
  permit: flag("Sign a permit instead of approving first (tokens only)"),
};

async function currencyOf({ registries }: TaskContext, cluster: bigint): Promise<string> {
  return (await registries.clusterRegistry.getCluster(cluster)).currency;
}

defineWrite({
  name: "bucket:open",
  description: "Creates a bucket, deposits for it and allocates resource to it, in one transaction; the signer owns and pays it",
  arguments: args,
  call: async (context, { cluster, resource, params = "", maxRent, ...values }, caller) => {
    const { currency, rentPerUnit } = await context.registries.clusterRegistry.getCluster(cluster);
    const amount = await amountIn(context, currency, values.amount);
    await refuseMoreThanHeld(context, currency, amount, caller);
    const permit = values.permit ? await permitFor(context, currency, amount, caller) : undefined;
    return calls.openBucket(context.addresses, {
      clusterId: cluster,
      params,
      resource,
      maxRentPerUnit: maxRent ?? rentPerUnit,
      funding: { currency, amount, permit },
    });
  },
  before: async (context, { cluster, amount, permit }, caller) => {
    if (permit) return [];
    const currency = await currencyOf(context, cluster);
    return approvalFor(context, currency, await amountIn(context, currency, amount), caller);
  },
  written: async (context, { cluster, resource }, { caller, event }) => {
    const info = await context.currency(await currencyOf(context, cluster));
    const { bucketId } = event("BucketCreated") as { bucketId: bigint };
    const { amount } = event("Deposited") as { amount: bigint };
    return [
      headline(`Bucket ${bucketId} is open: ${amountOf(amount, info)} are deposited, and ${resource} units allocated.`),
      await bucketPart(context, bucketId),
      await accountPart(context, caller, [info]),
    ];
  },
});
