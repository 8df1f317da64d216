import { IPriceRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { formatDuration, formatUsd } from "../units";
import { type Call, currencyName } from "./call";

type Registry = Pick<Addresses, "priceRegistry">;

const abi = IPriceRegistry__factory.createInterface();

/** @param input.feed Where the price comes from; zero: it is set by hand. */
export function addCurrency(
  { priceRegistry: to }: Registry,
  input: { currency: string; usdPerToken: bigint; feed: string; maxAge: bigint },
): Call {
  const { currency, usdPerToken, feed, maxAge } = input;
  return {
    to,
    data: abi.encodeFunctionData("addCurrency", [currency, usdPerToken, feed, maxAge]),
    value: 0n,
    description: `list ${currencyName(currency)} at ${formatUsd(usdPerToken)} USD, ${sourceOf(feed, maxAge)}`,
  };
}

export function setFeed({ priceRegistry: to }: Registry, input: { currency: string; feed: string; maxAge: bigint }): Call {
  const { currency, feed, maxAge } = input;
  return {
    to,
    data: abi.encodeFunctionData("setFeed", [currency, feed, maxAge]),
    value: 0n,
    description: `have ${currencyName(currency)} ${sourceOf(feed, maxAge)}`,
  };
}

export function setPrice({ priceRegistry: to }: Registry, input: { currency: string; usdPerToken: bigint }): Call {
  const { currency, usdPerToken } = input;
  return {
    to,
    data: abi.encodeFunctionData("setPrice", [currency, usdPerToken]),
    value: 0n,
    description: `set the price of ${currencyName(currency)} to ${formatUsd(usdPerToken)} USD`,
  };
}

export function syncPrice({ priceRegistry: to }: Registry, input: { currency: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("syncPrice", [input.currency]),
    value: 0n,
    description: `take the price of ${currencyName(input.currency)} from its feed`,
  };
}

export function pauseCurrency({ priceRegistry: to }: Registry, input: { currency: string; paused: boolean }): Call {
  const { currency, paused } = input;
  return {
    to,
    data: abi.encodeFunctionData("pauseCurrency", [currency, paused]),
    value: 0n,
    description: `${paused ? "pause" : "resume"} ${currencyName(currency)}`,
  };
}

function sourceOf(feed: string, maxAge: bigint): string {
  if (isNative(feed)) return "priced by hand";
  return `priced by the feed ${feed}, whose answers are stale after ${formatDuration(maxAge)}`;
}
