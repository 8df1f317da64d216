import { calls } from "../../src";
import { nodeId, nodeParams } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title, nodeSection } from "../support/sections";

defineWrite({
  name: "node:change-params",
  description: "Changes a node's params; for its provider",
  arguments: { node: nodeId(), params: nodeParams("The new params") },
  call: ({ addresses }, { node, params }) => calls.changeNodeParams(addresses, { nodeId: node, params }),
  written: async (context, { node }) => [title(`Node ${node} has new params.`), await nodeSection(context, node)],
});
