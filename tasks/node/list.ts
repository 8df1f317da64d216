import { readNodes } from "../../src";
import { optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { nodesTable } from "../support/sections";
import { readingProgress } from "../support/reading";

defineRead({
  name: "node:list",
  description: "Lists the nodes",
  arguments: { provider: optional(party("Provider; all by default")) },
  read: async (context, { provider }) => {
    const nodes = await readNodes(context.registries, provider, { onProgress: readingProgress() });
    return [{ key: "nodes", text: nodesTable(context, nodes), data: nodes }];
  },
});
