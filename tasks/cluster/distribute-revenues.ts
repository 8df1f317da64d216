import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, scaledAmountOf, title } from "../support/sections";

interface Distributed {
  networkAccount: string;
  manager: string;
  networkFee: bigint;
  managementFee: bigint;
  shares: bigint;
}

defineWrite({
  name: "cluster:distribute-revenues",
  description: "Distributes a cluster's revenues: the network fee, the management fee, and the rest to its nodes",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.distributeRevenues(addresses, { clusterId: cluster }),
  written: async (context, { cluster }, { event }) => {
    const { currency } = await context.registries.clusterRegistry.getCluster(cluster);
    const info = await context.currency(currency);
    const done = event("RevenuesDistributed") as Distributed | undefined;
    const what =
      done === undefined
        ? "There was nothing to distribute."
        : `Distributed ${scaledAmountOf(done.networkFee, info)} to ${context.nameOf(done.networkAccount)} (network fee), ` +
          `${scaledAmountOf(done.managementFee, info)} to ${context.nameOf(done.manager)} (management fee) and ` +
          `${scaledAmountOf(done.shares, info)} to the nodes.`;
    return [title(what), await clusterSection(context, cluster)];
  },
});
