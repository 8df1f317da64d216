import { createDao } from "../../deployment/dao";
import { count, optional, parties } from "../support/arguments";
import { defineSetUp } from "../support/define";
import { governorAt, governorSection } from "../support/governor";
import { title } from "../support/sections";

const VOTES_EACH = 100n * 10n ** 18n;
const seconds = (description: string) => optional(count(`${description}, in seconds (60 unless given)`, "time"));

defineSetUp({
  name: "dao:create",
  description: "Creates a DAO on a development chain: a Governor, its timelock, and 100 votes for each of some people",
  arguments: {
    voters: parties("Who gets votes"),
    votingDelay: seconds("Between a proposal and the vote on it"),
    votingPeriod: seconds("How long a vote lasts"),
    timelockDelay: seconds("How long the timelock waits"),
    quorum: optional(count("How much of all votes has to be for it or abstain, in percent (50 unless given)", "quorum")),
  },
  read: async (context, { voters, votingDelay = 60n, votingPeriod = 60n, timelockDelay = 60n, quorum = 50n }) => {
    const plan = { voters, votesEach: VOTES_EACH, votingDelay, votingPeriod, timelockDelay, quorumPercent: quorum };
    const { governor, timelock, token } = await createDao(context.hre, plan);
    const text = `Governor ${governor} is created.\nTimelock ${timelock} makes its calls: that is whom to trust, and to offer management to.\nVotes ${token}: each voter has 100, which count once they are delegated (dao:delegate).`;
    return [title(text), governorSection(context, await governorAt(context, governor))];
  },
});
