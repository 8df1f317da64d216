import { UserError } from "../../src";
import { nodeId, optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { reputationCard, reputationsOf } from "../support/reputation";

defineRead({
  name: "node:reputation",
  description: "Shows the track record of a node or a provider: service, earnings, reports and slashes",
  arguments: { node: optional(nodeId()), provider: optional(party("Provider, with all its nodes, past ones included")) },
  read: async (context, { node, provider }) => {
    if ((node === undefined) === (provider === undefined)) throw new UserError("Give either --node or --provider.");
    const { nodes, providers } = await reputationsOf(context, await context.provider.getBlockNumber());
    const currencies = await context.currencies();
    if (node !== undefined) {
      const found = nodes.find(({ nodeId: id }) => id === node);
      if (found === undefined) throw new UserError(`There has never been a node ${node}.`);
      const about: [string, string][] = [
        ["Node", String(node)],
        ["Provider", context.nameOf(found.provider)],
      ];
      return [{ key: "reputation", text: reputationCard(found, about, currencies), data: found }];
    }
    const found = providers.find((candidate) => candidate.provider === provider);
    if (found === undefined) throw new UserError(`${context.nameOf(provider ?? "")} has never had a node.`);
    const about: [string, string][] = [
      ["Provider", context.nameOf(found.provider)],
      ["Nodes", found.nodeIds.join(", ")],
    ];
    return [{ key: "reputation", text: reputationCard(found, about, currencies), data: found }];
  },
});
