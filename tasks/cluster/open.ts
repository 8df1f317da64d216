import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:open",
  description: "Lets buckets allocate in a closed cluster again",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.closeCluster(addresses, { clusterId: cluster, closed: false }),
  written: async (context, { cluster }) => [
    title(`Cluster ${cluster} is open: buckets can allocate in it.`),
    await clusterSection(context, cluster),
  ],
});
