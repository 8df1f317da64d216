import type { Budget } from "../../helpers/budget";
import type { Fraction } from "../fraction";

// What there is, as plainly as can be: nothing here can be computed from the rest. Amounts are in whole tokens; rates, rents and prices in USD
// with 18 decimals, per month.

export type Address = string;
export const NOBODY: Address = "0x0000000000000000000000000000000000000000";

export interface Account {
  balance: Fraction;
  /** What one USD a month cost while the account could not pay, since the currency was listed. */
  missed: Fraction;
  /** Up to what such a cost the account's clusters know by themselves that it pays: to the registered end of its streams, or to its last touch. */
  knownUntil: Fraction;
  /** For how much of such a cost it has paid beyond. */
  late: Fraction;
  /** Whether somebody has credited it since it was last touched. */
  creditedSince: boolean;
}

/** What a cluster has not served of what a payer has paid since the payer's account was last touched. */
export interface Unserved {
  /** Of what the cluster knows of: it is withheld from the cluster. */
  withheld: Fraction;
  /** Of what it does not. */
  late: Fraction;
}

/** A provider's announcement that its node leaves a cluster. */
export interface Exit {
  announcedAt: bigint;
  /** Whether the node's quality has been below half since. */
  mayLeaveEarly: boolean;
}

export interface Feed {
  address: Address;
  decimals: bigint;
  maxAge: bigint;
  answer: bigint;
  answeredAt: bigint;
}

export interface Currency {
  address: Address;
  id: bigint;
  decimals: bigint;
  usdPerToken: bigint;
  paused: boolean;
  budget: Budget;
  feed: Feed | undefined;
  /** What one USD a month has cost since the currency was listed. */
  cost: Fraction;
  /** Streams are registered to end at multiples of this. */
  tick: Fraction;
  /** Deposits less withdrawals, in base units. */
  owed: bigint;
  accounts: Map<Address, Account>;
}

export interface Node {
  id: bigint;
  provider: Address;
  rent: bigint;
  capacity: bigint;
  params: string;
}

export interface Cluster {
  id: bigint;
  manager: Address;
  founder: Address;
  offeredTo: Address;
  currency: Currency;
  /** The node of each vnode; below zero: vnodes that a node has left, which are vacant. */
  vnodes: readonly bigint[];
  /** The rent in the cluster of each node that is in it, and of vacant vnodes. */
  rents: Map<bigint, bigint>;
  /** The quality of nodes that do not serve all that they are paid for, in basis points. */
  qualities: Map<bigint, bigint>;
  resourcePerVnode: bigint;
  managementFee: bigint;
  closed: boolean;
  params: string;
  /** What has been earned and not distributed, what is withheld included. */
  pool: Fraction;
  unserved: Map<Address, Unserved>;
  /** What one USD a month had cost when the unserved share last changed; undefined: all has always been served. */
  unservedSince: Fraction | undefined;
  /** The unserved share since then. */
  notedShare: Fraction | undefined;
  /** The rates of streams whose registered end has passed since the cluster was last settled. */
  passedRate: bigint;
  /** What was left over when shares were divided by the weight. */
  undistributed: Fraction;
  /** What each node has earned and not claimed. */
  earned: Map<bigint, Fraction>;
}

/** To a bucket that does not pay. */
export interface Notice {
  until: bigint;
  /** Whether the bucket had something to pay. */
  toPayer: boolean;
  /** What one USD a month has cost since, and for how much of that the owner's account has paid. */
  passed: Fraction;
  paid: Fraction;
}

export interface Bucket {
  id: bigint;
  owner: Address;
  offeredTo: Address;
  clusterId: bigint;
  resource: bigint;
  rate: bigint;
  resourceCap: bigint;
  capRent: bigint;
  /** For how much of what one USD a month costs the owner's account has paid since the bucket grew. */
  paidFor: Fraction;
  notice: Notice | undefined;
  /** When the manager's notice is over. */
  endsAt: bigint | undefined;
  params: string;
}

export interface State {
  now: bigint;
  admin: Address;
  currencies: Map<Address, Currency>;
  nodes: Map<bigint, Node>;
  lastNodeId: bigint;
  /** Which managers each provider trusts. */
  trust: Map<Address, Set<Address>>;
  clusters: Map<bigint, Cluster>;
  lastClusterId: bigint;
  /** The currencies of all clusters that were ever paid, or have not served something. */
  lines: Map<bigint, Currency>;
  /** By cluster and node. */
  exits: Map<string, Exit>;
  buckets: Map<bigint, Bucket>;
  lastBucketId: bigint;
  networkFee: bigint;
  networkAccount: Address;
}

/** Of which exit it is that a node leaves a cluster. */
export function exitKey(clusterId: bigint, nodeId: bigint): string {
  return `${clusterId}:${nodeId}`;
}

/** Who calls, with how much ether. */
export interface Message {
  sender: Address;
  value: bigint;
}
