import { ZERO_ADDRESS, calls } from "../../src";
import { nodeId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "validator:set-prover",
  description: "Sets the prover of a node, which may commit for it; for the node's provider",
  arguments: { node: nodeId(), prover: partyOrNobody("Account that may answer for the node") },
  call: ({ addresses }, { node, prover }) => calls.setProver(addresses, { nodeId: node, prover }),
  written: async ({ nameOf }, { node, prover }) => [
    title(prover === ZERO_ADDRESS ? `Only the provider commits for node ${node}.` : `${nameOf(prover)} may commit for node ${node}.`),
  ],
});
