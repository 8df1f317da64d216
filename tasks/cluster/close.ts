import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:close",
  description: "Closes a cluster to new allocations; buckets keep their resource",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.closeCluster(addresses, { clusterId: cluster, closed: true }),
  written: async (context, { cluster }) => [
    title(`Cluster ${cluster} is closed: its buckets keep their resource, and can allocate no more.`),
    await clusterSection(context, cluster),
  ],
});
