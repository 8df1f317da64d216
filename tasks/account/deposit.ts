import { calls } from "../../src";
import { currency, flag, optional, party, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { approvalFor, fundingFor } from "../support/deposits";
import { accountSection, amountOf, title } from "../support/sections";
import { refundsIn, refundText } from "../support/refunds";

const args = {
  amount: text("Amount, for example 25.5"),
  currency: currency(),
  for: optional(party("Account to deposit into; the signer's by default")),
  permit: flag("Sign a permit instead of approving first (tokens only)"),
};

defineWrite({
  name: "account:deposit",
  description: "Deposits into an account",
  arguments: args,
  call: async (context, values, caller) => {
    const { addresses } = context;
    const { for: account } = values;
    const { permit, ...input } = await fundingFor(context, values, caller);
    if (permit !== undefined) return calls.depositWithPermit(addresses, { ...input, account: account ?? caller, permit });
    return account === undefined ? calls.deposit(addresses, input) : calls.depositFor(addresses, { ...input, account });
  },
  before: approvalFor,
  written: async (context, values, { sent, event }) => {
    const info = await context.currency(values.currency);
    const { account, amount } = event("Deposited") as { account: string; amount: bigint };
    const what = `Deposited ${amountOf(amount, info)} for ${context.nameOf(account)}.`;
    return [title(what + refundText(context, refundsIn(sent), info)), await accountSection(context, account, [info])];
  },
});
