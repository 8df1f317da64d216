import { ZERO_ADDRESS, calls } from "../../src";
import { nodeId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "validator:set-prover",
  description: "Lets somebody else commit for a node to what it holds; for the node's provider",
  arguments: { node: nodeId(), prover: partyOrNobody("Who may") },
  call: ({ addresses }, { node, prover }) => calls.setProver(addresses, { nodeId: node, prover }),
  written: async ({ nameOf }, { node, prover }) => [
    title(prover === ZERO_ADDRESS ? `Nobody else commits for node ${node}.` : `${nameOf(prover)} may commit for node ${node}.`),
  ],
});
