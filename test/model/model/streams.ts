import { Fraction } from "../fraction";
import { FOREVER, MAX_RATE } from "./limits";
import { refuse } from "./refusal";
import { MONTH, paysFor, tokensPerUsd, usd } from "./rounding";
import type { Account, Address, Bucket, Cluster, Currency, State } from "./state";

/** What somebody has in a currency. */
export function accountOf(currency: Currency, address: Address): Account {
  const known = currency.accounts.get(address);
  if (known !== undefined) return known;
  const account = { balance: Fraction.ZERO, missed: Fraction.ZERO };
  currency.accounts.set(address, account);
  return account;
}

export function credit(currency: Currency, address: Address, amount: Fraction): void {
  const account = accountOf(currency, address);
  account.balance = account.balance.plus(amount);
}

/** What one USD a month costs in a second. */
export function costPerSecond({ usdPerToken }: Currency): Fraction {
  return tokensPerUsd(usdPerToken).over(MONTH);
}

/** The buckets that somebody owns in clusters that are paid in a currency. */
function bucketsOf(state: State, currency: Currency, owner: Address): Bucket[] {
  return [...state.buckets.values()].filter(
    (bucket) => bucket.owner === owner && state.clusters.get(bucket.clusterId)?.currency === currency,
  );
}

/** What somebody pays in a currency, or to one cluster (USD, 18 decimals, per month). */
export function rateOf(state: State, currency: Currency, payer: Address, clusterId?: bigint): bigint {
  const paid = bucketsOf(state, currency, payer).filter((bucket) => clusterId === undefined || bucket.clusterId === clusterId);
  return paid.reduce((sum, { rate }) => sum + rate, 0n);
}

/** Whether somebody owes, and can pay nothing. */
export function isDry(state: State, currency: Currency, payer: Address): boolean {
  const rate = rateOf(state, currency, payer);
  return rate !== 0n && paysFor(accountOf(currency, payer).balance, rate).isZero;
}

export function coveredUntil(state: State, currency: Currency, payer: Address): bigint {
  const rate = rateOf(state, currency, payer);
  if (rate === 0n) return FOREVER;
  const seconds = accountOf(currency, payer)
    .balance.over(costPerSecond(currency).times(usd(rate)))
    .floor();
  const until = state.now + seconds;
  return until < FOREVER ? until : FOREVER;
}

/** What a payer owes to a cluster goes to its pool. */
export function settle(cluster: Cluster, payer: Address): void {
  cluster.pool = cluster.pool.plus(cluster.unsettled.get(payer) ?? Fraction.ZERO);
  cluster.unsettled.delete(payer);
}

/** Why somebody may not pay that much more to a cluster. */
export function requireMayPay(state: State, { currency }: Cluster, payer: Address, more: bigint): void {
  const rate = rateOf(state, currency, payer) + more;
  refuse(currency.paused && ["CurrencyPaused", currency.id], rate > MAX_RATE && ["RateTooHigh", payer, rate, MAX_RATE]);
}

/** Lets it be later: everyone pays what they can, to all clusters at once. */
export function passTo(state: State, timestamp: bigint): void {
  const seconds = timestamp - state.now;
  state.now = timestamp;
  for (const currency of state.currencies.values()) {
    const cost = costPerSecond(currency).times(seconds);
    currency.cost = currency.cost.plus(cost);
    for (const owner of new Set([...state.buckets.values()].map((bucket) => bucket.owner))) stream(state, currency, owner, cost);
  }
}

/** Somebody pays for as much of the time that has passed as the balance allows. */
function stream(state: State, currency: Currency, payer: Address, cost: Fraction): void {
  const buckets = bucketsOf(state, currency, payer);
  const rate = rateOf(state, currency, payer);
  const account = accountOf(currency, payer);
  const payable = rate === 0n ? cost : paysFor(account.balance, rate);
  const paid = payable.isBelow(cost) ? payable : cost;
  account.balance = account.balance.minus(paid.times(usd(rate)));
  account.missed = account.missed.plus(cost.minus(paid));
  for (const bucket of buckets) {
    const { unsettled } = state.clusters.get(bucket.clusterId)!;
    unsettled.set(payer, (unsettled.get(payer) ?? Fraction.ZERO).plus(paid.times(usd(bucket.rate))));
    bucket.paidFor = bucket.paidFor.plus(paid);
    if (bucket.notice !== undefined) {
      bucket.notice.passed = bucket.notice.passed.plus(cost);
      bucket.notice.paid = bucket.notice.paid.plus(paid);
    }
  }
}
