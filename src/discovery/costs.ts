import {
  type AccountInfo,
  type BucketInfo,
  type CurrencyInfo,
  type ReadOptions,
  VIEWS_AT_ONCE,
  mapLimited,
  readAccounts,
  readBuckets,
  readCurrencies,
  readCurrency,
} from "../network";
import type { Registries } from "../registries";
import { SECONDS_PER_MONTH } from "../units";

/** How fast what is paid in USD becomes tokens, at the present price of a currency. */
export interface Pace {
  /** By how much the currency's index grows in a second: 10^36 / price. */
  indexPerSecond: bigint;
  scale: bigint;
}

/** Costs of a bucket. */
export interface BucketCost extends BucketInfo {
  /** Base units per month at the present price, rounded down. */
  tokensPerMonth: bigint;
}

/** Payments of an account in one currency, by bucket. An account pays all its buckets or none: they are covered together. */
export interface AccountCost extends AccountInfo {
  currencyInfo: CurrencyInfo;
  pace: Pace;
  /** Base units per month at the present price, rounded down. */
  tokensPerMonth: bigint;
  buckets: BucketCost[];
}

/** Present costs of an owner's buckets. */
export interface Costs {
  /** The block that it was read at, and its time (unix seconds). */
  blockNumber: number;
  timestamp: bigint;
  /** One for each currency in which the owner has a bucket or a balance. */
  accounts: AccountCost[];
}

/** Reads what the buckets of an owner cost, and what pays for them. */
export async function readCosts(registries: Registries, owner: string, options: ReadOptions = {}): Promise<Costs> {
  const { accountRegistry, clusterRegistry } = registries;
  const block = await accountRegistry.runner?.provider?.getBlock(options.blockTag ?? "latest");
  if (block === null || block === undefined) throw new Error("the registries are not connected to a network");
  const at = { ...options, blockTag: block.number };
  const currencies = await readCurrencies(registries, at);
  const owned = await readBuckets(registries, owner, at);
  const clusterIds = [...new Set(owned.map(({ clusterId }) => clusterId))];
  // A bucket without its cluster holds and pays nothing; its currency id is 0.
  const found = await mapLimited(clusterIds, (id) => clusterRegistry.currencyIdOf(id, { blockTag: at.blockTag }), VIEWS_AT_ONCE);
  const currencyIds = new Map(clusterIds.map((id, index) => [id, found[index]]));

  const accounts = await mapLimited(await readAccounts(registries, [owner], currencies, at), async (account) => {
    const currencyInfo = await readCurrency(registries, account.currency, at);
    const { currencyId, scale } = currencyInfo;
    const { indexPerSecond } = await accountRegistry.currencyOf(currencyId, { blockTag: at.blockTag });
    const pace = { indexPerSecond, scale };
    const buckets = owned
      .filter(({ clusterId }) => currencyIds.get(clusterId) === currencyId)
      .map((bucket) => ({ ...bucket, tokensPerMonth: tokensPerMonth(bucket.ratePerMonth, pace) }));
    return { ...account, currencyInfo, pace, tokensPerMonth: tokensPerMonth(account.ratePerMonth, pace), buckets };
  });
  return {
    blockNumber: block.number,
    timestamp: BigInt(block.timestamp),
    accounts: accounts.filter(({ buckets, scaledBalance, ratePerMonth }) => buckets.length > 0 || scaledBalance + ratePerMonth > 0n),
  };
}

/** Converts a rate in USD at the present price, in base units per month, rounded down. */
export function tokensPerMonth(ratePerMonth: bigint, { indexPerSecond, scale }: Pace): bigint {
  return (ratePerMonth * indexPerSecond * SECONDS_PER_MONTH) / scale;
}

/**
 * The least deposit (base units) with which `coveredUntil` is at least `until`, at the present price; 0 where it is anyway.
 *
 * It does not matter when the deposit arrives, as long as the account has funds: what streams out meanwhile would have been paid for
 * anyway. An account out of funds pays nothing meanwhile, so that the same deposit, later, covers it for longer.
 * @param now When the account was read (unix seconds).
 */
export function depositToCover(
  { scaledBalance, ratePerMonth }: Pick<AccountInfo, "scaledBalance" | "ratePerMonth">,
  { indexPerSecond, scale }: Pace,
  now: bigint,
  until: bigint,
): bigint {
  if (until <= now) return 0n;
  const missing = (until - now) * ratePerMonth * indexPerSecond - scaledBalance;
  return missing <= 0n ? 0n : (missing + scale - 1n) / scale;
}
