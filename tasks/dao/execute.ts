import { executeProposal } from "../../src";
import { party, proposalId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { proposalOf, whyOf } from "../support/governor";
import { title } from "../support/sections";

defineWrite({
  name: "dao:execute",
  description: "Executes a proposal, when its timelock has waited; for anyone",
  arguments: { governor: party("The Governor"), proposal: proposalId() },
  call: async (context, { governor, proposal }) => executeProposal(governor, await proposalOf(context, governor, proposal)),
  written: async (context, { governor, proposal }) => [
    title(`Proposal ${proposal} is executed: ${whyOf(await proposalOf(context, governor, proposal))}.`),
  ],
});
