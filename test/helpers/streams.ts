import { usd } from "../fixtures";
import { scale, indexPerSecond } from "./units";

/** What a rate (USD, 18 decimals, per month) moves in so many seconds at a price, in scaled units. */
export function streamed(ratePerMonth: bigint, seconds: bigint, usdPerToken = usd("1")): bigint {
  return ratePerMonth * indexPerSecond(usdPerToken) * seconds;
}

/** An amount in base units of a token with so many decimals, in scaled units. */
export function scaled(baseUnits: bigint, decimals = 6n): bigint {
  return baseUnits * scale(decimals);
}
