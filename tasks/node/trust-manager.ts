import { calls } from "../../src";
import { party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "node:trust-manager",
  description: "Lets a manager use the signer's nodes",
  arguments: { manager: party("The manager") },
  call: ({ addresses }, { manager }) => calls.trustManager(addresses, { manager }),
  written: async ({ nameOf }, { manager }) => Promise.resolve([title(`${nameOf(manager)} may now use the nodes of the signer.`)]),
});
