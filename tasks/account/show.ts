import { currency, optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { accountSection } from "../support/sections";
import { streamsPart } from "../support/streams";

defineRead({
  name: "account:show",
  description: "Shows the balances of an account and its payments to each cluster",
  arguments: {
    account: party("Account"),
    currency: optional(currency("Currency; all by default")),
  },
  read: async (context, { account, currency: address }) => {
    const currencies = address === undefined ? await context.currencies() : [await context.currency(address)];
    return [await accountSection(context, account, currencies), await streamsPart(context, account, currencies)];
  },
});
