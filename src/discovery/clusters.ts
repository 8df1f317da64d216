import {
  type ClusterInfo,
  type MemberInfo,
  type NodeInfo,
  type ReadOptions,
  VIEWS_AT_ONCE,
  mapLimited,
  readClusters,
  readMembers,
  readNodes,
} from "../network";
import type { Registries } from "../registries";
import { type Engine, type WantedEngine, engineMismatch } from "./engines";
import { readableClusterParams, readableNodeParams } from "./params";
import { isInRegion } from "./regions";

/** Criteria for clusters; all are optional. */
export interface ClusterCriteria {
  engine?: WantedEngine | undefined;
  /** Every vnode is served by a node there. */
  region?: string | undefined;
  /** Minimum units that can still be allocated, per vnode. */
  free?: bigint | undefined;
  /** Maximum price of a unit of resource on a vnode (USD, 18 decimals, per month). */
  maxRent?: bigint | undefined;
  /** Maximum price of `free` units, or of one (USD, 18 decimals, per month): the bucket's rate. */
  maxCost?: bigint | undefined;
  /** The address of the currency. */
  currency?: string | undefined;
  minNodes?: bigint | undefined;
  minProviders?: bigint | undefined;
  /** In basis points. */
  minQuality?: bigint | undefined;
}

/** A criterion that a cluster can fail: one of the given ones, or that it is open. */
export type ClusterCriterion = Exclude<keyof ClusterCriteria, "engine"> | "engine" | "version" | "open";

/** A cluster with its properties for a search. */
export interface ClusterListing extends ClusterInfo {
  engine: Engine | undefined;
  /** How many vnodes are served from where; "" stands for nodes that do not say. */
  regions: Record<string, bigint>;
  /** How many units can still be allocated, per vnode; none in a closed cluster. */
  free: bigint;
  /** The average rent of a vnode, rounded up (USD, 18 decimals, per unit, per month). */
  rentPerVnode: bigint;
  /** How many different providers its nodes have. */
  providers: bigint;
  vacantVnodes: bigint;
  /** The average quality over all vnodes, in basis points, rounded down; a vacant one has none. */
  qualityBps: bigint;
}

/** Result of a search. */
export interface ClusterSearch {
  /** Clusters that match all criteria, the cheapest first. */
  matches: ClusterListing[];
  /** The others with their unmet criteria, the closest first. */
  nearMisses: { cluster: ClusterListing; unmet: ClusterCriterion[] }[];
}

/** Finds the clusters that match the criteria. */
export async function findClusters(registries: Registries, criteria: ClusterCriteria, options: ReadOptions = {}): Promise<ClusterSearch> {
  const listings = await readClusterListings(registries, options);
  const candidates = listings.map((cluster) => ({ cluster, unmet: unmetCriteria(cluster, criteria) }));
  return {
    matches: candidates.filter(({ unmet }) => unmet.length === 0).map(({ cluster }) => cluster),
    nearMisses: candidates.filter(({ unmet }) => unmet.length > 0).sort((one, other) => one.unmet.length - other.unmet.length),
  };
}

/** Lists all clusters for a search, the cheapest first. */
export async function readClusterListings(registries: Registries, options: ReadOptions = {}): Promise<ClusterListing[]> {
  const nodes = new Map((await readNodes(registries, undefined, options)).map((node) => [node.nodeId, node]));
  const clusters = await readClusters(registries, undefined, options);
  const listings = await mapLimited(
    clusters,
    async (cluster) => listingOf(cluster, await readMembers(registries, cluster.clusterId, options), nodes),
    VIEWS_AT_ONCE,
  );
  return listings.sort(byRent);
}

/** The criteria that a cluster does not meet. */
export function unmetCriteria(cluster: ClusterListing, criteria: ClusterCriteria): ClusterCriterion[] {
  const { engine, region, free, maxRent, maxCost, currency, minNodes, minProviders, minQuality } = criteria;
  const mismatch = engine === undefined ? undefined : engineMismatch(cluster.engine, engine);
  const isThere = (where: string): boolean =>
    sum(Object.entries(cluster.regions).map(([name, vnodes]) => (isInRegion(name, where) ? vnodes : 0n))) === cluster.vnodeCount;
  const checks: [ClusterCriterion, boolean][] = [
    ["open", cluster.closed],
    [mismatch ?? "engine", mismatch !== undefined],
    ["region", region !== undefined && !isThere(region)],
    ["free", free !== undefined && cluster.free < free],
    // Exactly, where the average would be rounded.
    ["maxRent", maxRent !== undefined && cluster.rentPerUnit > maxRent * cluster.vnodeCount],
    ["maxCost", maxCost !== undefined && cluster.rentPerUnit * (free ?? 1n) > maxCost],
    ["currency", currency !== undefined && cluster.currency !== currency],
    ["minNodes", minNodes !== undefined && cluster.nodeCount < minNodes],
    ["minProviders", minProviders !== undefined && cluster.providers < minProviders],
    ["minQuality", minQuality !== undefined && cluster.qualityBps < minQuality],
  ];
  return checks.filter(([, isUnmet]) => isUnmet).map(([what]) => what);
}

function listingOf(cluster: ClusterInfo, members: readonly MemberInfo[], nodes: ReadonlyMap<bigint, NodeInfo>): ClusterListing {
  const { vnodeCount, rentPerUnit, resourcePerVnode, resourceUsed, closed } = cluster;
  const regions: Record<string, bigint> = {};
  const providers = new Set<string>();
  for (const { nodeId, vnodes } of members) {
    const node = nodes.get(nodeId);
    const region = readableNodeParams(node?.params ?? "")?.region ?? "";
    regions[region] = (regions[region] ?? 0n) + vnodes;
    if (node !== undefined) providers.add(node.provider);
  }
  return {
    ...cluster,
    engine: readableClusterParams(cluster.params)?.engine,
    regions,
    free: closed ? 0n : resourcePerVnode - resourceUsed,
    rentPerVnode: (rentPerUnit + vnodeCount - 1n) / vnodeCount,
    providers: BigInt(providers.size),
    vacantVnodes: vnodeCount - sum(members.map(({ vnodes }) => vnodes)),
    qualityBps: sum(members.map(({ vnodes, qualityBps }) => vnodes * qualityBps)) / vnodeCount,
  };
}

/** The lowest rent for a unit on a vnode first, and of those the best quality. */
function byRent(one: ClusterListing, other: ClusterListing): number {
  const difference = one.rentPerUnit * other.vnodeCount - other.rentPerUnit * one.vnodeCount || other.qualityBps - one.qualityBps;
  return Number(difference > 0n) - Number(difference < 0n);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
