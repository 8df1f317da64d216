import type { Registries } from "../registries";
import { VIEWS_AT_ONCE, mapLimited } from "./paging";
import { type KnownParties, findParties } from "./parties";
import { readAccounts, readClusters, readCurrencies, readLine, readMembers, readStreams, type ReadOptions } from "./read";

/** The parts of a currency's custody, in scaled units unless stated otherwise. */
export interface CustodyReport {
  currency: string;
  symbol: string;
  decimals: bigint;
  /** Tokens that the registry holds, in base units. */
  held: bigint;
  /** All deposits less all withdrawals, in base units. */
  owed: bigint;
  /** The same in scaled units: what the following have to add up to, exactly. */
  scaledOwed: bigint;
  balances: bigint;
  /** Revenues of clusters that are not distributed. */
  revenues: bigint;
  /** Withheld from clusters for refunds of missing service. */
  withheld: bigint;
  /** Payments that no cluster's revenues include yet: the last part before an account ran out of funds. */
  late: bigint;
  /** Undivided remainders of distributions. */
  undistributed: bigint;
  unclaimed: bigint;
  /** Bonds that providers have posted for their nodes. */
  bonds: bigint;
  /** `scaledOwed` less all of these: 0, or a defect (or an unknown account, or a cluster that has to be settled first). */
  difference: bigint;
  /** Clusters that no view can settle up to now, so that not all that they have earned is counted: settle them first. */
  unsettledClusters: bigint[];
  /** Whether nothing is missing: enough tokens are held, and the parts add up. */
  sound: boolean;
}

/**
 * Checks for each currency that the registry holds what it owes, and that what it owes is exactly the sum of what everyone has.
 * @param known All who have ever been credited or paid, and all bonds, where the caller knows them; otherwise they are read from the events.
 */
export async function checkCustody(
  registries: Registries,
  options: ReadOptions & { known?: KnownParties; fromBlock?: number } = {},
): Promise<CustodyReport[]> {
  const { accountRegistry, clusterRegistry, termsRegistry } = registries;
  const blockNumber = await accountRegistry.runner?.provider?.getBlockNumber();
  const at = { ...options, blockTag: options.blockTag ?? blockNumber ?? "latest" };
  const currencies = await readCurrencies(registries, at);
  const clusters = await readClusters(registries, undefined, at);
  const known = options.known ?? (await findParties(registries, { fromBlock: options.fromBlock ?? 0, toBlock: at.blockTag }));

  const accounts = await readAccounts(registries, [...new Set(known.accounts)], currencies, at);
  const paying = accounts.filter(({ streamCount }) => streamCount > 0n);
  const streams = await mapLimited(
    paying,
    async (account) => (await readStreams(registries, account, at)).map((stream) => ({ ...stream, currency: account.currency })),
    VIEWS_AT_ONCE,
  );
  const bonds = await mapLimited(unique(known.bonds), ({ clusterId, nodeId }) =>
    termsRegistry.getAgreement(clusterId, nodeId, { blockTag: at.blockTag }),
  );
  const parts = await mapLimited(clusters, async ({ clusterId, currency }) => ({
    currency,
    line: await readLine(registries, clusterId, at),
    undistributed: await clusterRegistry.undistributedOf(clusterId, { blockTag: at.blockTag }),
    unclaimed: sum((await readMembers(registries, clusterId, at)).map(({ scaledClaimable }) => scaledClaimable)),
  }));

  return mapLimited(currencies, async ({ currency, currencyId, symbol, decimals, scale }) => {
    const { held, owed } = await accountRegistry.custody(currency, { blockTag: at.blockTag });
    const isOfCurrency = (item: { currency: string }): boolean => item.currency === currency;
    const ofCurrency = parts.filter(isOfCurrency);
    const scaledOwed = owed * scale;
    const counted = {
      balances: sum(accounts.filter(isOfCurrency).map(({ scaledBalance }) => scaledBalance)),
      revenues: sum(ofCurrency.map(({ line }) => line.scaledRevenue)),
      withheld: sum(ofCurrency.map(({ line }) => line.scaledUnserved)),
      late: sum(
        streams
          .flat()
          .filter(isOfCurrency)
          .map(({ scaledLate }) => scaledLate),
      ),
      undistributed: sum(ofCurrency.map((part) => part.undistributed)),
      unclaimed: sum(ofCurrency.map((part) => part.unclaimed)),
      // Bonds are kept in base units, and outlive their clusters.
      bonds: scale * sum(bonds.filter((bond) => bond.currencyId === currencyId).map(({ bond }) => bond)),
    };
    const difference = scaledOwed - sum(Object.values(counted));
    return {
      currency,
      symbol,
      decimals,
      held,
      owed,
      scaledOwed,
      ...counted,
      difference,
      unsettledClusters: ofCurrency.filter(({ line }) => !line.isSettled).map(({ line }) => line.clusterId),
      sound: held >= owed && difference === 0n,
    };
  });
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** Each once, by all its values. */
function unique<T extends object>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [Object.values(item).join(" "), item])).values()];
}
