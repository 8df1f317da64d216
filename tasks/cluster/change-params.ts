import { calls, parseClusterParams } from "../../src";
import { clusterId, clusterParams } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";

defineWrite({
  name: "cluster:change-params",
  description: "Changes a cluster's params; for its manager",
  arguments: { cluster: clusterId(), params: clusterParams("The new params") },
  call: async ({ addresses, registries }, { cluster, params }) => {
    const { vnodeCount } = await registries.clusterRegistry.getCluster(cluster);
    parseClusterParams(params, vnodeCount);
    return calls.changeClusterParams(addresses, { clusterId: cluster, params });
  },
  written: async (context, { cluster }) => [headline(`Cluster ${cluster} has new params.`), await clusterPart(context, cluster)],
});
