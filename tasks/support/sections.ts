import {
  type AccountInfo,
  type BucketInfo,
  COVERED_FOREVER,
  type ClusterDetails,
  type CurrencyInfo,
  ZERO_ADDRESS,
  type NodeInfo,
  formatAmount,
  formatBps,
  formatCoverage,
  formatDuration,
  formatTime,
  formatUsd,
  readAccounts,
  readBucket,
  readCluster,
  readCurrency,
  readLine,
  readNode,
} from "../../src";
import type { TaskContext } from "./context";
import type { Section } from "./report";
import { card, printable, table } from "./tables";

/** How much of params is shown; the whole is in the JSON document. */
const CARD_WIDTH = 240;
const COLUMN_WIDTH = 40;

/** A sentence that says what happened. */
export function title(text: string): Section {
  return { key: "done", text, data: text };
}

export function amountOf(amount: bigint, { decimals, symbol }: Pick<CurrencyInfo, "decimals" | "symbol">): string {
  return `${formatAmount(amount, Number(decimals))} ${symbol}`;
}

/** An amount in scaled units, as the registries would pay it. */
export function scaledAmountOf(scaled: bigint, currency: CurrencyInfo): string {
  return amountOf(currency.scale === 0n ? 0n : scaled / currency.scale, currency);
}

export async function now({ provider }: TaskContext): Promise<bigint> {
  return BigInt((await provider.getBlock("latest"))?.timestamp ?? 0);
}

export async function nodeSection(context: TaskContext, id: bigint): Promise<Section> {
  const node = await readNode(context.registries, id);
  const text = card([
    ["Node", String(id)],
    ["Provider", context.nameOf(node.provider)],
    ["Rent", `${formatUsd(node.rentPerMonth)} USD per unit, per vnode, per month`],
    ["Capacity", `${node.capacity} units, ${node.reserved} reserved by ${node.clusters} cluster(s)`],
    ["Params", shownParams(node.params, CARD_WIDTH)],
  ]);
  return { key: "node", text, data: node };
}

export async function clusterSection(context: TaskContext, id: bigint): Promise<Section> {
  const cluster = await readCluster(context.registries, id);
  const line = await readLine(context.registries, id);
  const currency = await context.currency(cluster.currency);
  const text = card([
    ["Cluster", String(id)],
    ["Manager", context.nameOf(cluster.manager) + offered(context, cluster.offeredTo)],
    ["Vnodes", `${cluster.vnodeCount} on ${cluster.nodeCount} node(s)${vacancies(cluster)}`],
    ["Resource per vnode", `${cluster.resourcePerVnode} reserved, ${cluster.resourceUsed} used${cluster.closed ? ", closed to more" : ""}`],
    ["Rent", `${formatUsd(cluster.rentPerUnit)} USD per unit, per month`],
    ["Revenues", `${amountOf(cluster.revenues, currency)} to distribute${line.isSettled ? "" : ", and more once it is settled"}`],
    ...(line.scaledUnserved === 0n ? [] : ([["Not served", `${scaledAmountOf(line.scaledUnserved, currency)} to refund`]] as const)),
    ["Management fee", formatBps(cluster.managementFeeBps)],
    ["Params", shownParams(cluster.params, CARD_WIDTH)],
  ]);
  return { key: "cluster", text: `${text}\n${membersTable(cluster, currency)}`, data: { ...cluster, line } };
}

export async function bucketSection(context: TaskContext, id: bigint): Promise<Section> {
  const bucket = await readBucket(context.registries, id);
  const time = await now(context);
  const text = card([
    ["Bucket", String(id)],
    ["Owner", context.nameOf(bucket.owner) + offered(context, bucket.offeredTo)],
    ["Cluster", String(bucket.clusterId)],
    ["Resource", `${bucket.resource} units per vnode`],
    ["Pays", `${formatUsd(bucket.ratePerMonth)} USD per month`],
    ["Covered until", formatCoverage(bucket.coveredUntil, time)],
    ["Manager's cap", `${bucket.resourceCap} units at ${formatUsd(bucket.capRentPerUnit)} USD per unit, per month`],
    ...noticesOf(bucket),
    ["Params", shownParams(bucket.params, CARD_WIDTH)],
  ]);
  return { key: "bucket", text, data: bucket };
}

export async function accountSection(context: TaskContext, account: string, currencies: readonly CurrencyInfo[]): Promise<Section> {
  const accounts = await readAccounts(context.registries, [account], currencies);
  return { key: "accounts", text: accountsTable(context, accounts, currencies, await now(context)), data: accounts };
}

export async function currencySection(context: TaskContext, address: string): Promise<Section> {
  const currency = await readCurrency(context.registries, address, { nativeSymbol: context.nativeSymbol });
  return { key: "currency", text: currenciesTable([currency]), data: currency };
}

/** @param more A column more, with what it says of each node. */
export function nodesTable(
  context: TaskContext,
  nodes: readonly NodeInfo[],
  more?: [heading: string, cell: (node: NodeInfo) => string],
): string {
  return table(
    ["Node", "Provider", "Rent (USD)", "Capacity", "Reserved", "Clusters", ...(more ? [more[0]] : []), "Params"],
    nodes.map((node) => [
      String(node.nodeId),
      context.nameOf(node.provider),
      formatUsd(node.rentPerMonth),
      String(node.capacity),
      String(node.reserved),
      String(node.clusters),
      ...(more ? [more[1](node)] : []),
      shownParams(node.params),
    ]),
  );
}

function membersTable({ members }: ClusterDetails, currency: CurrencyInfo): string {
  return table(
    ["Node", "Vnodes", "Rent (USD)", "Quality", "To claim"],
    members.map(({ nodeId, vnodes, rentPerMonth, qualityBps, claimable }) => [
      String(nodeId),
      String(vnodes),
      formatUsd(rentPerMonth),
      formatBps(qualityBps),
      amountOf(claimable, currency),
    ]),
  );
}

export function clustersTable(
  context: TaskContext,
  clusters: readonly Omit<ClusterDetails, "members" | "vnodes">[],
  currencies: readonly CurrencyInfo[],
): string {
  return table(
    ["Cluster", "Manager", "Vnodes", "Nodes", "Reserved", "Used", "Rent (USD)", "Fee", "To distribute"],
    clusters.map((cluster) => [
      String(cluster.clusterId),
      context.nameOf(cluster.manager),
      String(cluster.vnodeCount),
      String(cluster.nodeCount),
      String(cluster.resourcePerVnode),
      String(cluster.resourceUsed),
      formatUsd(cluster.rentPerUnit),
      formatBps(cluster.managementFeeBps),
      amountIn(cluster.revenues, cluster.currency, currencies),
    ]),
  );
}

export function bucketsTable(context: TaskContext, buckets: readonly BucketInfo[], time: bigint): string {
  return table(
    ["Bucket", "Owner", "Cluster", "Resource", "Pays (USD/month)", "Covered until", "Notices"],
    buckets.map((bucket) => [
      String(bucket.bucketId),
      context.nameOf(bucket.owner),
      String(bucket.clusterId),
      String(bucket.resource),
      formatUsd(bucket.ratePerMonth),
      formatCoverage(bucket.coveredUntil, time),
      noticesOf(bucket)
        .map(([label, value]) => `${label} ${value}`)
        .join("\n"),
    ]),
  );
}

export function accountsTable(
  context: TaskContext,
  accounts: readonly AccountInfo[],
  currencies: readonly CurrencyInfo[],
  time: bigint,
): string {
  return table(
    ["Account", "Balance", "Pays (USD/month)", "Covered until"],
    accounts.map(({ account, currency, balance, ratePerMonth, coveredUntil }) => [
      context.nameOf(account),
      amountIn(balance, currency, currencies),
      formatUsd(ratePerMonth),
      formatCoverage(ratePerMonth === 0n ? COVERED_FOREVER : coveredUntil, time),
    ]),
  );
}

export function currenciesTable(currencies: readonly CurrencyInfo[]): string {
  return table(
    ["Currency", "Address", "Decimals", "Price (USD)", "Can move to", "Source", "Paused"],
    currencies.map((currency) => [
      currency.symbol,
      currency.currency,
      String(currency.decimals),
      formatUsd(currency.usdPerToken),
      `${formatUsd(currency.minPrice)} to ${formatUsd(currency.maxPrice)}`,
      currency.feed === ZERO_ADDRESS ? "by hand" : `${currency.feed}, stale after ${formatDuration(currency.maxAge)}`,
      currency.paused ? "paused" : "no",
    ]),
  );
}

function amountIn(amount: bigint, currency: string, currencies: readonly CurrencyInfo[]): string {
  const known = currencies.find((candidate) => candidate.currency === currency);
  return known === undefined ? `${amount} base units` : amountOf(amount, known);
}

function vacancies({ vnodes }: ClusterDetails): string {
  const vacant = vnodes.filter((nodeId) => nodeId === 0n).length;
  return vacant === 0 ? "" : `, ${vacant} vacant`;
}

function offered({ nameOf }: TaskContext, to: string): string {
  return to === ZERO_ADDRESS ? "" : `, offered to ${nameOf(to)}`;
}

function noticesOf({ reclaimableFrom, endsAt }: BucketInfo): [string, string][] {
  const notices: [string, bigint][] = [
    ["Reclaimable from", reclaimableFrom],
    ["Ends at", endsAt],
  ];
  return notices.filter(([, time]) => time > 0n).map(([label, time]) => [label, formatTime(time)]);
}

function shownParams(params: string, width = COLUMN_WIDTH): string {
  if (params === "") return "none";
  const shown = printable(params);
  return shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
}
