import { clusterId } from "../support/arguments";
import { defineRead } from "../support/define";
import { clusterPart } from "../support/parts";

defineRead({
  name: "cluster:show",
  description: "Shows a cluster and its nodes",
  arguments: { cluster: clusterId() },
  read: async (context, { cluster }) => [await clusterPart(context, cluster)],
});
