import type { Registries } from "../registries";
import { type KnownParties, findParties } from "./parties";
import { mapLimited } from "./paging";
import { readAccounts, readBuckets, readClusters, readCurrencies, readMembers, type ReadOptions } from "./read";

/** What a currency's custody consists of, in scaled units unless it says otherwise. */
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
  unsettled: bigint;
  pools: bigint;
  undistributed: bigint;
  unclaimed: bigint;
  /** What providers have posted to answer for their nodes. */
  bonds: bigint;
  /** `scaledOwed` less all of these: 0, or a defect (or an account that nobody knew of). */
  difference: bigint;
  /** Whether nothing is missing: enough tokens are held, and the parts add up. */
  sound: boolean;
}

/**
 * Checks for each currency that the registry holds what it owes, and that what it owes is exactly the sum of what everyone has.
 * @param known All who have ever been credited, all streams and all bonds, where the caller knows them; otherwise they are read from the events.
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
  const buckets = await readBuckets(registries, undefined, at);
  const known = options.known ?? (await findParties(registries, { fromBlock: options.fromBlock ?? 0, toBlock: at.blockTag }));

  const accounts = await readAccounts(registries, [...new Set(known.accounts)], currencies, at);
  const pairs = unique([...known.streams, ...buckets.map(({ owner, clusterId }) => ({ payer: owner, clusterId }))]);
  const bonds = await mapLimited(unique(known.bonds), ({ clusterId, nodeId }) =>
    termsRegistry.getAgreement(clusterId, nodeId, { blockTag: at.blockTag }),
  );
  const streams = await mapLimited(pairs, ({ payer, clusterId }) => accountRegistry.getStream(payer, clusterId, { blockTag: at.blockTag }));
  const parts = await mapLimited(clusters, async ({ clusterId, currency }) => ({
    currency,
    pool: await accountRegistry.poolOf(clusterId, { blockTag: at.blockTag }),
    undistributed: await clusterRegistry.undistributedOf(clusterId, { blockTag: at.blockTag }),
    unclaimed: sum((await readMembers(registries, clusterId, at)).map(({ scaledClaimable }) => scaledClaimable)),
  }));

  return mapLimited(currencies, async ({ currency, currencyId, symbol, decimals, scale }) => {
    const { held, owed } = await accountRegistry.custody(currency, { blockTag: at.blockTag });
    const ofCurrency = parts.filter((part) => part.currency === currency);
    const scaledOwed = owed * scale;
    const balances = sum(accounts.filter((account) => account.currency === currency).map(({ scaledBalance }) => scaledBalance));
    const unsettled = sum(streams.filter((stream) => stream.currencyId === currencyId).map((stream) => stream.scaledOwed));
    const pools = sum(ofCurrency.map(({ pool }) => pool));
    const undistributed = sum(ofCurrency.map((part) => part.undistributed));
    const unclaimed = sum(ofCurrency.map((part) => part.unclaimed));
    // Bonds are kept in base units, and outlive their clusters.
    const bonded = scale * sum(bonds.filter((bond) => bond.currencyId === currencyId).map(({ bond }) => bond));
    const difference = scaledOwed - balances - unsettled - pools - undistributed - unclaimed - bonded;
    return {
      currency,
      symbol,
      decimals,
      held,
      owed,
      scaledOwed,
      balances,
      unsettled,
      pools,
      undistributed,
      unclaimed,
      bonds: bonded,
      difference,
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
