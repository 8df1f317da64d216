import { calls } from "../../src";
import { clusterId, count, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:replace-node",
  description: "Moves a vnode of a cluster to another node; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    vnode: count("The vnode's index, counted from 0", "index"),
    node: nodeId("The node that takes it over"),
  },
  call: ({ addresses }, { cluster, vnode, node }) =>
    calls.replaceNode(addresses, { clusterId: cluster, vnodeIndex: vnode, newNodeId: node }),
  written: async (context, { cluster, vnode, node }) => [
    title(`Vnode ${vnode} is on node ${node}.`),
    await clusterSection(context, cluster),
  ],
});
