import { party } from "../support/arguments";
import { defineRead } from "../support/define";

defineRead({
  name: "node:is-trusted",
  description: "Says whether a provider lets a manager use its nodes",
  arguments: { provider: party("The provider"), manager: party("The manager") },
  read: async ({ registries, nameOf }, { provider, manager }) => {
    const trusted = await registries.nodeRegistry.isTrusted(provider, manager);
    const text = `${nameOf(provider)} ${trusted ? "trusts" : "does not trust"} ${nameOf(manager)}.`;
    return [{ key: "trusted", text, data: trusted }];
  },
});
