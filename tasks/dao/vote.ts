import { VOTES, type Vote, castVote, formatAmount } from "../../src";
import { oneOf, optional, party, proposalId, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governorAt, proposalOf, proposalSection } from "../support/governor";
import { title } from "../support/sections";

defineWrite({
  name: "dao:vote",
  description: "Votes on a proposal of a Governor",
  arguments: {
    governor: party("The Governor"),
    proposal: proposalId(),
    vote: oneOf("How to vote", Object.keys(VOTES) as Vote[]),
    reason: optional(text("Reason, for the other voters")),
  },
  call: (_, { governor, proposal, vote, reason }) => castVote(governor, { proposalId: proposal, vote, reason }),
  written: async (context, { governor, proposal, vote }, { caller, event }) => {
    const { weight } = event("VoteCast") as { weight: bigint };
    const info = await governorAt(context, governor);
    return [
      title(`${context.nameOf(caller)}: ${formatAmount(weight, 18)} votes, ${vote}.`),
      await proposalSection(context, info, await proposalOf(context, governor, proposal)),
    ];
  },
});
