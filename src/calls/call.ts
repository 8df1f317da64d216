import { isNative } from "../registries";

/** A call that changes state, ready for any sender: a key, a multisig, a DAO. */
export interface Call {
  readonly to: string;
  readonly data: string;
  /** Native currency that goes along, in base units. */
  readonly value: bigint;
  /** Description for people: "reserve 10 units per vnode in cluster 1". */
  readonly description: string;
}

/** Name of a currency in the descriptions of calls. */
export function currencyName(currency: string): string {
  return isNative(currency) ? "the native currency" : `token ${currency}`;
}
