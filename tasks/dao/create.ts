import { createDao } from "../../deployment/dao";
import { count, optional, parties } from "../support/arguments";
import { defineSetUp } from "../support/define";
import { governorAt, governorSection } from "../support/governor";
import { title } from "../support/sections";

const VOTES_EACH = 100n * 10n ** 18n;
const seconds = (description: string) => optional(count(`${description}, in seconds (60 by default)`, "time"));

defineSetUp({
  name: "dao:create",
  description: "Creates a DAO on a development chain: a Governor, its timelock, and 100 votes for each of some people",
  arguments: {
    voters: parties("Voters"),
    votingDelay: seconds("Delay between a proposal and the vote on it"),
    votingPeriod: seconds("Length of a vote"),
    timelockDelay: seconds("Delay of the timelock"),
    quorum: optional(count("Share of all votes that has to vote for or abstain, in percent (50 by default)", "quorum")),
  },
  read: async (context, { voters, votingDelay = 60n, votingPeriod = 60n, timelockDelay = 60n, quorum = 50n }) => {
    const plan = { voters, votesEach: VOTES_EACH, votingDelay, votingPeriod, timelockDelay, quorumPercent: quorum };
    const { governor, timelock, token } = await createDao(context.hre, plan);
    const text = `Governor ${governor} is created.\nTimelock ${timelock} makes its calls: trust this address, and offer management to it.\nVotes ${token}: each voter has 100, which count once they are delegated (dao:delegate).`;
    return [title(text), governorSection(context, await governorAt(context, governor))];
  },
});
