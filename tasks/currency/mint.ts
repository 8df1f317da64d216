import { UserError, calls, isNative, parseAmount } from "../../src";
import { IERC20__factory } from "../../typechain-types";
import { currency, party, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { amountOf, headline } from "../support/parts";

defineWrite({
  name: "currency:mint",
  description: "Mints a test token for somebody (development chains only)",
  arguments: {
    currency: currency("The test token"),
    amount: text("How much, for example 25.5"),
    to: party("For whom"),
  },
  call: async (context, { currency: token, amount, to }) => {
    if (isNative(token)) throw new UserError("The native currency cannot be minted: give the name of a test token.");
    const { decimals } = await context.currency(token);
    return calls.mint(token, { to, amount: parseAmount(amount, Number(decimals)) });
  },
  written: async (context, { currency: token, amount, to }) => {
    const info = await context.currency(token);
    const held = await IERC20__factory.connect(token, context.provider).balanceOf(to);
    return [headline(`Minted ${amount} ${info.symbol}. ${context.nameOf(to)} now holds ${amountOf(held, info)}.`)];
  },
});
