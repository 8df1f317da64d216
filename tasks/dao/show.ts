import { readProposalStatus } from "../../src";
import { optional, party, proposalId } from "../support/arguments";
import { defineRead } from "../support/define";
import { governorAt, governorSection, proposalOf, proposalSection, proposalsOf, whyOf } from "../support/governor";
import { table } from "../support/tables";

defineRead({
  name: "dao:show",
  description: "Shows a Governor and its proposals, or one of them with the calls that it makes",
  arguments: { governor: party("The Governor"), proposal: optional(proposalId("Proposal; all by default")) },
  read: async (context, { governor, proposal: id }) => {
    const info = await governorAt(context, governor);
    if (id !== undefined) return [await proposalSection(context, info, await proposalOf(context, governor, id))];
    const proposals = [];
    for await (const proposal of proposalsOf(context, governor)) {
      const { state } = await readProposalStatus(context.provider, governor, proposal.proposalId);
      proposals.push({ ...proposal, state });
    }
    const rows = proposals.map((proposal) => [proposal.state, whyOf(proposal), String(proposal.proposalId)]);
    const text = table(["State", "Why", "Proposal"], rows);
    return [governorSection(context, info), { key: "proposals", text, data: proposals }];
  },
});
