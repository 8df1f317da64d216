import { calls } from "../../src";
import { count, nodeParams, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { headline, nodePart } from "../support/parts";

defineWrite({
  name: "node:create",
  description: "Registers a node; the signer is its provider",
  arguments: {
    rent: usd("USD per unit of resource, per vnode, per month", "rent"),
    capacity: count("How many units of resource it has", "capacity"),
    params: optional(nodeParams()),
  },
  call: ({ addresses }, { rent, capacity, params = "" }) => calls.createNode(addresses, { rentPerMonth: rent, capacity, params }),
  written: async (context, _, { event }) => {
    const { nodeId } = event("NodeCreated") as { nodeId: bigint };
    return [headline(`Node ${nodeId} is created.`), await nodePart(context, nodeId)];
  },
});
