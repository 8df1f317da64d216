import { formatUsd } from "../../src";
import { clusterId, count } from "../support/arguments";
import { defineRead } from "../support/define";
import { amountOf } from "../support/sections";

defineRead({
  name: "cluster:quote",
  description: "Quotes the price of resource in a cluster",
  arguments: { cluster: clusterId(), resource: count("Units of resource, per vnode", "resource") },
  read: async (context, { cluster, resource }) => {
    const { clusterRegistry } = context.registries;
    const { usdPerMonth, tokensPerMonth } = await clusterRegistry.quote(cluster, resource);
    const { currency } = await clusterRegistry.getCluster(cluster);
    const tokens = amountOf(tokensPerMonth, await context.currency(currency));
    const text = `${resource} units in cluster ${cluster} cost ${formatUsd(usdPerMonth)} USD per month: ${tokens} at the present price.`;
    return [{ key: "quote", text, data: { usdPerMonth, tokensPerMonth, currency } }];
  },
});
