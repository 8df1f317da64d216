// How far a price may move, as docs and interfaces say it: twofold at once, and as its budget refills.

/** In how many seconds an empty budget is full. */
export const REFILL_TIME = 124_650n;
export const MIN_PRICE = 10n ** 10n;
export const MAX_PRICE = 10n ** 25n;

export interface Budget {
  /** The price may rise to twice this. */
  riseBase: bigint;
  /** The price may fall to half of this. */
  fallBase: bigint;
  updatedAt: bigint;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

export function fullBudget(price: bigint, now: bigint): Budget {
  return { riseBase: price, fallBase: price, updatedAt: now };
}

/** The budget at a time, if the price has been the same since it was last updated. */
function at({ riseBase, fallBase, updatedAt }: Budget, price: bigint, now: bigint): Budget {
  const grown = REFILL_TIME + now - updatedAt;
  return {
    riseBase: min((riseBase * grown) / REFILL_TIME, price),
    fallBase: max(ceilDiv(fallBase * REFILL_TIME, grown), price),
    updatedAt: now,
  };
}

/** Between what the price may be set. */
export function boundsOf(budget: Budget, price: bigint, now: bigint): { minPrice: bigint; maxPrice: bigint } {
  const { riseBase, fallBase } = at(budget, price, now);
  return { minPrice: max(ceilDiv(fallBase, 2n), MIN_PRICE), maxPrice: min(2n * riseBase, MAX_PRICE) };
}

export function moved(budget: Budget, price: bigint, newPrice: bigint, now: bigint): Budget {
  const { riseBase, fallBase } = at(budget, price, now);
  return { riseBase: min(riseBase, newPrice), fallBase: max(fallBase, newPrice), updatedAt: now };
}

/** From when on the bounds hold a price, or since when the budget is full, found by trying. */
export function allowedFrom(budget: Budget, price: bigint, wanted: bigint, now: bigint): bigint {
  const isThere = (time: bigint): boolean => {
    const { riseBase, fallBase } = at(budget, price, time);
    return wanted > price ? 2n * riseBase >= wanted || riseBase === price : ceilDiv(fallBase, 2n) <= wanted || fallBase === price;
  };
  let [early, late] = [budget.updatedAt - 1n, budget.updatedAt + REFILL_TIME];
  while (late - early > 1n) {
    const middle = (early + late) / 2n;
    if (isThere(middle)) late = middle;
    else early = middle;
  }
  return max(late, now);
}
