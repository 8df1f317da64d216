import { nodeId } from "../support/arguments";
import { defineRead } from "../support/define";
import { nodePart } from "../support/parts";

defineRead({
  name: "node:show",
  description: "Shows a node",
  arguments: { node: nodeId() },
  read: async (context, { node }) => [await nodePart(context, node)],
});
