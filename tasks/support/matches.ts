import {
  type ClusterCriteria,
  type ClusterListing,
  type ClusterSearch,
  type ClusterCriterion,
  type CurrencyInfo,
  type Engine,
  type NodeCriteria,
  type NodeListing,
  type NodeSearch,
  type NodeCriterion,
  formatBps,
  formatUsd,
} from "../../src";
import type { TaskContext } from "./context";
import type { Section } from "./report";
import { printable, table } from "./tables";

/** Number of near misses to show without a match. */
const NEAR_MISSES_SHOWN = 5;
const PER_VNODE = "USD per unit, per vnode, per month";

/** The clusters that were found, or else those that come nearest, and what they are not. */
export function clusterSearchSections(
  context: TaskContext,
  { matches, nearMisses }: ClusterSearch,
  criteria: ClusterCriteria,
  currencies: readonly CurrencyInfo[],
): Section[] {
  const text = matches.length > 0 ? matchesTable(context, matches, criteria, currencies) : "No cluster matches.";
  const lines = nearMisses.slice(0, NEAR_MISSES_SHOWN).map(({ cluster, unmet }) => {
    const reasons = unmet.map((what) => explainMismatch(cluster, what, criteria, currencies));
    return `Cluster ${cluster.clusterId} ${reasons.join(", ")}.`;
  });
  return [
    { key: "clusters", text, data: matches },
    { key: "others", text: matches.length > 0 ? "" : nearMissesText(lines, nearMisses.length), data: nearMisses },
  ];
}

function matchesTable(
  { nameOf }: TaskContext,
  clusters: readonly ClusterListing[],
  { free: units = 1n }: ClusterCriteria,
  currencies: readonly CurrencyInfo[],
): string {
  return table(
    ["Cluster", "Manager", "Engine", "Regions", "Free", "Rent (USD)", `${units} unit(s) (USD/month)`, "In", "Nodes", "Quality"],
    clusters.map((cluster) => [
      String(cluster.clusterId),
      nameOf(cluster.manager),
      engineText(cluster.engine),
      regionsText(cluster),
      String(cluster.free),
      formatUsd(cluster.rentPerVnode),
      formatUsd(cluster.rentPerUnit * units),
      symbolOf(cluster.currency, currencies),
      nodesText(cluster),
      formatBps(cluster.qualityBps),
    ]),
  );
}

/** Explains why a cluster does not match. */
function explainMismatch(
  cluster: ClusterListing,
  what: ClusterCriterion,
  { free = 1n }: ClusterCriteria,
  currencies: readonly CurrencyInfo[],
): string {
  switch (what) {
    case "open":
      return "is closed";
    case "engine":
      return cluster.engine === undefined ? "does not say which engine it runs" : `runs ${engineText(cluster.engine)}`;
    case "version":
      return `runs ${engineText(cluster.engine)}`;
    case "region":
      return `is served from ${regionsText(cluster)}`;
    case "free":
      return `has ${cluster.free} units free per vnode`;
    case "maxRent":
      return `asks ${formatUsd(cluster.rentPerVnode)} ${PER_VNODE}`;
    case "maxCost":
      return `costs ${formatUsd(cluster.rentPerUnit * free)} USD per month for ${free} unit(s)`;
    case "currency":
      return `is paid in ${symbolOf(cluster.currency, currencies)}`;
    case "minNodes":
    case "minProviders":
      return `has ${nodesText(cluster)}`;
    case "minQuality":
      return `serves at ${formatBps(cluster.qualityBps)}`;
  }
}

/** The nodes that were found with whom their providers trust, or else those that come nearest. */
export function nodeSearchSections(
  context: TaskContext,
  { matches, nearMisses }: NodeSearch,
  criteria: NodeCriteria,
  trusted: ReadonlyMap<string, readonly string[]> | undefined,
): Section[] {
  const withTrust = <T extends NodeListing>(node: T) => ({ ...node, trusts: trusted === undefined ? undefined : trustedBy(node, trusted) });
  const text = matches.length > 0 ? nodesTable(context, matches.map(withTrust)) : "No node matches.";
  const lines = nearMisses.slice(0, NEAR_MISSES_SHOWN).map(({ node, unmet }) => {
    const reasons = unmet.map((what) => explainNodeMismatch(context, node, what, criteria));
    return `Node ${node.nodeId} ${reasons.join(", ")}.`;
  });
  return [
    { key: "nodes", text, data: matches.map(withTrust) },
    {
      key: "others",
      text: matches.length > 0 ? "" : nearMissesText(lines, nearMisses.length),
      data: nearMisses.map(({ node, unmet }) => ({ node: withTrust(node), unmet })),
    },
  ];
}

function nodesTable({ nameOf }: TaskContext, nodes: readonly (NodeListing & { trusts: readonly string[] | undefined })[]): string {
  return table(
    ["Node", "Provider", "Free", "Rent (USD)", "Region", "Engine", "Clusters", "Trusts", "URL"],
    nodes.map((node) => [
      String(node.nodeId),
      nameOf(node.provider),
      `${node.free} of ${node.capacity}`,
      formatUsd(node.rentPerMonth),
      printable(node.region ?? "unknown"),
      engineText(node.engine),
      String(node.clusters),
      node.trusts === undefined ? "unknown" : node.trusts.map(nameOf).join("\n") || "nobody",
      printable(node.url ?? "unknown"),
    ]),
  );
}

function explainNodeMismatch({ nameOf }: TaskContext, node: NodeListing, what: NodeCriterion, { manager = "" }: NodeCriteria): string {
  switch (what) {
    case "engine":
    case "version":
      return node.engine === undefined ? "does not say which engine it runs" : `runs ${engineText(node.engine)}`;
    case "region":
      return node.region === undefined ? "does not say where it is" : `is in ${printable(node.region)}`;
    case "free":
      return `has ${node.free} units free`;
    case "maxRent":
      return `asks ${formatUsd(node.rentPerMonth)} ${PER_VNODE}`;
    case "manager":
      return `belongs to ${nameOf(node.provider)}, which does not trust ${nameOf(manager)}`;
  }
}

function trustedBy({ provider }: NodeListing, trusted: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return trusted.get(provider) ?? [];
}

function nearMissesText(lines: readonly string[], count: number): string {
  if (count === 0) return "There are none yet.";
  const more = count > lines.length ? [`And ${count - lines.length} more; --json shows all.`] : [];
  return [...lines, ...more, "Relax the criteria, or try again later."].join("\n");
}

function engineText(engine: Engine | undefined): string {
  return engine === undefined ? "unknown" : printable(`${engine.name} ${engine.version}`);
}

/** For example `eu-central, us (2 of 6 vnodes)`. */
function regionsText({ regions, vacantVnodes, vnodeCount }: ClusterListing): string {
  const places = Object.entries(regions).map(([name, vnodes]): [string, bigint] => [name === "" ? "unknown" : printable(name), vnodes]);
  if (vacantVnodes > 0n) places.push(["nowhere", vacantVnodes]);
  if (places.length === 1) return places.map(([name]) => name).join("");
  return places.map(([name, vnodes]) => `${name} (${vnodes} of ${vnodeCount} vnodes)`).join(", ");
}

function nodesText({ nodeCount, providers }: ClusterListing): string {
  return `${nodeCount} node(s) of ${providers} provider(s)`;
}

function symbolOf(address: string, currencies: readonly CurrencyInfo[]): string {
  return currencies.find(({ currency }) => currency === address)?.symbol ?? address;
}
