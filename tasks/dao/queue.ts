import { formatTime, queueProposal } from "../../src";
import { party, proposalId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { proposalOf } from "../support/governor";
import { title } from "../support/sections";

defineWrite({
  name: "dao:queue",
  description: "Queues a proposal that succeeded in the timelock; for anyone",
  arguments: { governor: party("The Governor"), proposal: proposalId() },
  call: async (context, { governor, proposal }) => queueProposal(governor, await proposalOf(context, governor, proposal)),
  written: async (_, { proposal }, { event }) => {
    const { etaSeconds } = event("ProposalQueued") as { etaSeconds: bigint };
    return [title(`Proposal ${proposal} is queued, and can be executed from ${formatTime(etaSeconds)} on: dao:execute.`)];
  },
});
