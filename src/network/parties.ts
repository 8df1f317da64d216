import type { BlockTag } from "ethers";

import type { TypedContractEvent, TypedEventLog } from "../bindings";
import type { Registries } from "../registries";
import { readAllLogs } from "./logs";

/** All who have ever been credited or paid, and who has ever posted a bond where. */
export interface KnownParties {
  accounts: string[];
  bonds: { clusterId: bigint; nodeId: bigint }[];
}

/** Finds every account that may own money, from the events of a network: every credited account appears in one. */
export async function findParties(
  { accountRegistry, clusterRegistry, termsRegistry }: Registries,
  range: { fromBlock: number; toBlock: BlockTag },
): Promise<KnownParties> {
  const provider = accountRegistry.runner?.provider;
  const toBlock = typeof range.toBlock === "number" ? range.toBlock : ((await provider?.getBlockNumber()) ?? 0);
  const read = <E extends TypedContractEvent>(query: (from: number, to: number) => Promise<TypedEventLog<E>[]>) =>
    readAllLogs(query, range.fromBlock, toBlock);

  const { Deposited, StreamChanged } = accountRegistry.filters;
  const { RevenuesDistributed, RevenuesClaimed, ClusterRemoved, NetworkFeeChanged } = clusterRegistry.filters;
  const deposits = await read((from, to) => accountRegistry.queryFilter(Deposited(), from, to));
  const streams = await read((from, to) => accountRegistry.queryFilter(StreamChanged(), from, to));
  const distributions = await read((from, to) => clusterRegistry.queryFilter(RevenuesDistributed(), from, to));
  const claims = await read((from, to) => clusterRegistry.queryFilter(RevenuesClaimed(), from, to));
  const removals = await read((from, to) => clusterRegistry.queryFilter(ClusterRemoved(), from, to));
  // Slashed bonds go to the network fee's account, too.
  const networks = await read((from, to) => clusterRegistry.queryFilter(NetworkFeeChanged(), from, to));
  const bonds = await read((from, to) => termsRegistry.queryFilter(termsRegistry.filters.BondPosted(), from, to));

  const accounts = [
    ...deposits.map(({ args }) => args.account),
    ...streams.map(({ args }) => args.payer),
    ...distributions.flatMap(({ args }) => [args.networkAccount, args.manager]),
    ...claims.map(({ args }) => args.provider),
    ...removals.map(({ args }) => args.networkAccount),
    ...networks.map(({ args }) => args.networkAccount),
  ];
  return {
    accounts: [...new Set(accounts)],
    bonds: bonds.map(({ args }) => ({ clusterId: args.clusterId, nodeId: args.nodeId })),
  };
}
