import { calls } from "../../src";
import { party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "node:distrust-manager",
  description: "Stops a manager from using more of the signer's nodes; vnodes that they serve stay",
  arguments: { manager: party("The manager") },
  call: ({ addresses }, { manager }) => calls.distrustManager(addresses, { manager }),
  written: async ({ nameOf }, { manager }) =>
    Promise.resolve([title(`${nameOf(manager)} cannot use more of the signer's nodes. Vnodes that they serve stay.`)]),
});
