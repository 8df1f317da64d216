import { type NodeInfo, type ReadOptions, VIEWS_AT_ONCE, mapLimited, readNodes } from "../network";
import type { Registries } from "../registries";
import { type Engine, type WantedEngine, engineMismatch } from "./engines";
import { readableNodeParams } from "./params";
import { isInRegion } from "./regions";

/** Criteria for nodes; all are optional. */
export interface NodeCriteria {
  engine?: WantedEngine | undefined;
  region?: string | undefined;
  /** Minimum units that no cluster has reserved. */
  free?: bigint | undefined;
  /** Maximum rent (USD, 18 decimals, per unit, per vnode, per month). */
  maxRent?: bigint | undefined;
  /** Its provider trusts this manager. */
  manager?: string | undefined;
}

/** A criterion that a node can fail. */
export type NodeCriterion = Exclude<keyof NodeCriteria, "engine"> | "engine" | "version";

/** A node with its properties for a search. */
export interface NodeListing extends NodeInfo {
  url: string | undefined;
  engine: Engine | undefined;
  region: string | undefined;
  /** How many units no cluster has reserved. */
  free: bigint;
}

/** Result of a search. */
export interface NodeSearch {
  /** Nodes that match all criteria: the cheapest first, then by free capacity. */
  matches: NodeListing[];
  /** The others with their unmet criteria, the closest first. */
  nearMisses: { node: NodeListing; unmet: NodeCriterion[] }[];
}

/** Finds the nodes that match the criteria. */
export async function findNodes(registries: Registries, criteria: NodeCriteria, options: ReadOptions = {}): Promise<NodeSearch> {
  const listings = (await readNodes(registries, undefined, options)).map(listingOf).sort(byRentAndRoom);
  const trusting = await providersTrusting(registries, listings, criteria.manager, options);
  const candidates = listings.map((node) => ({ node, unmet: unmetCriteria(node, criteria, trusting) }));
  return {
    matches: candidates.filter(({ unmet }) => unmet.length === 0).map(({ node }) => node),
    nearMisses: candidates.filter(({ unmet }) => unmet.length > 0).sort((one, other) => one.unmet.length - other.unmet.length),
  };
}

/** The providers of some nodes that trust a manager. */
async function providersTrusting(
  { nodeRegistry }: Registries,
  nodes: readonly NodeInfo[],
  manager: string | undefined,
  { blockTag = "latest" }: ReadOptions,
): Promise<Set<string>> {
  if (manager === undefined) return new Set();
  const providers = [...new Set(nodes.map(({ provider }) => provider))];
  const trust = await mapLimited(providers, (provider) => nodeRegistry.isTrusted(provider, manager, { blockTag }), VIEWS_AT_ONCE);
  return new Set(providers.filter((_, index) => trust[index]));
}

function unmetCriteria(node: NodeListing, criteria: NodeCriteria, trusting: ReadonlySet<string>): NodeCriterion[] {
  const { engine, region, free, maxRent, manager } = criteria;
  const mismatch = engine === undefined ? undefined : engineMismatch(node.engine, engine);
  const checks: [NodeCriterion, boolean][] = [
    [mismatch ?? "engine", mismatch !== undefined],
    ["region", region !== undefined && !isInRegion(node.region, region)],
    ["free", free !== undefined && node.free < free],
    ["maxRent", maxRent !== undefined && node.rentPerMonth > maxRent],
    ["manager", manager !== undefined && !trusting.has(node.provider)],
  ];
  return checks.filter(([, isUnmet]) => isUnmet).map(([what]) => what);
}

function listingOf(node: NodeInfo): NodeListing {
  const { url, engine, region } = readableNodeParams(node.params) ?? {};
  return { ...node, url, engine, region, free: node.capacity - node.reserved };
}

function byRentAndRoom(one: NodeListing, other: NodeListing): number {
  const difference = one.rentPerMonth - other.rentPerMonth || other.free - one.free;
  return Number(difference > 0n) - Number(difference < 0n);
}
