import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { accountSection, scaledAmountOf, title } from "../support/sections";

defineWrite({
  name: "cluster:claim-revenues",
  description: "Credits a node's earnings in a cluster to its provider's account",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.claimRevenues(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }, { event }) => {
    const { currency } = await context.registries.clusterRegistry.getCluster(cluster);
    const info = await context.currency(currency);
    const claimed = event("RevenuesClaimed") as { provider: string; scaledAmount: bigint } | undefined;
    const provider = claimed?.provider ?? (await context.registries.nodeRegistry.providerOf(node));
    const what =
      claimed === undefined
        ? "There was nothing to claim."
        : `Credited ${scaledAmountOf(claimed.scaledAmount, info)} to ${context.nameOf(provider)}.`;
    return [title(what), await accountSection(context, provider, [info])];
  },
});
