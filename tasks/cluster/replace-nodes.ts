import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:replace-nodes",
  description: "Moves all vnodes of a node to one that is not in the cluster yet; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    oldNode: nodeId("The node that gives them"),
    newNode: nodeId("The node that takes them"),
  },
  call: ({ addresses }, { cluster, oldNode, newNode }) =>
    calls.replaceNodes(addresses, { clusterId: cluster, oldNodeId: oldNode, newNodeId: newNode }),
  written: async (context, { cluster, oldNode, newNode }) => [
    title(`Node ${newNode} has taken the place of node ${oldNode}.`),
    await clusterSection(context, cluster),
  ],
});
