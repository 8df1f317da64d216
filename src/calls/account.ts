import { IAccountRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { ALL, formatDuration, formatUsd } from "../units";
import type { Call } from "./call";

type Registry = Pick<Addresses, "accountRegistry">;

const abi = IAccountRegistry__factory.createInterface();

export interface Permit {
  deadline: bigint;
  v: bigint;
  r: string;
  s: string;
}

/** @param amount Base units, like all amounts here; the allowance of a token has to suffice. */
export function deposit({ accountRegistry: to }: Registry, input: { currency: string; amount: bigint }): Call {
  const { currency, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("deposit", [currency, amount]),
    value: isNative(currency) ? amount : 0n,
    description: `deposit ${amount} base units of ${nameOf(currency)}`,
  };
}

export function depositFor({ accountRegistry: to }: Registry, input: { account: string; currency: string; amount: bigint }): Call {
  const { account, currency, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("depositFor", [account, currency, amount]),
    value: isNative(currency) ? amount : 0n,
    description: `deposit ${amount} base units of ${nameOf(currency)} for ${account}`,
  };
}

/** @param permit The caller's signature over exactly this amount, with the account registry as spender. */
export function depositWithPermit(
  { accountRegistry: to }: Registry,
  input: { account: string; currency: string; amount: bigint; permit: Permit },
): Call {
  const { account, currency, amount, permit } = input;
  const { deadline, v, r, s } = permit;
  return {
    to,
    data: abi.encodeFunctionData("depositWithPermit", [account, currency, amount, deadline, v, r, s]),
    value: 0n,
    description: `deposit ${amount} base units of ${nameOf(currency)} for ${account} by permit`,
  };
}

/** @param amount Base units; {@link ALL}: all there is. */
export function withdraw({ accountRegistry: to }: Registry, input: { currency: string; amount: bigint; to: string }): Call {
  const { currency, amount, to: recipient } = input;
  const what = amount === ALL ? "all there is" : `${amount} base units`;
  return {
    to,
    data: abi.encodeFunctionData("withdraw", [currency, amount, recipient]),
    value: 0n,
    description: `withdraw ${what} of ${nameOf(currency)} to ${recipient}`,
  };
}

/** @param input.feed Where the price comes from; zero: it is set by hand. */
export function addCurrency(
  { accountRegistry: to }: Registry,
  input: { currency: string; usdPerToken: bigint; feed: string; maxAge: bigint },
): Call {
  const { currency, usdPerToken, feed, maxAge } = input;
  return {
    to,
    data: abi.encodeFunctionData("addCurrency", [currency, usdPerToken, feed, maxAge]),
    value: 0n,
    description: `list ${nameOf(currency)} at ${formatUsd(usdPerToken)} USD, ${sourceOf(feed, maxAge)}`,
  };
}

export function setFeed({ accountRegistry: to }: Registry, input: { currency: string; feed: string; maxAge: bigint }): Call {
  const { currency, feed, maxAge } = input;
  return {
    to,
    data: abi.encodeFunctionData("setFeed", [currency, feed, maxAge]),
    value: 0n,
    description: `have ${nameOf(currency)} ${sourceOf(feed, maxAge)}`,
  };
}

export function setPrice({ accountRegistry: to }: Registry, input: { currency: string; usdPerToken: bigint }): Call {
  const { currency, usdPerToken } = input;
  return {
    to,
    data: abi.encodeFunctionData("setPrice", [currency, usdPerToken]),
    value: 0n,
    description: `set the price of ${nameOf(currency)} to ${formatUsd(usdPerToken)} USD`,
  };
}

export function syncPrice({ accountRegistry: to }: Registry, input: { currency: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("syncPrice", [input.currency]),
    value: 0n,
    description: `take the price of ${nameOf(input.currency)} from its feed`,
  };
}

export function pauseCurrency({ accountRegistry: to }: Registry, input: { currency: string; paused: boolean }): Call {
  const { currency, paused } = input;
  return {
    to,
    data: abi.encodeFunctionData("pauseCurrency", [currency, paused]),
    value: 0n,
    description: `${paused ? "pause" : "resume"} ${nameOf(currency)}`,
  };
}

function nameOf(currency: string): string {
  return isNative(currency) ? "the native currency" : `token ${currency}`;
}

function sourceOf(feed: string, maxAge: bigint): string {
  if (isNative(feed)) return "priced by hand";
  return `priced by the feed ${feed}, whose answers are stale after ${formatDuration(maxAge)}`;
}
