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
  /** What people call it: the token's own symbol, or that of the chain's native currency. */
  symbol: string;
  decimals: bigint;
  paused: boolean;
  usdPerToken: bigint;
  minPrice: bigint;
  maxPrice: bigint;
  feed: string;
  maxAge: bigint;
  index: bigint;
  finePerBaseUnit: bigint;
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
  fineClaimable: bigint;
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
  fineBalance: bigint;
  fundedIndex: bigint;
}
