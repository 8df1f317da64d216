import { calls, parseClusterParams } from "../../src";
import { clusterParams, count, currency, fee, nodeIds, optional } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:create",
  description: "Creates a cluster; the signer becomes its manager. The providers of all its nodes have to trust the signer",
  arguments: {
    currency: currency("Currency of payments"),
    vnodes: count("Number of vnodes; it never changes", "number of vnodes", 1n),
    nodes: nodeIds("The nodes to put them on in turn, for example 1,2,3"),
    managementFee: optional(fee("Management fee; none by default")),
    params: optional(clusterParams()),
  },
  call: ({ addresses }, { currency: address, vnodes, nodes, managementFee = 0n, params = "" }) => {
    parseClusterParams(params, vnodes);
    const input = { currency: address, vnodeCount: vnodes, nodeIds: nodes, managementFeeBps: managementFee, params };
    return calls.createCluster(addresses, input);
  },
  written: async (context, _, { event }) => {
    const { clusterId } = event("ClusterCreated") as { clusterId: bigint };
    return [title(`Cluster ${clusterId} is created.`), await clusterSection(context, clusterId)];
  },
});
