import { isNative } from "../registries";

/** A call that changes state, ready to be sent by whoever may: a key, a multisig, a DAO. */
export interface Call {
  readonly to: string;
  readonly data: string;
  /** Native currency that goes along, in base units. */
  readonly value: bigint;
  /** What it does, for people: "reserve 10 units per vnode in cluster 1". */
  readonly description: string;
}

/** What the descriptions of calls call a currency. */
export function currencyName(currency: string): string {
  return isNative(currency) ? "the native currency" : `token ${currency}`;
}
