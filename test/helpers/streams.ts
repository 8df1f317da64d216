import { MONTH, usd } from "../fixtures";

const INDEX_SCALE = 10n ** 36n;

/** By how much an index grows in a second at a price: the exact number of which rates are multiplied. */
export function indexPerSecond(usdPerToken: bigint = usd("1")): bigint {
  return INDEX_SCALE / usdPerToken;
}

/** What a rate (USD, 18 decimals, per month) moves in so many seconds at a price, in fine units. */
export function streamed(ratePerMonth: bigint, seconds: bigint, usdPerToken: bigint = usd("1")): bigint {
  return ratePerMonth * indexPerSecond(usdPerToken) * seconds;
}

/** An amount in base units of a token with so many decimals, in fine units. */
export function fine(baseUnits: bigint, decimals = 6n): bigint {
  return baseUnits * MONTH * 10n ** (36n - decimals);
}
