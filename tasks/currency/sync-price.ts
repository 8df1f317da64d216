import { calls, formatUsd } from "../../src";
import { currency } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:sync-price",
  description: "Takes the price of a currency from its feed",
  arguments: { currency: currency() },
  call: ({ addresses }, { currency: address }) => calls.syncPrice(addresses, { currency: address }),
  written: async (context, { currency: address }, { event }) => {
    const changed = event("PriceChanged") as { usdPerToken: bigint } | undefined;
    const what = changed === undefined ? "The price has not changed." : `The price is ${formatUsd(changed.usdPerToken)} USD.`;
    return [title(what), await currencySection(context, address)];
  },
});
