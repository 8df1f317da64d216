import { type NodeInfo, type ReadOptions, VIEWS_AT_ONCE, mapLimited, readNodes } from "../network";
import type { Registries } from "../registries";
import { type Engine, type WantedEngine, engineMismatch } from "./engines";
import { readableNodeParams } from "./params";
import { isInRegion } from "./regions";

/** What a manager wants of a node; what is left out does not matter. */
export interface NodeCriteria {
  engine?: WantedEngine | undefined;
  region?: string | undefined;
  /** So many units are not reserved by any cluster. */
  free?: bigint | undefined;
  /** The most that it asks (USD, 18 decimals, per unit, per vnode, per month). */
  maxRent?: bigint | undefined;
  /** Its provider trusts this manager. */
  manager?: string | undefined;
}

/** What a node can fail to be. */
export type NodeShortfall = Exclude<keyof NodeCriteria, "engine"> | "engine" | "version";

/** A node, and what is said about it as a place for vnodes. */
export interface NodeOffer extends NodeInfo {
  url: string | undefined;
  engine: Engine | undefined;
  region: string | undefined;
  /** How many units no cluster has reserved. */
  free: bigint;
}

/** What a search has found. */
export interface NodeSearch {
  /** Those that are all that is wanted, the cheapest first, and of those the ones with the most room. */
  found: NodeOffer[];
  /** The others, with what they are not; those that are nearly right first. */
  others: { node: NodeOffer; lacks: NodeShortfall[] }[];
}

/** Finds the nodes that a manager could put vnodes on. */
export async function findNodes(registries: Registries, criteria: NodeCriteria, options: ReadOptions = {}): Promise<NodeSearch> {
  const offers = (await readNodes(registries, undefined, options)).map(offerOf).sort(byRentAndRoom);
  const trusting = await providersTrusting(registries, offers, criteria.manager, options);
  const judged = offers.map((node) => ({ node, lacks: shortfallsOf(node, criteria, trusting) }));
  return {
    found: judged.filter(({ lacks }) => lacks.length === 0).map(({ node }) => node),
    others: judged.filter(({ lacks }) => lacks.length > 0).sort((one, other) => one.lacks.length - other.lacks.length),
  };
}

/** The providers of some nodes who trust a manager. */
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

function shortfallsOf(node: NodeOffer, criteria: NodeCriteria, trusting: ReadonlySet<string>): NodeShortfall[] {
  const { engine, region, free, maxRent, manager } = criteria;
  const mismatch = engine === undefined ? undefined : engineMismatch(node.engine, engine);
  const checks: [NodeShortfall, boolean][] = [
    [mismatch ?? "engine", mismatch !== undefined],
    ["region", region !== undefined && !isInRegion(node.region, region)],
    ["free", free !== undefined && node.free < free],
    ["maxRent", maxRent !== undefined && node.rentPerMonth > maxRent],
    ["manager", manager !== undefined && !trusting.has(node.provider)],
  ];
  return checks.filter(([, lacking]) => lacking).map(([what]) => what);
}

function offerOf(node: NodeInfo): NodeOffer {
  const { url, engine, region } = readableNodeParams(node.params) ?? {};
  return { ...node, url, engine, region, free: node.capacity - node.reserved };
}

function byRentAndRoom(one: NodeOffer, other: NodeOffer): number {
  const difference = one.rentPerMonth - other.rentPerMonth || other.free - one.free;
  return Number(difference > 0n) - Number(difference < 0n);
}
