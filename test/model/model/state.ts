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
  offeredTo: Address;
  currency: Currency;
  /** The node of each vnode. */
  vnodes: readonly bigint[];
  /** The rent in the cluster of each node that is in it. */
  rents: Map<bigint, bigint>;
  resourcePerVnode: bigint;
  managementFee: bigint;
  closed: boolean;
  params: string;
  /** What each payer owes and nobody has settled. */
  unsettled: Map<Address, Fraction>;
  pool: Fraction;
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
  buckets: Map<bigint, Bucket>;
  lastBucketId: bigint;
  networkFee: bigint;
  networkAccount: Address;
}

/** Who calls, with how much ether. */
export interface Message {
  sender: Address;
  value: bigint;
}
