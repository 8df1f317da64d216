import { type Amounts, type ClusterEarnings, type CurrencyInfo, type Earnings, NATIVE } from "../../src";
import type { TaskContext } from "./context";
import { amountOf, scaledAmountOf } from "./sections";
import { inTransactions } from "./settling";
import { table } from "./tables";

/** Earnings of an account by place, and the commands that pay them out, in order. */
export function earningsText(context: TaskContext, account: string, earnings: Earnings, earned: Amounts | undefined): string {
  const who = context.nameOf(account);
  const { clusters, currencies, accounts } = earnings;
  const lying = clusters.filter(
    ({ late, revenues, claimable }) => late + revenues > 0n || claimable.some(({ scaledAmount }) => scaledAmount > 0n),
  );
  const held = accounts.filter(({ balance }) => balance > 0n);
  const steps = [
    ...lying.flatMap(stepsOf),
    ...held.map(({ currency }) => `account:withdraw --currency ${nameIn(currency, currencies)} --amount all --as ${who}`),
  ];
  return [
    lying.length > 0 ? clustersTable(lying, currencies) : `No cluster owes ${who} anything.`,
    `In the account: ${held.map(({ currency, balance }) => amountIn(balance, currency, currencies)).join(", ") || "nothing"}`,
    ...(earned === undefined ? [] : [`Credited for its nodes and in fees so far: ${creditedText(earned, currencies)}`]),
    ...(steps.length === 0 ? [] : ["To get it:", ...steps.map((step, index) => `${index + 1}. ${step}`)]),
  ].join("\n");
}

function clustersTable(clusters: readonly ClusterEarnings[], currencies: readonly CurrencyInfo[]): string {
  return table(
    ["Cluster", "As", "Late", "To distribute", "To claim"],
    clusters.map(({ clusterId, roles, currency, late, revenues, claimable }) => [
      String(clusterId),
      roles.join(", "),
      scaledIn(late, currency, currencies),
      scaledIn(revenues, currency, currencies),
      claimable.map(({ nodeId, scaledAmount }) => `${scaledIn(scaledAmount, currency, currencies)} (node ${nodeId})`).join("\n"),
    ]),
  );
}

function stepsOf({ clusterId, bucketIds, claimable, isSettled, late, revenues }: ClusterEarnings): string[] {
  const arrives = late + revenues > 0n;
  // A distribution goes to all of its nodes.
  const claims = claimable.filter(({ scaledAmount }) => arrives || scaledAmount > 0n);
  return [
    ...(late > 0n ? inTransactions(bucketIds).map((ids) => `bucket:settle-payment --bucket ${ids.join(",")}`) : []),
    ...(isSettled ? [] : [`cluster:settle --cluster ${clusterId}`]),
    ...(arrives ? [`cluster:distribute-revenues --cluster ${clusterId}`] : []),
    ...claims.map(({ nodeId }) => `cluster:claim-revenues --cluster ${clusterId} --node ${nodeId}`),
  ];
}

function creditedText(earned: Amounts, currencies: readonly CurrencyInfo[]): string {
  return (
    Object.entries(earned)
      .map(([currency, scaled]) => scaledIn(scaled, currency, currencies))
      .join(", ") || "nothing"
  );
}

function scaledIn(scaled: bigint, address: string, currencies: readonly CurrencyInfo[]): string {
  const found = currencies.find(({ currency }) => currency === address);
  return found === undefined ? `${scaled} scaled units` : scaledAmountOf(scaled, found);
}

function amountIn(amount: bigint, address: string, currencies: readonly CurrencyInfo[]): string {
  const found = currencies.find(({ currency }) => currency === address);
  return found === undefined ? `${amount} base units` : amountOf(amount, found);
}

function nameIn(address: string, currencies: readonly CurrencyInfo[]): string {
  return address === NATIVE ? "native" : (currencies.find(({ currency }) => currency === address)?.symbol ?? address);
}
