import {
  type Amounts,
  type CurrencyInfo,
  type Reputation,
  type Reputations,
  formatAmount,
  formatBps,
  formatTime,
  readReputations,
} from "../../src";
import type { TaskContext } from "./context";
import { amountOf, scaledAmountOf } from "./sections";
import { progress } from "./report";
import { card } from "./tables";

const SECONDS_PER_DAY = 86_400n;

/** All reputations, from the events: on networks with a long history this takes a while. */
export async function reputationsOf({ provider, addresses, deployment }: TaskContext, toBlock: number): Promise<Reputations> {
  const onProgress = (read: number, total: number): void => {
    if (read < total) progress(`Reading events: ${read} of ${total} blocks …`);
  };
  return readReputations(provider, addresses, { fromBlock: deployment.fromBlock, toBlock }, { onProgress });
}

export function reputationCard(reputation: Reputation, about: readonly [string, string][], currencies: readonly CurrencyInfo[]): string {
  const { servedSince, vnodes, clusters, qualityBps, reports, misses, slashes, exits, exclusions } = reputation;
  return card([
    ...about,
    ["Serves", `${vnodes} vnode(s) of ${clusters} cluster(s)${servedSince === 0n ? "" : `, the first since ${formatTime(servedSince)}`}`],
    ["Served", `${vnodeDays(reputation)} vnode-days at a quality of ${formatBps(qualityBps)}`],
    ["Earned and claimed", amountsText(reputation.earned, currencies, scaledAmountOf)],
    ["Reports", `${reports}, of which ${misses} of a miss`],
    ["Slashed", `${slashes} times, in all ${amountsText(reputation.slashed, currencies, amountOf)}`],
    ["Exits", `${exits} announced, ${exclusions} exclusion(s)`],
  ]);
}

/** A reputation in a cell of a table. */
export function reputationCell(reputation: Reputation | undefined): string {
  if (reputation === undefined) return "unknown";
  const { misses, slashes, exclusions } = reputation;
  const marks: [bigint, string][] = [
    [misses, "misses"],
    [slashes, "slashes"],
    [exclusions, "exclusions"],
  ];
  const shown = marks.filter(([count]) => count > 0n).map(([count, what]) => `${count} ${what}`);
  return [`${vnodeDays(reputation)} vnode-days`, ...shown].join(", ");
}

/** Vnode-days with two decimals, rounded down. */
function vnodeDays({ vnodeSeconds }: Reputation): string {
  return formatAmount((vnodeSeconds * 100n) / SECONDS_PER_DAY, 2);
}

function amountsText(
  amounts: Amounts,
  currencies: readonly CurrencyInfo[],
  format: (amount: bigint, currency: CurrencyInfo) => string,
): string {
  const known = currencies.filter(({ currency }) => (amounts[currency] ?? 0n) > 0n);
  return known.map((currency) => format(amounts[currency.currency] ?? 0n, currency)).join(", ") || "nothing";
}
