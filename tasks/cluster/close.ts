import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:close",
  description: "Keeps buckets from allocating more in a cluster; they keep what they hold",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.closeCluster(addresses, { clusterId: cluster, closed: true }),
  written: async (context, { cluster }) => [
    title(`Cluster ${cluster} is closed: its buckets keep what they hold, and can allocate no more.`),
    await clusterSection(context, cluster),
  ],
});
