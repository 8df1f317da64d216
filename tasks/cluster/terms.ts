import { clusterId } from "../support/arguments";
import { defineRead } from "../support/define";
import { governancePart } from "../support/governance";

defineRead({
  name: "cluster:terms",
  description: "Shows the terms of a cluster, the quality and the bonds of its nodes, and what is announced",
  arguments: { cluster: clusterId() },
  read: async (context, { cluster }) => [await governancePart(context, cluster)],
});
