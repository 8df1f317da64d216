import { calls } from "../../src";
import { party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { headline } from "../support/parts";

defineWrite({
  name: "node:trust-manager",
  description: "Lets a manager use the signer's nodes",
  arguments: { manager: party("The manager") },
  call: ({ addresses }, { manager }) => calls.trustManager(addresses, { manager }),
  written: async ({ nameOf }, { manager }) => Promise.resolve([headline(`${nameOf(manager)} may now use the nodes of the signer.`)]),
});
