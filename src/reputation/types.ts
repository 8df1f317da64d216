/** An amount for each currency, by its address. */
export type Amounts = Record<string, bigint>;

/** The reputation of a node or a provider up to a time. Each number is defined here, and in docs/MANAGERS.md in the same words. */
export interface Reputation {
  /** When it first served a vnode (unix seconds); 0: it never did. */
  servedSince: bigint;
  /** How many vnodes it serves now, over all clusters. */
  vnodes: bigint;
  /** In how many clusters it serves vnodes now. */
  clusters: bigint;
  /** How long it has served: one for each second on each vnode, whatever is reserved or used there. A vnode-day is 86,400 of them. */
  vnodeSeconds: bigint;
  /** The average over those of its quality (basis points, rounded down); 10,000 if it never served. */
  qualityBps: bigint;
  /** Credited earnings, in scaled units; unclaimed earnings are left out. */
  earned: Amounts;
  /** How many times a validator reported on it. */
  reports: bigint;
  /** How many of those reports said that its quality was less than whole, and no better than the one before. */
  misses: bigint;
  /** How many times its bonds were slashed. */
  slashes: bigint;
  /** How much of its bonds was slashed, in base units. */
  slashed: Amounts;
  /** How many times it left a cluster after having announced it. */
  exits: bigint;
  /** How many times it lost the last of its vnodes in a cluster to another provider, or to a vacancy, without having announced that it leaves. */
  exclusions: bigint;
}

export interface NodeReputation extends Reputation {
  nodeId: bigint;
  provider: string;
}

export interface ProviderReputation extends Reputation {
  provider: string;
  /** All the nodes that it ever had. */
  nodeIds: bigint[];
}

interface InCluster {
  clusterId: bigint;
  nodeId: bigint;
}

interface Replacement {
  clusterId: bigint;
  oldNodeId: bigint;
  newNodeId: bigint;
}

/** The facts in the events of a reputation. */
export interface ReputationFacts {
  NodeCreated: { nodeId: bigint; provider: string };
  ClusterCreated: { clusterId: bigint; currency: string; vnodeCount: bigint; nodeIds: readonly bigint[] };
  ClusterFilled: { clusterId: bigint; nodeIds: readonly bigint[] };
  VnodeReplaced: Replacement;
  NodeReplaced: Replacement & { vnodes: bigint };
  VacancyFilled: InCluster & { vnodes: bigint };
  NodeVacated: InCluster;
  ClusterRemoved: { clusterId: bigint };
  RevenuesClaimed: InCluster & { scaledAmount: bigint };
  QualityReported: InCluster & { qualityBps: bigint };
  NodeSlashed: InCluster & { amount: bigint };
  ExitAnnounced: InCluster;
}

/** One of those events, with the time of its block (unix seconds). */
export type ReputationEvent = {
  [Name in keyof ReputationFacts]: { name: Name; time: bigint; args: ReputationFacts[Name] };
}[keyof ReputationFacts];
