import { type NodeReputation, explain, formatBps, formatTime, readGovernance, readNetwork, toMermaid } from "../../src";
import { flag } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import { governanceTable, governedNodesTable } from "../support/governance";
import { accountsTable, bucketsTable, clustersTable, currenciesTable, nodesTable } from "../support/sections";
import { readingProgress } from "../support/reading";
import { progress } from "../support/report";
import { reputationCell, reputationsOf } from "../support/reputation";

defineRead({
  name: "network:show",
  description: "Shows the whole network, as tables or as a graph",
  arguments: { mermaid: flag("Print the graph of the network in Mermaid's language") },
  read: async (context, { mermaid }) => {
    const network = await readNetwork(context.registries, { nativeSymbol: context.nativeSymbol, onProgress: readingProgress() });
    if (mermaid) {
      const graph = toMermaid(network, context.people.names);
      return [{ key: "mermaid", text: graph, data: graph }];
    }
    const { blockNumber, timestamp, networkFeeBps, networkAccount, currencies, nodes, clusters, buckets, accounts } = network;
    const at = { blockTag: blockNumber, fromBlock: context.deployment.fromBlock };
    const governance = await readGovernance(context.registries, clusters, at);
    const reputations = await reputationsIfAny(context, blockNumber);
    const reputationOf = (wanted: bigint) => reputationCell(reputations.find(({ nodeId }) => nodeId === wanted));
    const text = [
      `Block ${blockNumber}, ${formatTime(timestamp)}`,
      `Network fee: ${formatBps(networkFeeBps)}, for ${context.nameOf(networkAccount)}`,
      `Currencies\n${currenciesTable(currencies)}`,
      `Nodes\n${nodesTable(context, nodes, ["Reputation", ({ nodeId }) => reputationOf(nodeId)])}`,
      `Clusters\n${clustersTable(context, clusters, currencies)}`,
      `Terms\n${governanceTable(context, governance, currencies)}`,
      `Nodes in clusters\n${governedNodesTable(context, governance, currencies)}`,
      `Buckets\n${bucketsTable(context, buckets, timestamp)}`,
      `Accounts\n${accountsTable(context, accounts, currencies, timestamp)}`,
    ];
    return [
      { key: "network", text: text.join("\n"), data: { ...network, reputations } },
      { key: "governance", text: "", data: governance },
    ];
  },
});

/** Reputations of nodes; empty where the node lacks old events. */
async function reputationsIfAny(context: TaskContext, toBlock: number): Promise<NodeReputation[]> {
  try {
    return (await reputationsOf(context, toBlock)).nodes;
  } catch (error) {
    progress(`The events cannot be read, so reputations are unknown. ${explain(error).message}`);
    return [];
  }
}
