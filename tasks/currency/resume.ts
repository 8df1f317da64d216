import { calls } from "../../src";
import { currency } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencySection, title } from "../support/sections";

defineWrite({
  name: "currency:resume",
  description: "Lets streams start and grow in a currency again (role GUARDIAN)",
  restricted: true,
  arguments: { currency: currency() },
  call: ({ addresses }, { currency: address }) => calls.pauseCurrency(addresses, { currency: address, paused: false }),
  written: async (context, { currency: address }) => [title("The currency is no longer paused."), await currencySection(context, address)],
});
