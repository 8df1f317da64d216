import { calls } from "../../src";
import { currency, flag, optional, party, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { amountIn, approvalFor, permitFor, refuseMoreThanHeld } from "../support/deposits";
import { accountPart, amountOf, headline } from "../support/parts";
import { refundsIn, refundText } from "../support/refunds";

const args = {
  amount: text("How much, for example 25.5"),
  currency: currency(),
  for: optional(party("Whose account it is for; the signer's unless given")),
  permit: flag("Sign a permit instead of approving first (tokens only)"),
};

defineWrite({
  name: "account:deposit",
  description: "Deposits into an account",
  arguments: args,
  call: async (context, values, caller) => {
    const { addresses } = context;
    const { currency: token, for: account } = values;
    const amount = await amountIn(context, token, values.amount);
    await refuseMoreThanHeld(context, token, amount, caller);
    const input = { currency: token, amount };
    if (values.permit) {
      const permit = await permitFor(context, token, amount, caller);
      return calls.depositWithPermit(addresses, { ...input, account: account ?? caller, permit });
    }
    return account === undefined ? calls.deposit(addresses, input) : calls.depositFor(addresses, { ...input, account });
  },
  before: async (context, values, caller) => {
    if (values.permit) return [];
    return approvalFor(context, values.currency, await amountIn(context, values.currency, values.amount), caller);
  },
  written: async (context, values, { sent, event }) => {
    const info = await context.currency(values.currency);
    const { account, amount } = event("Deposited") as { account: string; amount: bigint };
    const what = `Deposited ${amountOf(amount, info)} for ${context.nameOf(account)}.`;
    return [headline(what + refundText(context, refundsIn(sent), info)), await accountPart(context, account, [info])];
  },
});
