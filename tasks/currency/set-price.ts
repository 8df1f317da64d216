import { calls, formatUsd } from "../../src";
import { currency, usd } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:set-price",
  description: "Sets the price of a currency by hand (role PRICE_ORACLE)",
  restricted: true,
  arguments: { currency: currency(), price: usd("USD per whole token", "price") },
  call: ({ addresses }, { currency: address, price }) => calls.setPrice(addresses, { currency: address, usdPerToken: price }),
  written: async (context, { currency: address, price }) => [
    title(`The price is ${formatUsd(price)} USD.`),
    await currencySection(context, address),
  ],
});
