import { UserError, calls, readProofStatus } from "../../src";
import { proveLeaves } from "../../src/storage-proofs/answer";
import { clusterId, nodeId, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { proofSections, treeOver } from "../support/storage";

defineWrite({
  name: "validator:answer",
  description: "Answers the challenge of a node from its file; for anyone with the file",
  signer: "provider1",
  arguments: { cluster: clusterId(), node: nodeId(), file: text("The file that the node committed to") },
  call: async ({ addresses, registries }, { cluster, node, file }) => {
    const id = { clusterId: cluster, nodeId: node };
    const { challenge } = await readProofStatus(registries, id);
    if (challenge === undefined || challenge.state === "idle")
      throw new UserError(`Node ${node} has no open challenge in cluster ${cluster}.`);
    // Without positions the contract says itself why there are none.
    const { commitment, positions = [] } = challenge;
    const proofs = positions.length === 0 ? [] : await proveLeaves(await treeOver(file), commitment, positions);
    return calls.answerChallenge(addresses, { ...id, proofs });
  },
  written: (context, { cluster, node }, { sent }) =>
    proofSections(context, { clusterId: cluster, nodeId: node }, `Node ${node} has answered its challenge.`, sent.events),
});
