/** A network as it is at one block. All amounts are in base units, USD with 18 decimals, times in unix seconds. */
export interface Network {
  blockNumber: number;
  timestamp: bigint;
  networkFeeBps: bigint;
  networkAccount: string;
  currencies: CurrencyInfo[];
  nodes: NodeInfo[];
  clusters: ClusterDetails[];
  buckets: BucketInfo[];
  accounts: AccountInfo[];
}

export interface CurrencyInfo {
  currency: string;
  currencyId: bigint;
  /** Its symbol: the token's own, or that of the chain's native currency. */
  symbol: string;
  decimals: bigint;
  paused: boolean;
  usdPerToken: bigint;
  minPrice: bigint;
  maxPrice: bigint;
  feed: string;
  maxAge: bigint;
  index: bigint;
  scale: bigint;
}

export interface NodeInfo {
  nodeId: bigint;
  provider: string;
  rentPerMonth: bigint;
  capacity: bigint;
  reserved: bigint;
  clusters: bigint;
  params: string;
}

export interface MemberInfo {
  nodeId: bigint;
  vnodes: bigint;
  rentPerMonth: bigint;
  qualityBps: bigint;
  claimable: bigint;
  scaledClaimable: bigint;
}

export interface ClusterInfo {
  clusterId: bigint;
  manager: string;
  offeredTo: string;
  currency: string;
  vnodeCount: bigint;
  nodeCount: bigint;
  resourcePerVnode: bigint;
  resourceUsed: bigint;
  rentPerUnit: bigint;
  revenues: bigint;
  closed: boolean;
  managementFeeBps: bigint;
  params: string;
}

/** A cluster with the nodes that serve it and the node of each of its vnodes. */
export interface ClusterDetails extends ClusterInfo {
  members: MemberInfo[];
  vnodes: bigint[];
}

/** The terms of a cluster. Amounts in base units of its currency, notices in seconds. */
export interface TermsInfo {
  validator: string;
  bondPerVnode: bigint;
  maxSlashBps: bigint;
  leavingNotice: bigint;
  validatorNotice: bigint;
}

/** A node's agreement in a cluster, and the announcements about the node; unset times are 0. */
export interface AgreementInfo {
  provider: string;
  currencyId: bigint;
  bond: bigint;
  lockedUntil: bigint;
  /** The most that the validator can slash now, while the bond answers for the node. */
  slashable: bigint;
  slashableLeft: bigint;
  slashRenewsAt: bigint;
  shortSince: bigint;
  exitAt: bigint;
  /** When the node had last left the cluster as the provider accepted. */
  leftBefore: bigint;
}

/** All that is announced about a node in a cluster, with its dates (unix seconds, 0 where there is none), see `ITermsRegistry.PendingStatus`. */
export interface PendingInfo {
  exitAt: bigint;
  canFinishExit: boolean;
  lockedUntil: bigint;
  shortSince: bigint;
  /** Until when a short bond can be topped up: from then on anyone can vacate the node's vnodes. */
  vacatableFrom: bigint;
  /** The node's validator now. */
  validator: string;
  /** The validator that is announced for the cluster; zero: none is. */
  nextValidator: string;
  nextValidatorAt: bigint;
  canFinishValidator: boolean;
  /** Whether the announced validator keeps the node's provider from accepting the terms. */
  acceptanceBlocked: boolean;
}

/** A node that serves a cluster, did so, or whose provider agreed to its terms. */
export interface GovernedNode extends AgreementInfo {
  nodeId: bigint;
  vnodes: bigint;
  qualityBps: bigint;
  pending: PendingInfo;
}

/** How a cluster is governed: what was agreed, how well its nodes serve, and what is announced. */
export interface GovernanceInfo {
  clusterId: bigint;
  currency: string;
  terms: TermsInfo;
  /** The announced validator and its first second in office; zero: no change is announced. */
  offeredValidator: string;
  validatorEffectiveAt: bigint;
  /** The served share of payments: `served` / `nominal`. */
  served: bigint;
  nominal: bigint;
  vacantVnodes: bigint;
  nodes: GovernedNode[];
}

export interface BucketInfo {
  bucketId: bigint;
  owner: string;
  offeredTo: string;
  clusterId: bigint;
  resource: bigint;
  resourceCap: bigint;
  capRentPerUnit: bigint;
  ratePerMonth: bigint;
  coveredUntil: bigint;
  reclaimableFrom: bigint;
  endsAt: bigint;
  params: string;
}

export interface AccountInfo {
  account: string;
  currency: string;
  balance: bigint;
  ratePerMonth: bigint;
  coveredUntil: bigint;
  scaledBalance: bigint;
  paidIndex: bigint;
  /** The currency's index at which the account's streams are registered to end; 0: they are not registered. */
  endIndex: bigint;
  /** How many clusters it pays. */
  streamCount: bigint;
}

/** Payments of an account to a cluster. */
export interface StreamInfo {
  payer: string;
  clusterId: bigint;
  ratePerMonth: bigint;
  /** Payments that the cluster's revenues do not include yet, in scaled units: touching the account passes them on. */
  scaledLate: bigint;
  /** Refund to the payer at the next touch of its account, for missing service; scaled units. */
  scaledUnserved: bigint;
}

/** The line of a cluster: its income. */
export interface LineInfo {
  clusterId: bigint;
  currencyId: bigint;
  /** The sum of the rates of the streams that are on the cluster's line. */
  ratePerMonth: bigint;
  settledTick: bigint;
  /** Revenues that are not distributed, as of now, in scaled units. */
  scaledRevenue: bigint;
  /** Withheld from it for refunds of missing service; scaled units. */
  scaledUnserved: bigint;
  /** Whether one call can settle it up to now; if not, the amounts are as far as one call can. */
  isSettled: boolean;
  /** In 2^-32. */
  unservedShare: bigint;
  unservedSince: bigint;
}
