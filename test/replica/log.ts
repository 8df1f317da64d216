import type { ContractName } from "../model/model";
import type { State } from "./state";

/** The contracts whose logs are read. */
export const LOGGERS = [
  "accountRegistry",
  "priceRegistry",
  "nodeRegistry",
  "clusterRegistry",
  "bucketRegistry",
  "termsRegistry",
] as const satisfies readonly ContractName[];

export type Logger = (typeof LOGGERS)[number];

/** The arguments of an event by name, as its ABI has them: numbers as bigints, lists as arrays, structs as objects. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- The ABI says of which types they are, and each handler knows its event.
export type Args = Record<string, any>;

/** An event that a registry has logged, and when (unix seconds). */
export interface Entry {
  readonly contract: Logger;
  readonly name: string;
  readonly args: Args;
  readonly at: bigint;
}

export type Handler = (state: State, args: Args, now: bigint) => void;

/** What events do to the state, by contract and name. */
export type Handlers = Partial<Record<Logger, Record<string, Handler>>>;
