import { calls } from "../../src";
import { nodeId, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title, nodeSection } from "../support/sections";

defineWrite({
  name: "node:change-rent",
  description: "Changes a node's rent for clusters that it joins from now on; for its provider",
  arguments: { node: nodeId(), rent: usd("USD per unit of resource, per vnode, per month", "rent") },
  call: ({ addresses }, { node, rent }) => calls.changeNodeRent(addresses, { nodeId: node, rentPerMonth: rent }),
  written: async (context, { node }) => [title(`Node ${node} asks a new rent.`), await nodeSection(context, node)],
});
