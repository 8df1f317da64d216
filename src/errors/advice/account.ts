import type { AdviceTable } from "./advice";

export const accountAdvice: AdviceTable = {
  InsufficientBalance: {
    why: "{available:amount} is there, and {needed:amount} is asked for.",
    todo: "Ask for no more than there is, or deposit first.",
  },
  AmountZero: { why: "An amount of zero moves nothing.", todo: "Give an amount above zero." },
  DepositNotReceived: {
    why: "Nothing of the {amount:amount} of {currency} arrived.",
    todo: "The token kept them: check what it takes on a transfer, or use another token.",
  },
  EtherMismatch: {
    why: "The call carries {sent:native}, and should carry {expected:native}.",
    todo: "Send exactly the amount with the native currency, and none with a token.",
  },
  AccountZero: { why: "Nobody holds the key of the zero address.", todo: "Give the account that is to own the deposit." },
  RecipientInvalid: {
    why: "Nothing is withdrawn to {to}: it is the zero address or the registry itself.",
    todo: "Give an address that can receive it.",
  },
  NativeTransferFailed: {
    why: "{to} refused {amount:native}.",
    todo: "Withdraw to an address that accepts native currency.",
  },
  TokenUnavailable: {
    why: "The token {currency} does not say what somebody has or may take.",
    todo: "Check what its contract has become; no balance here has changed, and all other currencies go on.",
  },
  TokenTransferFailed: {
    why: "The token {currency} refused to move {amount:amount} from {from} to {to}, and did not say why.",
    todo: "Check the balance and the allowance, and whether the token blocks one of the two or is paused.",
  },
  CurrencyWithoutPermit: {
    why: "The native currency knows no permits.",
    todo: "Deposit it without a permit.",
  },
  PermitFailed: {
    why: "{currency} refused the permit of {account}, whose allowance of {allowance:amount} does not suffice for {amount:amount}.",
    todo: "Sign a fresh permit for exactly this amount, or approve the amount and deposit without a permit.",
  },
  CustodyExceeded: {
    why: "With this deposit the registry would hold {total:amount} of {currency}; it can count {maximum:amount}.",
    todo: "Deposit less.",
  },
  WithdrawalOvercharged: {
    why: "Withdrawing {amount:amount} of {currency} would cost the registry {cost:amount}, which is others' money.",
    todo: "The token charges the sender: withdraw when it no longer does, or ask its issuer.",
  },
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
    why: "{currency} cannot move to {usdPerToken:usd} now: until {until:time} it stays between {minimum:usd} and {maximum:usd}.",
    todo: "Set a price within these bounds, or wait until then.",
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
    why: "The feed {feed} answers {answer}, which is no price.",
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
