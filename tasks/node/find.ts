import { type NodeCriteria, explain, findNodes, readTrusted } from "../../src";
import { count, engine, optional, party, text, usd } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import { nodeSearchSections } from "../support/matches";
import { readingProgress } from "../support/reading";
import { progress } from "../support/report";

defineRead({
  name: "node:find",
  description: "Finds the nodes with free capacity, the cheapest first, and the managers that their providers trust",
  arguments: {
    resource: optional(count("Minimum free units", "resource", 1n)),
    manager: optional(party("Manager that the provider trusts")),
    region: optional(text("Region of the node: eu matches eu and eu-central")),
    engine: optional(engine("Engine that runs there")),
    maxRent: optional(usd("Maximum rent, in USD per unit, per vnode, per month", "rent")),
  },
  read: async (context, { resource = 1n, ...wanted }) => {
    const criteria: NodeCriteria = { ...wanted, free: resource };
    const search = await findNodes(context.registries, criteria, { onProgress: readingProgress() });
    return nodeSearchSections(context, search, criteria, await trustedIfKnown(context));
  },
});

/** The managers that providers trust; undefined where the node lacks old events. */
async function trustedIfKnown({ provider, registries, deployment }: TaskContext): Promise<Map<string, string[]> | undefined> {
  try {
    return await readTrusted(registries, { fromBlock: deployment.fromBlock, toBlock: await provider.getBlockNumber() });
  } catch (error) {
    progress(`The events cannot be read, so the managers that providers trust are unknown. ${explain(error).message}`);
    return undefined;
  }
}
