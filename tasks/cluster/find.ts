import { type ClusterCriteria, findClusters } from "../../src";
import { count, currency, engine, optional, share, text, usd } from "../support/arguments";
import { defineRead } from "../support/define";
import { clusterSearchSections } from "../support/matches";
import { readingProgress } from "../support/reading";

defineRead({
  name: "cluster:find",
  description: "Finds the clusters in which a bucket would have what you want, the cheapest first",
  arguments: {
    engine: optional(engine("The engine that has to run there")),
    region: optional(text("Where every vnode has to be served: eu is eu itself and eu-central")),
    resource: optional(count("Units per vnode that have to be free", "resource", 1n)),
    maxRent: optional(usd("The most in USD per unit, per vnode, per month", "rent")),
    maxCost: optional(usd("The most in USD per month that the bucket may pay for --resource (or one unit) in all", "cost")),
    currency: optional(currency("In what it has to be paid")),
    minNodes: optional(count("The fewest nodes", "number of nodes")),
    minProviders: optional(count("The fewest different providers", "number of providers")),
    minQuality: optional(share("How well its vnodes have to be served on average", "quality")),
  },
  read: async (context, { resource, ...wanted }) => {
    const criteria: ClusterCriteria = { ...wanted, free: resource };
    const search = await findClusters(context.registries, criteria, { onProgress: readingProgress() });
    return clusterSearchSections(context, search, criteria, await context.currencies());
  },
});
