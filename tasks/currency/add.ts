import { ZERO_ADDRESS, calls } from "../../src";
import { count, currency, optional, party, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:add",
  description: "Lists a currency (role ADMIN)",
  restricted: true,
  arguments: {
    currency: currency("The token"),
    price: usd("USD per whole token", "price"),
    feed: optional(party("Price feed; set by hand by default")),
    maxAge: optional(count("Maximum age of the feed's answers, in seconds", "age")),
  },
  call: ({ addresses }, { currency: address, price, feed = ZERO_ADDRESS, maxAge = 0n }) =>
    calls.addCurrency(addresses, { currency: address, usdPerToken: price, feed, maxAge }),
  written: async (context, { currency: address }) => [title("The currency is listed."), await currencySection(context, address)],
});
