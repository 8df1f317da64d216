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
    feed: optional(party("The price feed; set by hand unless given")),
    maxAge: optional(count("The age in seconds beyond which the feed's answers are stale", "age")),
  },
  call: ({ addresses }, { currency: address, price, feed = ZERO_ADDRESS, maxAge = 0n }) =>
    calls.addCurrency(addresses, { currency: address, usdPerToken: price, feed, maxAge }),
  written: async (context, { currency: address }) => [title("The currency is listed."), await currencySection(context, address)],
});
