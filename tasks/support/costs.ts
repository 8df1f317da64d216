import {
  type AccountCost,
  COVERED_FOREVER,
  type CurrencyInfo,
  NATIVE,
  type Paid,
  formatAmount,
  formatCoverage,
  formatTime,
  formatUsd,
} from "../../src";
import type { TaskContext } from "./context";
import { amountOf, scaledAmountOf } from "./sections";
import { card, table } from "./tables";

/** An account with what it pays for, and the deposit that would cover it until a time. */
export function costText(
  context: TaskContext,
  cost: AccountCost & { deposit: bigint | undefined },
  now: bigint,
  until: bigint | undefined,
): string {
  const { account, balance, buckets, coveredUntil, currencyInfo, ratePerMonth, tokensPerMonth } = cost;
  const about = card([
    ["Account", `${context.nameOf(account)}, ${currencyInfo.symbol}`],
    ["Balance", amountOf(balance, currencyInfo)],
    ["Pays", `${formatUsd(ratePerMonth)} USD per month: ${amountOf(tokensPerMonth, currencyInfo)} at the present price`],
    ["Covered until", formatCoverage(ratePerMonth === 0n ? COVERED_FOREVER : coveredUntil, now)],
  ]);
  const all = buckets.map((bucket) => [
    String(bucket.bucketId),
    String(bucket.clusterId),
    `${bucket.resource} units per vnode`,
    formatUsd(bucket.ratePerMonth),
    amountOf(bucket.tokensPerMonth, currencyInfo),
  ]);
  return [
    about,
    ...(all.length > 0 ? [table(["Bucket", "Cluster", "Holds", "Pays (USD/month)", "At the present price (a month)"], all)] : []),
    ...(until === undefined ? [] : [depositText(context, cost, until)]),
  ].join("\n");
}

/** Payments and refunds so far, by cluster. */
export function paidText(paid: readonly Paid[], currencies: readonly CurrencyInfo[]): string {
  if (paid.length === 0) return "";
  const rows = paid.map(({ clusterId, currencyId, scaledPaid, scaledRefunded }) => {
    const info = currencies.find((candidate) => candidate.currencyId === currencyId);
    const shown = (scaled: bigint): string => (info === undefined ? `${scaled} scaled units` : scaledAmountOf(scaled, info));
    return [String(clusterId), shown(scaledPaid), shown(scaledRefunded)];
  });
  return table(["Cluster", "Paid so far", "Of which refunded"], rows);
}

function depositText({ nameOf }: TaskContext, cost: AccountCost & { deposit: bigint | undefined }, until: bigint): string {
  const { account, currencyInfo, deposit = 0n, ratePerMonth } = cost;
  if (ratePerMonth === 0n) return `In ${currencyInfo.symbol} nothing has to be paid.`;
  if (deposit === 0n) return `In ${currencyInfo.symbol} all is covered until ${formatTime(until)} already, at the present price.`;
  const name = currencyInfo.currency === NATIVE ? "native" : currencyInfo.symbol;
  const amount = formatAmount(deposit, Number(currencyInfo.decimals));
  return (
    `To be covered until ${formatTime(until)} at the present price, deposit ${amountOf(deposit, currencyInfo)}: ` +
    `account:deposit --currency ${name} --amount ${amount} --as ${nameOf(account)}`
  );
}
