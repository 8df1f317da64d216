import { calls, parseClusterParams } from "../../src";
import { clusterId, clusterParams } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:change-params",
  description: "Changes a cluster's params; for its manager",
  arguments: { cluster: clusterId(), params: clusterParams("The new params") },
  call: async ({ addresses, registries }, { cluster, params }) => {
    const { vnodeCount } = await registries.clusterRegistry.getCluster(cluster);
    parseClusterParams(params, vnodeCount);
    return calls.changeClusterParams(addresses, { clusterId: cluster, params });
  },
  written: async (context, { cluster }) => [title(`Cluster ${cluster} has new params.`), await clusterSection(context, cluster)],
});
