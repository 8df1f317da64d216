import { Fraction } from "../fraction";

// All the places where what the parties have is rounded, always down. Everything else in the model is exact.

const USD = 10n ** 18n;
/** A month of 31 days, in seconds. */
export const MONTH = 2_678_400n;

/** The smallest part of a token that can change hands, whatever its decimals. */
export const SCALED = Fraction.of(1n, 10n ** 36n * MONTH);

/** What one USD a month costs in a second, in the smallest steps in which it is counted: tokens per USD a month. */
export const STEP = Fraction.of(1n, USD * MONTH);

/** Rates, rents and prices have 18 decimals. */
export function usd(amount: bigint): Fraction {
  return Fraction.of(amount, USD);
}

/** Tokens per USD are counted to 18 decimals. */
export function tokensPerUsd(usdPerToken: bigint): Fraction {
  return Fraction.of(1n).over(usd(usdPerToken)).floorTo(usd(1n));
}

/** A tick: in steps of what one USD a month costs, the power of two that is nearest to an hour at a price, by its logarithm. */
export function tickAt(usdPerToken: bigint): Fraction {
  const hour = tokensPerUsd(usdPerToken).times(3_600n).over(MONTH).over(STEP).floor();
  let tick = 1n;
  while (2n * tick * tick <= hour * hour) tick *= 2n;
  return STEP.times(tick);
}

/** For how much of "what one USD a month costs" a balance pays. */
export function paysFor(balance: Fraction, ratePerMonth: bigint): Fraction {
  return balance.over(usd(ratePerMonth)).floorTo(STEP);
}

/** A fee on an amount. */
export function feeOn(amount: Fraction, basisPoints: bigint): Fraction {
  return amount.times(basisPoints).over(10_000n).floorTo(SCALED);
}

/** Which part of something another thing is, in 2^-32. */
export function shareOf(part: bigint, whole: bigint): Fraction {
  return Fraction.of(part, whole).floorTo(Fraction.of(1n, 2n ** 32n));
}

/** What each unit of weight (one wei of a USD of rent, at a quality of one basis point) gets of an amount. */
export function sharePerWeight(amount: Fraction, weight: bigint): Fraction {
  return amount.over(weight).floorTo(SCALED);
}

/** What remains of a bucket's rate when it gives resource back: the one thing that is rounded up. */
export function remainingRate(rate: bigint, left: bigint, held: bigint): bigint {
  return (rate * left + held - 1n) / held;
}
