import { clusterId, nodeId } from "../support/arguments";
import { defineRead } from "../support/define";
import { proofStatusSection } from "../support/storage";

defineRead({
  name: "validator:show",
  description: "Shows the commitments, the challenge and the misses of a node in a cluster",
  arguments: { cluster: clusterId(), node: nodeId() },
  read: async (context, { cluster, node }) => [await proofStatusSection(context, { clusterId: cluster, nodeId: node })],
});
