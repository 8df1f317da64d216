import { clusterId, nodeId } from "../support/arguments";
import { defineRead } from "../support/define";
import { proofStatusSection } from "../support/storage";

defineRead({
  name: "validator:show",
  description: "Shows what a node has to hold for a cluster, what it is asked for, and how it stands",
  arguments: { cluster: clusterId(), node: nodeId() },
  read: async (context, { cluster, node }) => [await proofStatusSection(context, { clusterId: cluster, nodeId: node })],
});
