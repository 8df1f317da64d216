import { party } from "../support/arguments";
import { defineRead } from "../support/define";

defineRead({
  name: "node:is-trusted",
  description: "Shows whether a provider trusts a manager",
  arguments: { provider: party("The provider"), manager: party("The manager") },
  read: async ({ registries, nameOf }, { provider, manager }) => {
    const trusted = await registries.nodeRegistry.isTrusted(provider, manager);
    const text = `${nameOf(provider)} ${trusted ? "trusts" : "does not trust"} ${nameOf(manager)}.`;
    return [{ key: "trusted", text, data: trusted }];
  },
});
