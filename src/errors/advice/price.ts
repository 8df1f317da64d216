import type { AdviceTable } from "./advice";

export const priceAdvice: AdviceTable = {
  CurrencyAlreadyListed: { why: "{currency} is listed already.", todo: "Change its price or its feed instead." },
  CurrencyLimitReached: {
    why: "{maximum} currencies are listed, and there is no room for another.",
    todo: "Use one of the listed currencies.",
  },
  CurrencyNotToken: {
    why: "There is no token with decimals at {currency}.",
    todo: "Check the address of the token and the network.",
  },
  CurrencyDecimalsTooMany: {
    why: "{currency} has {decimals} decimals, and at most {maximum} can be counted exactly.",
    todo: "List a token with fewer decimals.",
  },
  PriceOutOfRange: {
    why: "A price of {usdPerToken:usd} is outside {minimum:usd} to {maximum:usd} per token.",
    todo: "Give a price within these bounds; it is USD per whole token.",
  },
  PriceMoveTooLarge: {
    why: "{currency} cannot move to {usdPerToken:usd} now: it has to stay between {minimum:usd} and {maximum:usd}.",
    todo: "Set a price within these bounds, which widen until {until:time}, or wait until then.",
  },
  PriceFarFromFeed: {
    why: "The stated price of {usdPerToken:usd} is not within a factor of two of the feed's, {feedPrice:usd}.",
    todo: "Check the price and the feed: one of them is of something else.",
  },
  CurrencyHasFeed: {
    why: "The price of {currency} comes from the feed {feed}.",
    todo: "Sync the price instead, or first set the feed to zero.",
  },
  CurrencyHasNoFeed: {
    why: "The price of {currency} is set by hand.",
    todo: "Set the price, or first give the currency a feed.",
  },
  FeedUnavailable: {
    why: "{feed} does not answer as a price feed does.",
    todo: "Check the address of the feed; the last good price stays in force.",
  },
  FeedAnswerNotPositive: {
    why: "The feed {feed} answers {answer}, which is not a price.",
    todo: "Wait for a better answer; the last good price stays in force.",
  },
  FeedRoundIncomplete: {
    why: "Round {roundId} of the feed {feed} has no answer of its own yet (the last is of round {answeredInRound}).",
    todo: "Try again when the round is complete; the last good price stays in force.",
  },
  FeedAnswerStale: {
    why: "The answer of the feed {feed} is of {updatedAt:time}, older than the {maxAge:duration} that are allowed.",
    todo: "Wait for a new answer; the last good price stays in force.",
  },
  FeedDecimalsTooMany: {
    why: "The feed {feed} has {decimals} decimals, and at most {maximum} can be scaled.",
    todo: "Use another feed.",
  },
  FeedMaxAgeZero: {
    why: "With an age of zero no answer of the feed {feed} would ever be fresh.",
    todo: "Give the age in seconds beyond which its answers are stale, a little more than its heartbeat.",
  },
  SequencerDown: {
    why: "The sequencer of this chain is down, so that prices may be old.",
    todo: "Try again an hour after it is up; the last good price stays in force.",
  },
  SequencerJustUp: {
    why: "The sequencer of this chain has been up for less than an hour.",
    todo: "Try again after {until:time}; the last good price stays in force.",
  },
};
