import { calls } from "../../src";
import { clusterId, hash, leafCount, nodeId, optional, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { commitmentFrom, proofSections } from "../support/storage";

defineWrite({
  name: "validator:commit",
  description: "Commits a node to the file that it holds for a cluster; for its provider or its prover",
  signer: "provider1",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    file: optional(text("The file")),
    root: optional(hash("Without the file: the root of the tree over it", "root")),
    leaves: optional(leafCount("Without the file: how many leaves of 256 bytes it has")),
  },
  call: async ({ addresses }, { cluster, node, file, root, leaves }) =>
    calls.commitStorage(addresses, { clusterId: cluster, nodeId: node, ...(await commitmentFrom({ file, root, leaves })) }),
  written: (context, { cluster, node }, { sent }) =>
    proofSections(
      context,
      { clusterId: cluster, nodeId: node },
      `Node ${node} has committed; the commitment counts once it is approved.`,
      sent.events,
    ),
});
