import { calls, formatBps } from "../../src";
import { fee, party } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:set-network-fee",
  description: "Sets the network fee of all clusters and its recipient (role FEE_MANAGER)",
  restricted: true,
  arguments: { fee: fee("The fee"), account: party("Recipient") },
  call: ({ addresses }, { fee: networkFeeBps, account }) => calls.setNetworkFee(addresses, { networkFeeBps, networkAccount: account }),
  written: async ({ nameOf }, { fee: bps, account }) =>
    Promise.resolve([title(`The network fee is ${formatBps(bps)}, for ${nameOf(account)}.`)]),
});
