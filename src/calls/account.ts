import { ZeroHash } from "ethers";

import { IAccountRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { ALL } from "../units";
import { type Call, currencyName } from "./call";

type Registry = Pick<Addresses, "accountRegistry">;

const abi = IAccountRegistry__factory.createInterface();

export interface Permit {
  deadline: bigint;
  v: bigint;
  r: string;
  s: string;
}

/** A deposit into the caller's account in the same call. */
export interface Funding {
  /** The currency of the cluster. */
  currency: string;
  /** Base units, not zero. */
  amount: bigint;
  /** The caller's signature over exactly this amount, with the account registry as spender; without it the allowance has to suffice. */
  permit?: Permit | undefined;
}

/** The struct `Funding` that a call takes, and the ether to send along. */
export function fundingOf({ currency, amount, permit }: Funding): { funding: Permit & { amount: bigint }; value: bigint } {
  const { deadline, v, r, s } = permit ?? { deadline: 0n, v: 0n, r: ZeroHash, s: ZeroHash };
  return { funding: { amount, deadline, v, r, s }, value: isNative(currency) ? amount : 0n };
}

/** @param amount Base units, like all amounts here; the allowance of a token has to suffice. */
export function deposit({ accountRegistry: to }: Registry, input: { currency: string; amount: bigint }): Call {
  const { currency, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("deposit", [currency, amount]),
    value: isNative(currency) ? amount : 0n,
    description: `deposit ${amount} base units of ${currencyName(currency)}`,
  };
}

export function depositFor({ accountRegistry: to }: Registry, input: { account: string; currency: string; amount: bigint }): Call {
  const { account, currency, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("depositFor", [account, currency, amount]),
    value: isNative(currency) ? amount : 0n,
    description: `deposit ${amount} base units of ${currencyName(currency)} for ${account}`,
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
    description: `deposit ${amount} base units of ${currencyName(currency)} for ${account} by permit`,
  };
}

/** Passes on to its clusters what an account has paid, and hands out its refunds: for anyone. */
export function touchAccount({ accountRegistry: to }: Registry, input: { account: string; currency: string }): Call {
  const { account, currency } = input;
  return {
    to,
    data: abi.encodeFunctionData("touchAccount", [account, currency]),
    value: 0n,
    description: `touch the account of ${account} in ${currencyName(currency)}`,
  };
}

/** @param input.maxTicks How many ticks with ends of streams to cross at most. */
export function settleCluster({ accountRegistry: to }: Registry, input: { clusterId: bigint; maxTicks: bigint }): Call {
  const { clusterId, maxTicks } = input;
  return {
    to,
    data: abi.encodeFunctionData("settleCluster", [clusterId, maxTicks]),
    value: 0n,
    description: `settle cluster ${clusterId} with all its payers, over at most ${maxTicks} ticks`,
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
    description: `withdraw ${what} of ${currencyName(currency)} to ${recipient}`,
  };
}
