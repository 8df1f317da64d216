import { calls } from "../../src";
import { nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "node:remove",
  description: "Removes a node that no cluster uses; for its provider",
  arguments: { node: nodeId() },
  call: ({ addresses }, { node }) => calls.removeNode(addresses, { nodeId: node }),
  written: async (_, { node }) => Promise.resolve([title(`Node ${node} is removed.`)]),
});
