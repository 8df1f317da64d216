import { currency, optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { accountSection } from "../support/sections";
import { streamsPart } from "../support/streams";

defineRead({
  name: "account:show",
  description: "Shows what an account has, and what it pays to which clusters",
  arguments: {
    account: party("Whose account"),
    currency: optional(currency("The currency; all unless given")),
  },
  read: async (context, { account, currency: address }) => {
    const currencies = address === undefined ? await context.currencies() : [await context.currency(address)];
    return [await accountSection(context, account, currencies), await streamsPart(context, account, currencies)];
  },
});
