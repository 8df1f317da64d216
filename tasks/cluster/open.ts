import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";

defineWrite({
  name: "cluster:open",
  description: "Lets buckets allocate in a closed cluster again",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.closeCluster(addresses, { clusterId: cluster, closed: false }),
  written: async (context, { cluster }) => [
    headline(`Cluster ${cluster} is open: buckets can allocate in it.`),
    await clusterPart(context, cluster),
  ],
});
