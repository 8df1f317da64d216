import type {
  AccountRegistry,
  BucketRegistry,
  ClusterRegistry,
  NodeRegistry,
  PriceRegistry,
  TermsRegistry,
} from "../../cache/typechain-types";
import type { TypedContractEvent } from "../../cache/typechain-types/common";
import type { State } from "./state";

/** The contracts whose logs are read. */
interface Contracts {
  accountRegistry: AccountRegistry;
  priceRegistry: PriceRegistry;
  nodeRegistry: NodeRegistry;
  clusterRegistry: ClusterRegistry;
  bucketRegistry: BucketRegistry;
  termsRegistry: TermsRegistry;
}

export type Logger = keyof Contracts;

export const LOGGERS: readonly Logger[] = [
  "accountRegistry",
  "priceRegistry",
  "nodeRegistry",
  "clusterRegistry",
  "bucketRegistry",
  "termsRegistry",
];

// eslint-disable-next-line @typescript-eslint/no-unused-vars -- An event has these types, too.
type ArgsOf<E> = E extends TypedContractEvent<infer Input, infer Output, infer Args> ? Args : never;

/** The arguments of an event, by name. */
export type EventArgs<C extends Logger, E extends keyof Contracts[C]["filters"]> = ArgsOf<Contracts[C]["filters"][E]>;

/** What an event does to the state. */
type HandlerOf<Args> = (state: State, args: Args, now: bigint) => void;

/** What events do to the state, by contract and name. */
export type Handlers = { [C in Logger]?: { [E in keyof Contracts[C]["filters"]]?: HandlerOf<EventArgs<C, E>> } };

/** An event that a registry has logged, and when (unix seconds). Numbers are bigints, lists are arrays, structs are objects. */
export interface Entry {
  readonly contract: Logger;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: bigint;
}

export type Handler = HandlerOf<Entry["args"]>;
