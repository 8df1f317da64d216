import { calls } from "../../src";
import { currency, party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { accountSection, title } from "../support/sections";
import { refundsIn, refundText } from "../support/refunds";
import { streamsPart } from "../support/streams";

defineWrite({
  name: "account:touch",
  description: "Passes an account's payments on to its clusters and credits its refunds; for anyone",
  arguments: { account: party("Account"), currency: currency() },
  call: ({ addresses }, { account, currency: address }) => calls.touchAccount(addresses, { account, currency: address }),
  written: async (context, { account, currency: address }, { sent, event }) => {
    const info = await context.currency(address);
    const who = context.nameOf(account);
    const what =
      event("AccountTouched") === undefined
        ? `${who} pays nothing in ${info.symbol}.`
        : `All payments of ${who} have been passed on to the clusters.`;
    return [
      title(what + refundText(context, refundsIn(sent), info)),
      await accountSection(context, account, [info]),
      await streamsPart(context, account, [info]),
    ];
  },
});
