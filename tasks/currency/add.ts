import { NATIVE, calls } from "../../src";
import { count, currency, optional, party, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyPart, headline } from "../support/parts";

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
  call: ({ addresses }, { currency: address, price, feed = NATIVE, maxAge = 0n }) =>
    calls.addCurrency(addresses, { currency: address, usdPerToken: price, feed, maxAge }),
  written: async (context, { currency: address }) => [headline("The currency is listed."), await currencyPart(context, address)],
});
