import { clusterId } from "../support/arguments";
import { defineRead } from "../support/define";
import { clusterSection } from "../support/sections";

defineRead({
  name: "cluster:show",
  description: "Shows a cluster and its nodes",
  arguments: { cluster: clusterId() },
  read: async (context, { cluster }) => [await clusterSection(context, cluster)],
});
