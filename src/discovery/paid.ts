import { readAllLogs } from "../network";
import type { Registries } from "../registries";

/** All payments of an account to a cluster, in scaled units. */
export interface Paid {
  clusterId: bigint;
  currencyId: bigint;
  /** Each rate x how much of the currency's index the account paid for at it. */
  scaledPaid: bigint;
  /** The refunded part, for missing service. */
  scaledRefunded: bigint;
}

/**
 * Computes an account's payments to each cluster, up to the block `toBlock`. Payers are not settled one by one, so payments follow from the rates and
 * paid indexes in the events, and from the account's paid index at that block.
 */
export async function readPaid(
  { accountRegistry }: Registries,
  account: string,
  { fromBlock, toBlock }: { fromBlock: number; toBlock: number },
): Promise<Paid[]> {
  const { StreamChanged, UnservedRefunded } = accountRegistry.filters;
  const changes = await readAllLogs((from, to) => accountRegistry.queryFilter(StreamChanged(account), from, to), fromBlock, toBlock);
  const refunds = await readAllLogs((from, to) => accountRegistry.queryFilter(UnservedRefunded(account), from, to), fromBlock, toBlock);

  const streams = new Map<bigint, Paid & { ratePerMonth: bigint; paidIndex: bigint }>();
  for (const { args } of changes) {
    const { clusterId, currencyId, ratePerMonth, paidIndex } = args;
    const before = streams.get(clusterId) ?? { clusterId, currencyId, scaledPaid: 0n, scaledRefunded: 0n, ratePerMonth: 0n, paidIndex };
    const scaledPaid = before.scaledPaid + before.ratePerMonth * (paidIndex - before.paidIndex);
    streams.set(clusterId, { ...before, scaledPaid, ratePerMonth, paidIndex });
  }

  const paidIndexes = new Map<bigint, bigint>();
  for (const currencyId of new Set([...streams.values()].map((stream) => stream.currencyId))) {
    const [, paidIndex] = await accountRegistry.coverageOf(account, currencyId, { blockTag: toBlock });
    paidIndexes.set(currencyId, paidIndex);
  }
  return [...streams.values()].map(({ clusterId, currencyId, scaledPaid, ratePerMonth, paidIndex }) => ({
    clusterId,
    currencyId,
    scaledPaid: scaledPaid + (ratePerMonth === 0n ? 0n : ratePerMonth * ((paidIndexes.get(currencyId) ?? paidIndex) - paidIndex)),
    scaledRefunded: refunds.filter(({ args }) => args.clusterId === clusterId).reduce((total, { args }) => total + args.scaledAmount, 0n),
  }));
}
