import { calls } from "../../src";
import { currency, party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { accountSection, title } from "../support/sections";
import { refundsIn, refundText } from "../support/refunds";
import { streamsPart } from "../support/streams";

defineWrite({
  name: "account:touch",
  description: "Passes on to its clusters what an account has paid, and hands out its refunds; for anyone",
  arguments: { account: party("Whose account"), currency: currency() },
  call: ({ addresses }, { account, currency: address }) => calls.touchAccount(addresses, { account, currency: address }),
  written: async (context, { account, currency: address }, { sent, event }) => {
    const info = await context.currency(address);
    const who = context.nameOf(account);
    const what =
      event("AccountTouched") === undefined ? `${who} pays nothing in ${info.symbol}.` : `The clusters know of all that ${who} has paid.`;
    return [
      title(what + refundText(context, refundsIn(sent), info)),
      await accountSection(context, account, [info]),
      await streamsPart(context, account, [info]),
    ];
  },
});
