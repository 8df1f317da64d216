import { calls } from "../../src";
import { currency } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:pause",
  description: "Keeps streams from starting or growing in a currency (role GUARDIAN)",
  restricted: true,
  arguments: { currency: currency() },
  call: ({ addresses }, { currency: address }) => calls.pauseCurrency(addresses, { currency: address, paused: true }),
  written: async (context, { currency: address }) => [
    title("The currency is paused: nothing can be allocated in it. Depositing, releasing, settling and withdrawing go on."),
    await currencySection(context, address),
  ],
});
