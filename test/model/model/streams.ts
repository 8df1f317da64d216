import { Fraction } from "../fraction";
import { passEnd, passOn, receive, refundOf } from "./lines";
import { FOREVER, MAX_END_TICKS, MAX_RATE, MAX_STREAMS } from "./limits";
import { refuse } from "./refusal";
import { MONTH, paysFor, tokensPerUsd, usd } from "./rounding";
import type { Account, Address, Bucket, Cluster, Currency, State } from "./state";

/** What somebody has in a currency. */
export function accountOf(currency: Currency, address: Address): Account {
  const known = currency.accounts.get(address);
  if (known !== undefined) return known;
  const account = { balance: Fraction.ZERO, missed: Fraction.ZERO, knownUntil: Fraction.ZERO, late: Fraction.ZERO, creditedSince: false };
  currency.accounts.set(address, account);
  return account;
}

/** Adds to an account, which is not touched by that. */
export function credit(currency: Currency, address: Address, amount: Fraction): void {
  const account = accountOf(currency, address);
  account.balance = account.balance.plus(amount);
  account.creditedSince = true;
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

/** The clusters that somebody pays in a currency. */
export function clustersPaidBy(state: State, currency: Currency, payer: Address): Cluster[] {
  const ids = new Set(bucketsOf(state, currency, payer).flatMap(({ rate, clusterId }) => (rate === 0n ? [] : [clusterId])));
  return [...ids].map((id) => state.clusters.get(id)!);
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

/** What a payer has paid a cluster that the cluster does not know of. */
export function lateOf(state: State, cluster: Cluster, payer: Address): Fraction {
  const { late } = accountOf(cluster.currency, payer);
  return late.times(usd(rateOf(state, cluster.currency, payer, cluster.id)));
}

/** What somebody would have back by a touch. */
export function refundsTo(state: State, currency: Currency, payer: Address): Fraction {
  const account = accountOf(currency, payer);
  return Fraction.sum(clustersPaidBy(state, currency, payer).map((cluster) => refundOf(cluster, payer, account)));
}

/**
 * Touches an account: its clusters know of all that it has paid, and it has back what they did not serve. Then something may change, and its
 * streams are registered to end at the last tick before it runs out of funds.
 */
export function touch(state: State, currency: Currency, payer: Address, change?: () => void): void {
  const account = accountOf(currency, payer);
  for (const cluster of clustersPaidBy(state, currency, payer)) {
    const refund = refundOf(cluster, payer, account);
    passOn(cluster, payer, lateOf(state, cluster, payer), refund);
    account.balance = account.balance.plus(refund);
  }
  account.late = Fraction.ZERO;
  change?.();
  account.creditedSince = false;
  for (const { id } of clustersPaidBy(state, currency, payer)) state.lines.set(id, currency);
  account.knownUntil = endOf(currency, account, rateOf(state, currency, payer));
}

/** What one USD a month will have cost at the end of an account's streams; what it has cost until now, if less than a tick is left. */
function endOf({ cost, tick }: Currency, { balance }: Account, rate: bigint): Fraction {
  if (rate === 0n) return cost;
  const [end, farthest] = [cost.plus(paysFor(balance, rate)).floorTo(tick), cost.floorTo(tick).plus(tick.times(MAX_END_TICKS))];
  if (!cost.isBelow(end)) return cost;
  return farthest.isBelow(end) ? farthest : end;
}

/** Why somebody may not pay that much more to a cluster. */
export function requireMayPay(state: State, { currency, id }: Cluster, payer: Address, more: bigint): void {
  const rate = rateOf(state, currency, payer) + more;
  const clusters = new Set(clustersPaidBy(state, currency, payer).map((cluster) => cluster.id));
  refuse(
    currency.paused && ["CurrencyPaused", currency.id],
    rate > MAX_RATE && ["RateTooHigh", payer, rate, MAX_RATE],
    more !== 0n && !clusters.has(id) && BigInt(clusters.size) >= MAX_STREAMS && ["StreamLimitReached", payer, MAX_STREAMS],
  );
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

  // No account runs out of funds before the registered end of its streams.
  const before = currency.cost.minus(cost);
  const untilEnd = before.isBelow(account.knownUntil) ? account.knownUntil.minus(before) : Fraction.ZERO;
  const known = untilEnd.isBelow(paid) ? untilEnd : paid;
  const late = paid.minus(known);
  const ends = !untilEnd.isZero && !cost.isBelow(untilEnd);
  if (rate !== 0n) account.late = account.late.plus(late);
  for (const bucket of buckets) {
    const cluster = state.clusters.get(bucket.clusterId)!;
    receive(cluster, payer, known.times(usd(bucket.rate)), late.times(usd(bucket.rate)));
    if (ends) passEnd(cluster, bucket.rate);
    bucket.paidFor = bucket.paidFor.plus(paid);
    if (bucket.notice !== undefined) {
      bucket.notice.passed = bucket.notice.passed.plus(cost);
      bucket.notice.paid = bucket.notice.paid.plus(paid);
    }
  }
}
