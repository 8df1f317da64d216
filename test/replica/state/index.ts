import { type Entry, type Handler, type Handlers, LOGGERS, type Logger } from "../log";
import { type Account, ACCOUNT_HANDLERS } from "./accounts";
import { ACCESS_HANDLERS } from "./access";
import { type Bucket, BUCKET_HANDLERS } from "./buckets";
import { type Cluster, CLUSTER_HANDLERS, type Service } from "./clusters";
import { type Currency, CURRENCY_HANDLERS } from "./currencies";
import type { Line } from "./lines";
import { type Node, NODE_HANDLERS } from "./nodes";
import { NOBODY } from "./numbers";
import { type Agreement, type Terms, TERMS_HANDLERS } from "./terms";

/** All that the registries keep, as the logs tell it. */
export interface State {
  authorities: Map<Logger, string>;
  /** By address, in the order of their numbers. */
  currencies: Map<string, Currency>;
  /** By currency and address. */
  accounts: Map<string, Account>;
  /** By cluster. */
  lines: Map<bigint, Line>;
  nodes: Map<bigint, Node>;
  lastNodeId: bigint;
  /** Of providers and the managers that they trust. */
  trust: Set<string>;
  clusters: Map<bigint, Cluster>;
  lastClusterId: bigint;
  /** By cluster and node. */
  services: Map<string, Service>;
  /** Of clusters that were handed over. */
  founders: Map<bigint, string>;
  managedBefore: Map<bigint, Set<string>>;
  networkFee: { networkFeeBps: bigint; networkAccount: string };
  buckets: Map<bigint, Bucket>;
  lastBucketId: bigint;
  terms: Map<bigint, Terms>;
  /** By cluster and node. */
  agreements: Map<string, Agreement>;
  pendingValidators: Map<bigint, { validator: string; effectiveAt: bigint }>;
}

export function emptyState(): State {
  return {
    authorities: new Map(),
    currencies: new Map(),
    accounts: new Map(),
    lines: new Map(),
    nodes: new Map(),
    lastNodeId: 0n,
    trust: new Set(),
    clusters: new Map(),
    lastClusterId: 0n,
    services: new Map(),
    founders: new Map(),
    managedBefore: new Map(),
    networkFee: { networkFeeBps: 0n, networkAccount: NOBODY },
    buckets: new Map(),
    lastBucketId: 0n,
    terms: new Map(),
    agreements: new Map(),
    pendingValidators: new Map(),
  };
}

const PARTS: Handlers[] = [
  CURRENCY_HANDLERS,
  ACCOUNT_HANDLERS,
  NODE_HANDLERS,
  CLUSTER_HANDLERS,
  BUCKET_HANDLERS,
  ACCESS_HANDLERS,
  TERMS_HANDLERS,
];

const HANDLERS = new Map<string, Handler>(
  LOGGERS.flatMap((contract) =>
    // Each handler takes the arguments of its event, as the ABI decodes them.
    PARTS.flatMap((part) => Object.entries((part[contract] ?? {}) as Record<string, Handler>)).map(([name, handle]): [string, Handler] => [
      `${contract}.${name}`,
      handle,
    ]),
  ),
);

/** Which event it is: contract and name. */
export function kindOf({ contract, name }: Entry): string {
  return `${contract}.${name}`;
}

/** Takes in what a log says. Throws a `Contradiction` if it does not follow from the logs before it. */
export function apply(state: State, entry: Entry): void {
  const handle = HANDLERS.get(kindOf(entry));
  if (handle === undefined) throw new Error(`The replica does not know what ${kindOf(entry)} means.`);
  handle(state, entry.args, entry.at);
}
