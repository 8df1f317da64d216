import type { AdviceTable } from "./advice";

export const accountAdvice: AdviceTable = {
  InsufficientBalance: {
    why: "{available:amount} is there, and {needed:amount} is asked for.",
    todo: "Ask for no more than there is, or deposit first.",
  },
  AmountZero: {
    why: "An amount of zero moves nothing.",
    todo: "Give an amount above zero. If you asked for all that there is, there is nothing now: the balance is zero, or the bond covers vnodes.",
  },
  DepositNotReceived: {
    why: "Nothing of the {amount:amount} of {currency} arrived.",
    todo: "The token kept them: check what it takes on a transfer, or use another token.",
  },
  EtherMismatch: {
    why: "The call carries {sent:native}, and should carry {expected:native}.",
    todo: "Send exactly the amount with the native currency, and none with a token.",
  },
  AccountZero: { why: "The account is the zero address, whose key does not exist.", todo: "Check the accounts that you gave." },
  ClusterNeverPaid: {
    why: "No bucket has ever paid cluster {clusterId}, or there is no cluster with this id.",
    todo: "There is nothing to settle: list the clusters to see which there are.",
  },
  RecipientInvalid: {
    why: "Nothing is withdrawn to {to}: it is the zero address or the registry itself.",
    todo: "Give an address that can receive it.",
  },
  NativeTransferFailed: {
    why: "{to} refused {amount:native}.",
    todo: "Withdraw to an address that accepts native currency.",
  },
  TokenUnavailable: {
    why: "The token {currency} does not answer `balanceOf`, `allowance` or `decimals` as a token does.",
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
};
