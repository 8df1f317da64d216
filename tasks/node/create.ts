import { calls } from "../../src";
import { count, nodeParams, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title, nodeSection } from "../support/sections";

defineWrite({
  name: "node:create",
  description: "Registers a node; the signer is its provider",
  arguments: {
    rent: usd("USD per unit of resource, per vnode, per month", "rent"),
    capacity: count("Units of resource", "capacity"),
    params: optional(nodeParams()),
  },
  call: ({ addresses }, { rent, capacity, params = "" }) => calls.createNode(addresses, { rentPerMonth: rent, capacity, params }),
  written: async (context, _, { event }) => {
    const { nodeId } = event("NodeCreated") as { nodeId: bigint };
    return [title(`Node ${nodeId} is created.`), await nodeSection(context, nodeId)];
  },
});
