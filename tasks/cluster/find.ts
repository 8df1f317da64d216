import { type ClusterCriteria, findClusters } from "../../src";
import { count, currency, engine, optional, share, text, usd } from "../support/arguments";
import { defineRead } from "../support/define";
import { clusterSearchSections } from "../support/matches";
import { readingProgress } from "../support/reading";

defineRead({
  name: "cluster:find",
  description: "Finds the clusters that match your criteria, the cheapest first",
  arguments: {
    engine: optional(engine("Engine that runs there")),
    region: optional(text("Region of every vnode: eu matches eu and eu-central")),
    resource: optional(count("Minimum free units per vnode", "resource", 1n)),
    maxRent: optional(usd("Maximum rent, in USD per unit, per vnode, per month", "rent")),
    maxCost: optional(usd("Maximum cost of --resource (or one unit), in USD per month", "cost")),
    currency: optional(currency("Currency of payments")),
    minNodes: optional(count("Minimum number of nodes", "number of nodes")),
    minProviders: optional(count("Minimum number of providers", "number of providers")),
    minQuality: optional(share("Minimum average quality of its vnodes", "quality")),
  },
  read: async (context, { resource, ...wanted }) => {
    const criteria: ClusterCriteria = { ...wanted, free: resource };
    const search = await findClusters(context.registries, criteria, { onProgress: readingProgress() });
    return clusterSearchSections(context, search, criteria, await context.currencies());
  },
});
