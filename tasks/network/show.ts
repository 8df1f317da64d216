import { formatBps, formatTime, readGovernance, readNetwork, toMermaid } from "../../src";
import { flag } from "../support/arguments";
import { defineRead } from "../support/define";
import { governanceTable, governedNodesTable } from "../support/governance";
import { accountsTable, bucketsTable, clustersTable, currenciesTable, nodesTable } from "../support/parts";

defineRead({
  name: "network:show",
  description: "Shows the whole network, as tables or as a graph",
  arguments: { mermaid: flag("Print the graph of the network in Mermaid's language") },
  read: async (context, { mermaid }) => {
    const network = await readNetwork(context.registries, { nativeSymbol: context.nativeSymbol });
    if (mermaid) {
      const graph = toMermaid(network, context.people.names);
      return [{ key: "mermaid", text: graph, data: graph }];
    }
    const { blockNumber, timestamp, networkFeeBps, networkAccount, currencies, nodes, clusters, buckets, accounts } = network;
    const at = { blockTag: blockNumber, fromBlock: context.deployment.fromBlock };
    const governance = await readGovernance(context.registries, clusters, at);
    const text = [
      `Block ${blockNumber}, ${formatTime(timestamp)}`,
      `Network fee: ${formatBps(networkFeeBps)}, for ${context.nameOf(networkAccount)}`,
      `Currencies\n${currenciesTable(currencies)}`,
      `Nodes\n${nodesTable(context, nodes)}`,
      `Clusters\n${clustersTable(context, clusters, currencies)}`,
      `Terms\n${governanceTable(context, governance, currencies)}`,
      `Nodes in clusters\n${governedNodesTable(governance, currencies)}`,
      `Buckets\n${bucketsTable(context, buckets, timestamp)}`,
      `Accounts\n${accountsTable(context, accounts, currencies, timestamp)}`,
    ];
    return [
      { key: "network", text: text.join("\n"), data: network },
      { key: "governance", text: "", data: governance },
    ];
  },
});
