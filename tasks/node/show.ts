import { nodeId } from "../support/arguments";
import { defineRead } from "../support/define";
import { nodeSection } from "../support/sections";

defineRead({
  name: "node:show",
  description: "Shows a node",
  arguments: { node: nodeId() },
  read: async (context, { node }) => [await nodeSection(context, node)],
});
