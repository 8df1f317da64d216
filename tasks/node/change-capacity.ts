import { calls } from "../../src";
import { count, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { headline, nodePart } from "../support/parts";

defineWrite({
  name: "node:change-capacity",
  description: "Changes a node's capacity; for its provider",
  arguments: { node: nodeId(), capacity: count("How many units of resource it has", "capacity") },
  call: ({ addresses }, { node, capacity }) => calls.changeNodeCapacity(addresses, { nodeId: node, capacity }),
  written: async (context, { node }) => [headline(`Node ${node} has a new capacity.`), await nodePart(context, node)],
});
