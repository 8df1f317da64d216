import { type NodeCriteria, explain, findNodes, readTrusted } from "../../src";
import { count, engine, optional, party, text, usd } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import { nodeSearchSections } from "../support/matches";
import { readingProgress } from "../support/reading";
import { progress } from "../support/report";

defineRead({
  name: "node:find",
  description: "Finds the nodes that have room, the cheapest first, and says whom their providers trust",
  arguments: {
    resource: optional(count("Units that no cluster may have reserved", "resource", 1n)),
    manager: optional(party("Whom the provider has to trust")),
    region: optional(text("Where it has to be: eu is eu itself and eu-central")),
    engine: optional(engine("The engine that has to run there")),
    maxRent: optional(usd("The most that it may ask, in USD per unit, per vnode, per month", "rent")),
  },
  read: async (context, { resource = 1n, ...wanted }) => {
    const criteria: NodeCriteria = { ...wanted, free: resource };
    const search = await findNodes(context.registries, criteria, { onProgress: readingProgress() });
    return nodeSearchSections(context, search, criteria, await trustedIfKnown(context));
  },
});

/** Whom providers trust; undefined where the node does not keep the events that say so. */
async function trustedIfKnown({ provider, registries, deployment }: TaskContext): Promise<Map<string, string[]> | undefined> {
  try {
    return await readTrusted(registries, { fromBlock: deployment.fromBlock, toBlock: await provider.getBlockNumber() });
  } catch (error) {
    progress(`Whom providers trust is unknown: the events cannot be read. ${explain(error).message}`);
    return undefined;
  }
}
