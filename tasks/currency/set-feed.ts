import { calls } from "../../src";
import { count, currency, optional, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:set-feed",
  description: "Changes the price source of a currency (role ADMIN)",
  restricted: true,
  arguments: {
    currency: currency(),
    feed: partyOrNobody("Price feed; nobody for a price set by hand"),
    maxAge: optional(count("Maximum age of the feed's answers, in seconds", "age")),
  },
  call: ({ addresses }, { currency: address, feed, maxAge = 0n }) => calls.setFeed(addresses, { currency: address, feed, maxAge }),
  written: async (context, { currency: address }) => [title("The price has a new source."), await currencySection(context, address)],
});
