import { type ClusterTrust, readClusterTrust } from "../../src";
import { clusterId, optional, party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import { table } from "../support/tables";

defineRead({
  name: "cluster:providers",
  description: "Shows the providers of a cluster's nodes, and who of them does not trust a manager",
  arguments: {
    cluster: clusterId(),
    manager: optional(party("The manager; whom the management is offered to unless given, or else the present one")),
  },
  read: async (context, { cluster, manager }) => {
    const trust = await readClusterTrust(context.registries, cluster, manager);
    const rows = trust.providers.map(({ provider, nodeIds, vnodes, trusts }) => [
      context.nameOf(provider),
      nodeIds.join(", "),
      String(vnodes),
      trusts ? "yes" : "no",
    ]);
    const heading = `Trusts ${context.nameOf(trust.manager)}`;
    return [
      { key: "trust", text: table(["Provider", "Nodes", "Vnodes", heading], rows), data: trust },
      { key: "meaning", text: meaningOf(context, trust), data: meaningOf(context, trust) },
    ];
  },
});

function meaningOf({ nameOf }: TaskContext, { manager, as, providers }: ClusterTrust): string {
  const who = `${nameOf(manager)}${as === "offered" ? " (whom the management is offered to)" : as === "manager" ? " (the manager)" : ""}`;
  const without = providers.filter(({ trusts }) => !trusts).map(({ provider }) => nameOf(provider));
  if (without.length === 0) return `All of them trust ${who}.`;
  return (
    `Not yet: ${without.join(", ")}. What their nodes serve and earn goes on, but ${who} can give them no more vnodes until they do: ` +
    `node:trust-manager --manager ${manager}.`
  );
}
