import { calls } from "../../src";
import { nodeId, nodeParams } from "../support/arguments";
import { defineWrite } from "../support/define";
import { headline, nodePart } from "../support/parts";

defineWrite({
  name: "node:change-params",
  description: "Changes a node's params; for its provider",
  arguments: { node: nodeId(), params: nodeParams("The new params") },
  call: ({ addresses }, { node, params }) => calls.changeNodeParams(addresses, { nodeId: node, params }),
  written: async (context, { node }) => [headline(`Node ${node} has new params.`), await nodePart(context, node)],
});
