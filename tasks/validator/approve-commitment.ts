import { calls } from "../../src";
import { clusterId, hash, leafCount, nodeId, optional, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { commitmentFrom, proofSections } from "../support/storage";

defineWrite({
  name: "validator:approve-commitment",
  description: "Approves a node's commitment as the data that it should hold; for the cluster's approver",
  signer: "owner",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    file: optional(text("The approver's own copy of the file")),
    root: optional(hash("Without the file: the root of the tree over it", "root")),
    leaves: optional(leafCount("Without the file: how many leaves of 256 bytes it has")),
  },
  call: async ({ addresses }, { cluster, node, file, root, leaves }) =>
    calls.approveCommitment(addresses, { clusterId: cluster, nodeId: node, ...(await commitmentFrom({ file, root, leaves })) }),
  written: (context, { cluster, node }, { sent }) =>
    proofSections(
      context,
      { clusterId: cluster, nodeId: node },
      `Node ${node} has to hold this data for cluster ${cluster} from now on.`,
      sent.events,
    ),
});
