import { calls, parseClusterParams } from "../../src";
import { clusterParams, count, currency, fee, nodeIds, optional } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:create",
  description: "Creates a cluster; the signer is its manager, whom the providers of all its nodes have to trust",
  arguments: {
    currency: currency("In what it is paid"),
    vnodes: count("How many vnodes it has, for good", "number of vnodes", 1n),
    nodes: nodeIds("The nodes to put them on in turn, for example 1,2,3"),
    managementFee: optional(fee("The manager's fee; none unless given")),
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
