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

/** How wide a tick is of a currency that was listed at 1 USD: 2^72 of the index, 4,722 seconds and a bit at that price. */
export const TICK_BITS = 72n;

/** The index at which the streams of an account that is touched are registered to end: the last tick before it runs out of funds; 0: none. */
export function endIndexOf(index: bigint, scaledBalance: bigint, ratePerMonth: bigint, tickBits = TICK_BITS): bigint {
  const lastTick = (index + scaledBalance / ratePerMonth) >> tickBits;
  return lastTick === index >> tickBits ? 0n : lastTick << tickBits;
}
