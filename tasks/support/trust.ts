import type { ClusterTrust } from "../../src";
import type { TaskContext } from "./context";
import type { Section } from "./report";
import { table } from "./tables";

/** Which providers of a cluster trust a manager, and what it means where they do not. */
export function trustParts(context: TaskContext, trust: ClusterTrust): Section[] {
  const rows = trust.providers.map(({ provider, nodeIds, vnodes, trusts }) => [
    context.nameOf(provider),
    nodeIds.join(", "),
    String(vnodes),
    trusts ? "yes" : "no",
  ]);
  const meaning = meaningOf(context, trust);
  return [
    { key: "trust", text: table(["Provider", "Nodes", "Vnodes", `Trusts ${context.nameOf(trust.manager)}`], rows), data: trust },
    { key: "meaning", text: meaning, data: meaning },
  ];
}

function meaningOf({ nameOf }: TaskContext, { manager, as, providers }: ClusterTrust): string {
  const who = `${nameOf(manager)}${as === "offered" ? " (offered the management)" : as === "manager" ? " (the manager)" : ""}`;
  const without = providers.filter(({ trusts }) => !trusts).map(({ provider }) => nameOf(provider));
  if (without.length === 0) return `All of them trust ${who}.`;
  return (
    `Not yet: ${without.join(", ")}. Their nodes go on serving and earning. ${who} can give them more vnodes only after: ` +
    `node:trust-manager --manager ${manager}.`
  );
}
