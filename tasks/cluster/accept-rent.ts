import { calls } from "../../src";
import { clusterId, nodeId, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:accept-rent",
  description: "Accepts a node's present rent in a cluster, effective at once; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    maxRent: optional(usd("Maximum rent, in USD per unit, per vnode, per month; the node's present rent by default", "rent")),
  },
  call: async ({ addresses, registries }, { cluster, node, maxRent }) =>
    calls.acceptRent(addresses, {
      clusterId: cluster,
      nodeId: node,
      maxRent: maxRent ?? (await registries.nodeRegistry.rentOf(node)),
    }),
  written: async (context, { cluster, node }) => [title(`Node ${node} is paid its present rent.`), await clusterSection(context, cluster)],
});
