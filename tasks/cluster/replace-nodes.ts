import { calls } from "../../src";
import { clusterId, flag, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";
import { WITHOUT_SETTLING, settleFirst } from "../support/settling";

defineWrite({
  name: "cluster:replace-nodes",
  description: "Settles what owners owe a cluster, and moves all vnodes of a node to one that is not in it yet; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    oldNode: nodeId("The node that gives them"),
    newNode: nodeId("The node that takes them"),
    atOnce: flag(WITHOUT_SETTLING),
  },
  call: ({ addresses }, { cluster, oldNode, newNode }) =>
    calls.replaceNodes(addresses, { clusterId: cluster, oldNodeId: oldNode, newNodeId: newNode }),
  before: async (context, { cluster, atOnce }) => (atOnce ? [] : settleFirst(context, cluster)),
  written: async (context, { cluster, oldNode, newNode }) => [
    headline(`Node ${newNode} has taken the place of node ${oldNode}.`),
    await clusterPart(context, cluster),
  ],
});
