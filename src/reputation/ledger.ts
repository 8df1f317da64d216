import type { Amounts, NodeReputation, ProviderReputation, Reputation, ReputationEvent } from "./types";

/** Basis points of a quality that is whole. */
const WHOLE = 10_000n;

/** A node's part in a cluster, while it has one. */
interface Service {
  vnodes: bigint;
  qualityBps: bigint;
  /** Up to when it has been added to the node's tally. */
  countedTo: bigint;
  leaves: boolean;
}

interface Cluster {
  currency: string;
  vnodeCount: bigint;
  services: Map<bigint, Service>;
}

/** Sums for each node. */
interface Tally extends Omit<Reputation, "vnodes" | "clusters" | "qualityBps"> {
  nodeId: bigint;
  provider: string;
  /** The sum of the quality over vnodes and seconds. */
  qualitySeconds: bigint;
}

export interface Reputations {
  /** By node id, in order. Nodes that were removed are there, too. */
  nodes: NodeReputation[];
  /** In the order in which they came. */
  providers: ProviderReputation[];
}

/** Computes the reputations of nodes and providers up to a time (unix seconds), from all the events up to then, in the order of the chain. */
export function computeReputations(events: Iterable<ReputationEvent>, until: bigint): Reputations {
  const ledger = new Ledger();
  for (const event of events) ledger.add(event);
  return ledger.at(until);
}

class Ledger {
  readonly #tallies = new Map<bigint, Tally>();
  readonly #clusters = new Map<bigint, Cluster>();

  add(event: ReputationEvent): void {
    const { name, args, time } = event;
    switch (name) {
      case "NodeCreated":
        this.#tallies.set(args.nodeId, newTally(args.nodeId, args.provider));
        break;
      case "ClusterCreated":
        this.#clusters.set(args.clusterId, { currency: args.currency, vnodeCount: args.vnodeCount, services: new Map() });
        this.#fill(args.clusterId, args.nodeIds, time);
        break;
      case "ClusterFilled":
        this.#fill(args.clusterId, args.nodeIds, time);
        break;
      case "VnodeReplaced":
        this.#take(args.clusterId, args.oldNodeId, 1n, time, args.newNodeId);
        this.#give(args.clusterId, args.newNodeId, 1n, time);
        break;
      case "NodeReplaced":
        this.#take(args.clusterId, args.oldNodeId, args.vnodes, time, args.newNodeId);
        this.#give(args.clusterId, args.newNodeId, args.vnodes, time);
        break;
      case "VacancyFilled":
        this.#give(args.clusterId, args.nodeId, args.vnodes, time);
        break;
      case "NodeVacated":
        this.#take(args.clusterId, args.nodeId, this.#service(args.clusterId, args.nodeId)?.vnodes ?? 0n, time);
        break;
      case "ClusterRemoved":
        this.#close(args.clusterId, time);
        break;
      case "ExitAnnounced": {
        const service = this.#service(args.clusterId, args.nodeId);
        if (service !== undefined) service.leaves = true;
        break;
      }
      case "RevenuesClaimed":
        addAmount(this.#tally(args.nodeId).earned, this.#cluster(args.clusterId).currency, args.scaledAmount);
        break;
      case "QualityReported": {
        const tally = this.#tally(args.nodeId);
        tally.reports += 1n;
        const service = this.#count(args.clusterId, args.nodeId, time);
        // Better than before is on the way to recovery.
        if (args.qualityBps < WHOLE && args.qualityBps <= (service?.qualityBps ?? WHOLE)) tally.misses += 1n;
        if (service !== undefined) service.qualityBps = args.qualityBps;
        break;
      }
      case "NodeSlashed": {
        const tally = this.#tally(args.nodeId);
        tally.slashes += 1n;
        addAmount(tally.slashed, this.#cluster(args.clusterId).currency, args.amount);
        break;
      }
    }
  }

  at(until: bigint): Reputations {
    for (const [clusterId, { services }] of this.#clusters) for (const nodeId of services.keys()) this.#count(clusterId, nodeId, until);
    const tallies = [...this.#tallies.values()].sort((one, other) => (one.nodeId < other.nodeId ? -1 : 1));
    const byProvider = new Map<string, Tally[]>();
    for (const tally of tallies) byProvider.set(tally.provider, [...(byProvider.get(tally.provider) ?? []), tally]);
    return {
      nodes: tallies.map((tally) => ({ nodeId: tally.nodeId, provider: tally.provider, ...this.#reputationOf([tally]) })),
      providers: [...byProvider].map(([provider, own]) => ({
        provider,
        nodeIds: own.map(({ nodeId }) => nodeId),
        ...this.#reputationOf(own),
      })),
    };
  }

  /** Adds up the reputations of some nodes. */
  #reputationOf(tallies: readonly Tally[]): Reputation {
    const nodeIds = new Set(tallies.map(({ nodeId }) => nodeId));
    const serving = [...this.#clusters.values()].map(({ services }) => [...services].filter(([nodeId]) => nodeIds.has(nodeId)));
    const sum = (pick: (tally: Tally) => bigint): bigint => tallies.reduce((total, tally) => total + pick(tally), 0n);
    const vnodeSeconds = sum((tally) => tally.vnodeSeconds);
    const started = tallies.map(({ servedSince }) => servedSince).filter((since) => since !== 0n);
    return {
      servedSince: started.reduce((first, since) => (since < first ? since : first), started[0] ?? 0n),
      vnodes: serving.flat().reduce((total, [, { vnodes }]) => total + vnodes, 0n),
      clusters: BigInt(serving.filter((services) => services.length > 0).length),
      vnodeSeconds,
      qualityBps: vnodeSeconds === 0n ? WHOLE : sum((tally) => tally.qualitySeconds) / vnodeSeconds,
      earned: sumAmounts(tallies.map(({ earned }) => earned)),
      reports: sum((tally) => tally.reports),
      misses: sum((tally) => tally.misses),
      slashes: sum((tally) => tally.slashes),
      slashed: sumAmounts(tallies.map(({ slashed }) => slashed)),
      exits: sum((tally) => tally.exits),
      exclusions: sum((tally) => tally.exclusions),
    };
  }

  /** Vnode `i` goes to `nodeIds[i % nodeIds.length]`. */
  #fill(clusterId: bigint, nodeIds: readonly bigint[], time: bigint): void {
    const { vnodeCount } = this.#cluster(clusterId);
    const nodes = BigInt(nodeIds.length);
    for (const [position, nodeId] of nodeIds.entries()) {
      this.#give(clusterId, nodeId, vnodeCount / nodes + (BigInt(position) < vnodeCount % nodes ? 1n : 0n), time);
    }
  }

  #give(clusterId: bigint, nodeId: bigint, vnodes: bigint, time: bigint): void {
    const service = this.#count(clusterId, nodeId, time);
    if (service !== undefined) service.vnodes += vnodes;
    else this.#cluster(clusterId).services.set(nodeId, { vnodes, qualityBps: WHOLE, countedTo: time, leaves: false });
    const tally = this.#tally(nodeId);
    if (tally.servedSince === 0n) tally.servedSince = time;
  }

  /** @param to The node that takes over; none by default. */
  #take(clusterId: bigint, nodeId: bigint, vnodes: bigint, time: bigint, to?: bigint): void {
    const service = this.#count(clusterId, nodeId, time);
    // A vacancy has no service.
    if (service === undefined) return;
    service.vnodes -= vnodes;
    if (service.vnodes > 0n) return;
    this.#cluster(clusterId).services.delete(nodeId);
    const tally = this.#tally(nodeId);
    if (service.leaves) tally.exits += 1n;
    else if (to === undefined || this.#tally(to).provider !== tally.provider) tally.exclusions += 1n;
  }

  #close(clusterId: bigint, time: bigint): void {
    const { services } = this.#cluster(clusterId);
    for (const nodeId of services.keys()) this.#count(clusterId, nodeId, time);
    // Its currency stays: bonds outlive it.
    services.clear();
  }

  /** Adds what a node has served in a cluster since it was last counted. */
  #count(clusterId: bigint, nodeId: bigint, time: bigint): Service | undefined {
    const service = this.#service(clusterId, nodeId);
    if (service === undefined) return undefined;
    const vnodeSeconds = service.vnodes * (time - service.countedTo);
    service.countedTo = time;
    const tally = this.#tally(nodeId);
    tally.vnodeSeconds += vnodeSeconds;
    tally.qualitySeconds += vnodeSeconds * service.qualityBps;
    return service;
  }

  #service(clusterId: bigint, nodeId: bigint): Service | undefined {
    return this.#cluster(clusterId).services.get(nodeId);
  }

  #cluster(clusterId: bigint): Cluster {
    const cluster = this.#clusters.get(clusterId);
    if (cluster === undefined) throw new Error(`the events do not say how cluster ${clusterId} was created`);
    return cluster;
  }

  #tally(nodeId: bigint): Tally {
    const tally = this.#tallies.get(nodeId);
    if (tally === undefined) throw new Error(`the events do not say how node ${nodeId} was created`);
    return tally;
  }
}

function newTally(nodeId: bigint, provider: string): Tally {
  const none = { servedSince: 0n, vnodeSeconds: 0n, qualitySeconds: 0n, reports: 0n, misses: 0n, slashes: 0n, exits: 0n, exclusions: 0n };
  return { nodeId, provider, ...none, earned: {}, slashed: {} };
}

function addAmount(amounts: Amounts, currency: string, amount: bigint): void {
  amounts[currency] = (amounts[currency] ?? 0n) + amount;
}

function sumAmounts(all: readonly Amounts[]): Amounts {
  const total: Amounts = {};
  for (const amounts of all) for (const [currency, amount] of Object.entries(amounts)) addAmount(total, currency, amount);
  return total;
}
