import { calls } from "../../src";
import { count, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title, nodeSection } from "../support/sections";

defineWrite({
  name: "node:change-capacity",
  description: "Changes a node's capacity; for its provider",
  arguments: { node: nodeId(), capacity: count("Units of resource", "capacity") },
  call: ({ addresses }, { node, capacity }) => calls.changeNodeCapacity(addresses, { nodeId: node, capacity }),
  written: async (context, { node }) => [title(`Node ${node} has a new capacity.`), await nodeSection(context, node)],
});
