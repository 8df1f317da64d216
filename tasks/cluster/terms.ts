import { clusterId } from "../support/arguments";
import { defineRead } from "../support/define";
import { governancePart } from "../support/governance";

defineRead({
  name: "cluster:terms",
  description: "Shows the terms of a cluster, the quality and bonds of its nodes, and announced changes",
  arguments: { cluster: clusterId() },
  read: async (context, { cluster }) => [await governancePart(context, cluster)],
});
