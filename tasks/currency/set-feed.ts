import { calls } from "../../src";
import { count, currency, optional, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:set-feed",
  description: "Changes where the price of a currency comes from (role ADMIN)",
  restricted: true,
  arguments: {
    currency: currency(),
    feed: partyOrNobody("The price feed; nobody: set by hand"),
    maxAge: optional(count("The age in seconds beyond which the feed's answers are stale", "age")),
  },
  call: ({ addresses }, { currency: address, feed, maxAge = 0n }) => calls.setFeed(addresses, { currency: address, feed, maxAge }),
  written: async (context, { currency: address }) => [title("The price has a new source."), await currencySection(context, address)],
});
