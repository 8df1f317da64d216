import type { ErrorFragment, ParamType, Result } from "ethers";

import { NATIVE, ZERO_ADDRESS } from "../registries";
import { UINT256_MAX, formatAmount, formatBps, formatDuration, formatTime, formatUsd } from "../units";

/** Knowledge about the network for formatting values. All of it is optional. */
export interface ExplainContext {
  /** The currency that the call is about, for amounts whose error does not name one. */
  currency?: string;
  currencies?: readonly { currency: string; currencyId: bigint; decimals: bigint; symbol: string }[];
  /** Names of addresses, the addresses with their checksums. */
  names?: ReadonlyMap<string, string>;
}

/** States of a Governor's proposals, in the order of their numbers. */
export const PROPOSAL_STATES = ["pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed"] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** Fills in a sentence of the advice with the values of an error. */
export function fillIn(sentence: string, error: ErrorFragment, args: Result, context: ExplainContext): string {
  return sentence.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, kind?: string) => {
    const position = error.inputs.findIndex((input, index) => (input.name || String(index)) === name);
    const input = error.inputs[position];
    if (input === undefined) throw new Error(`the advice on ${error.name} speaks of "${name}", which the error does not carry`);
    return format(kind ?? kindOf(input), args[position] as unknown, currencyIn(error, args, context), context);
  });
}

function kindOf(input: ParamType): string {
  if (input.type !== "address") return "plain";
  return input.name === "currency" ? "currency" : "address";
}

function format(kind: string, value: unknown, currency: string | undefined, context: ExplainContext): string {
  const number = typeof value === "bigint" ? value : 0n;
  switch (kind) {
    case "amount":
      return amountOf(number, currency, context);
    case "native":
      return `${formatAmount(number, 18)} of native currency`;
    case "votes":
      // As the tokens of nearly all DAOs count them.
      return `${formatAmount(number, 18)} votes`;
    case "usd":
      return `${formatUsd(number)} USD`;
    case "bps":
      return formatBps(number);
    case "time":
      return formatTime(number);
    case "deadline":
      return number === 0n || number === UINT256_MAX ? "no set time" : formatTime(number);
    case "duration":
      return formatDuration(number);
    case "currencyId":
      return context.currencies?.find(({ currencyId }) => currencyId === number)?.symbol ?? `currency ${number}`;
    case "currency":
      return nameOfCurrency(String(value), context);
    case "address":
      return nameOfAddress(String(value), context);
    case "proposalState":
      return PROPOSAL_STATES[Number(number)] ?? String(number);
    case "plain":
      return String(value);
    default:
      throw new Error(`the advice uses an unknown kind of value, "${kind}"`);
  }
}

function amountOf(amount: bigint, currency: string | undefined, context: ExplainContext): string {
  const known = context.currencies?.find((candidate) => candidate.currency === currency);
  return known === undefined ? `${amount} base units` : `${formatAmount(amount, Number(known.decimals))} ${known.symbol}`;
}

function currencyIn(error: ErrorFragment, args: Result, context: ExplainContext): string | undefined {
  const position = error.inputs.findIndex(({ name }) => name === "currency");
  return position === -1 ? context.currency : String(args[position] as unknown);
}

function nameOfCurrency(currency: string, context: ExplainContext): string {
  const known = context.currencies?.find((candidate) => candidate.currency === currency);
  if (known !== undefined) return known.symbol;
  return currency === NATIVE ? "the native currency" : (context.names?.get(currency) ?? currency);
}

function nameOfAddress(address: string, context: ExplainContext): string {
  if (address === ZERO_ADDRESS) return "nobody";
  const name = context.names?.get(address);
  return name === undefined ? address : `${name} (${address})`;
}
