import { formatBps } from "../../src";
import { defineRead } from "../support/define";

defineRead({
  name: "cluster:network-fee",
  description: "Shows the network fee and its recipient",
  arguments: {},
  read: async ({ registries, nameOf }) => {
    const { networkFeeBps, networkAccount } = await registries.clusterRegistry.networkFee();
    const text = `The network fee is ${formatBps(networkFeeBps)}, for ${nameOf(networkAccount)}.`;
    return [{ key: "networkFee", text, data: { networkFeeBps, networkAccount } }];
  },
});
