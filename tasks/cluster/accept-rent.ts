import { calls } from "../../src";
import { clusterId, nodeId, optional, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:accept-rent",
  description: "Accepts the rent that a node now asks in a cluster, which applies at once; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    maxRent: optional(usd("The most to agree to, in USD per unit, per vnode, per month; what the node asks now unless given", "rent")),
  },
  call: async ({ addresses, registries }, { cluster, node, maxRent }) =>
    calls.acceptRent(addresses, {
      clusterId: cluster,
      nodeId: node,
      maxRent: maxRent ?? (await registries.nodeRegistry.rentOf(node)),
    }),
  written: async (context, { cluster, node }) => [title(`Node ${node} is paid what it asks now.`), await clusterSection(context, cluster)],
});
