import { UserError, delegateVotes } from "../../src";
import { optional, party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governorAt } from "../support/governor";
import { title } from "../support/sections";

defineWrite({
  name: "dao:delegate",
  description: "Delegates the signer's votes; votes that are not delegated do not count",
  arguments: { governor: party("The Governor"), to: optional(party("Delegate; the signer by default")) },
  call: async (context, { governor, to }, caller) => {
    const { token } = await governorAt(context, governor);
    if (token === undefined) throw new UserError(`The Governor ${governor} does not name its voting token.`);
    return delegateVotes(token, { to: to ?? caller });
  },
  written: async ({ nameOf }, { to }, { caller }) => [
    title(`${nameOf(to ?? caller)} votes with the tokens of ${nameOf(caller)}, on what is proposed from now on.`),
  ],
});
