import { readAllLogs } from "../network";
import type { Registries } from "../registries";
import type { Amounts } from "../reputation";

/** All credits of an account for its nodes and as a manager or the network, in scaled units by currency. Only the events record them. */
export async function readEarned(
  { clusterRegistry }: Registries,
  account: string,
  { fromBlock, toBlock }: { fromBlock: number; toBlock: number },
): Promise<Amounts> {
  const { ClusterCreated, ClusterRemoved, RevenuesClaimed, RevenuesDistributed } = clusterRegistry.filters;
  const [any, me] = [undefined, account];
  const created = await readAllLogs((from, to) => clusterRegistry.queryFilter(ClusterCreated(), from, to), fromBlock, toBlock);
  const claimed = await readAllLogs((from, to) => clusterRegistry.queryFilter(RevenuesClaimed(any, any, me), from, to), fromBlock, toBlock);
  const managed = await readAllLogs(
    (from, to) => clusterRegistry.queryFilter(RevenuesDistributed(any, any, me), from, to),
    fromBlock,
    toBlock,
  );
  const levied = await readAllLogs((from, to) => clusterRegistry.queryFilter(RevenuesDistributed(any, me), from, to), fromBlock, toBlock);
  const left = await readAllLogs((from, to) => clusterRegistry.queryFilter(ClusterRemoved(any, me), from, to), fromBlock, toBlock);

  // Clusters that are gone, too.
  const currencies = new Map(created.map(({ args }) => [args.clusterId, args.currency]));
  const credits = [
    ...claimed.map(({ args }) => ({ clusterId: args.clusterId, amount: args.scaledAmount })),
    ...managed.map(({ args }) => ({ clusterId: args.clusterId, amount: args.managementFee })),
    ...levied.map(({ args }) => ({ clusterId: args.clusterId, amount: args.networkFee })),
    ...left.map(({ args }) => ({ clusterId: args.clusterId, amount: args.leftover })),
  ];
  const earned: Amounts = {};
  for (const { clusterId, amount } of credits) {
    const currency = currencies.get(clusterId);
    if (currency === undefined) throw new Error(`the events do not say how cluster ${clusterId} was created`);
    earned[currency] = (earned[currency] ?? 0n) + amount;
  }
  return earned;
}
