import { UserError, calls, isNative, parseAmount } from "../../src";
import { IERC20__factory } from "../../src/bindings";
import { currency, optional, party, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { amountOf, title } from "../support/sections";

defineWrite({
  name: "currency:mint",
  description: "Mints test tokens (TestUSD, on development chains)",
  arguments: {
    amount: text("Amount, for example 25.5"),
    currency: currency("The test token"),
    to: optional(party("Recipient; the signer by default")),
  },
  call: async (context, { amount, currency: token, to }, caller) => {
    if (isNative(token)) throw new UserError("The native currency cannot be minted: give the name of a test token.");
    const { decimals } = await context.currency(token);
    return calls.mint(token, { to: to ?? caller, amount: parseAmount(amount, Number(decimals)) });
  },
  written: async (context, { currency: token, to }, { caller }) => {
    const holder = to ?? caller;
    const held = await IERC20__factory.connect(token, context.provider).balanceOf(holder);
    const text = `${context.nameOf(holder)} has ${amountOf(held, await context.currency(token))}, not deposited.`;
    return [title(text), { key: "held", text: "", data: held }];
  },
});
