import { calls } from "../../src";
import { clusterId, count, flag, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";
import { WITHOUT_SETTLING, settleFirst } from "../support/settling";

defineWrite({
  name: "cluster:replace-node",
  description: "Settles what owners owe a cluster, and moves one of its vnodes to another node; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    vnode: count("The vnode's index, counted from 0", "index"),
    node: nodeId("The node that takes it over"),
    atOnce: flag(WITHOUT_SETTLING),
  },
  call: ({ addresses }, { cluster, vnode, node }) =>
    calls.replaceNode(addresses, { clusterId: cluster, vnodeIndex: vnode, newNodeId: node }),
  before: async (context, { cluster, atOnce }) => (atOnce ? [] : settleFirst(context, cluster)),
  written: async (context, { cluster, vnode, node }) => [
    headline(`Vnode ${vnode} is on node ${node}.`),
    await clusterPart(context, cluster),
  ],
});
