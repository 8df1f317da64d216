import { ALL, calls, parseAmount } from "../../src";
import { currency, optional, party, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { accountSection, amountOf, title } from "../support/sections";
import { refundsIn, refundText } from "../support/refunds";

defineWrite({
  name: "account:withdraw",
  description: "Withdraws from the signer's account, including refunds that are due",
  arguments: {
    amount: text("Amount, for example 25.5, or all"),
    currency: currency(),
    to: optional(party("Recipient; the signer by default")),
  },
  call: async (context, { amount, currency: address, to }, caller) => {
    context.known.currency = address;
    const { decimals } = await context.currency(address);
    const baseUnits = amount.trim() === "all" ? ALL : parseAmount(amount, Number(decimals));
    return calls.withdraw(context.addresses, { currency: address, amount: baseUnits, to: to ?? caller });
  },
  written: async (context, { currency: address }, { sent, event }) => {
    const info = await context.currency(address);
    const { account, amount, to } = event("Withdrawn") as { account: string; amount: bigint; to: string };
    return [
      title(
        `Withdrew ${amountOf(amount, info)} of ${context.nameOf(account)} to ${context.nameOf(to)}.` +
          refundText(context, refundsIn(sent), info),
      ),
      await accountSection(context, account, [info]),
    ];
  },
});
