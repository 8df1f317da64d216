import { NATIVE, formatUsd } from "../../src";

/** The arguments of an event, by name. */
export type Args = Record<string, unknown>;
/** An amount of an event, by the name of the argument, in the currency that it is about. */
export type Amount = (name: string) => string;
type NameOf = (address: string) => string;
type Sentence = (args: Args, nameOf: NameOf, amount: Amount) => string;

/** What an event with such arguments says. */
function sentence<A extends object>(tell: (args: A, nameOf: NameOf, amount: Amount) => string): Sentence {
  return (args, nameOf, amount) => tell(args as A, nameOf, amount);
}

interface InCluster {
  clusterId: bigint;
  nodeId: bigint;
}

interface Replacement {
  clusterId: bigint;
  oldNodeId: bigint;
  newNodeId: bigint;
}

/** What the events say that people wait for; of the others, the name and the arguments are told. */
export const SENTENCES: Readonly<Record<string, Sentence>> = {
  NodeCreated: sentence<{ nodeId: bigint; provider: string; capacity: bigint; rentPerMonth: bigint }>(
    ({ nodeId, provider, capacity, rentPerMonth }, nameOf) =>
      `node ${nodeId} of ${nameOf(provider)}: ${capacity} units at ${formatUsd(rentPerMonth)} USD per unit, per vnode, per month`,
  ),
  ClusterCreated: sentence<{ clusterId: bigint; manager: string; vnodeCount: bigint; nodeIds: bigint[] }>(
    ({ clusterId, manager, vnodeCount, nodeIds }, nameOf) => {
      const where = nodeIds.length === 0 ? "without nodes yet" : `on node(s) ${nodeIds.join(", ")}`;
      return `cluster ${clusterId} of ${nameOf(manager)}: ${vnodeCount} vnode(s) ${where}`;
    },
  ),
  BucketCreated: sentence<{ bucketId: bigint; owner: string; clusterId: bigint }>(
    ({ bucketId, owner, clusterId }, nameOf) => `bucket ${bucketId} of ${nameOf(owner)} in cluster ${clusterId}`,
  ),
  CurrencyAdded: sentence<{ currency: string; decimals: bigint }>(
    ({ currency, decimals }, nameOf) => `currency ${currency === NATIVE ? "native" : nameOf(currency)} with ${decimals} decimals`,
  ),
  VnodeReplaced: sentence<Replacement & { vnodeIndex: bigint }>(
    ({ vnodeIndex, ...replacement }) => `vnode ${vnodeIndex} of cluster ${replacement.clusterId} ${moveText(replacement)}`,
  ),
  NodeReplaced: sentence<Replacement & { vnodes: bigint }>(
    ({ vnodes, ...replacement }) => `${vnodes} vnode(s) of cluster ${replacement.clusterId} ${moveText(replacement)}`,
  ),
  NodeVacated: sentence<InCluster & { vnodes: bigint }>(
    ({ clusterId, nodeId, vnodes }) => `node ${nodeId} leaves cluster ${clusterId}, and ${vnodes} vnode(s) vacant`,
  ),
  ClusterFilled: sentence<{ clusterId: bigint; nodeIds: bigint[] }>(
    ({ clusterId, nodeIds }) => `the vnodes of cluster ${clusterId} are on node(s) ${nodeIds.join(", ")}`,
  ),
  Deposited: sentence<{ account: string; payer: string }>(({ account, payer }, nameOf, amount) => {
    const from = account === payer ? "" : ` from ${nameOf(payer)}`;
    return `${nameOf(account)} deposits ${amount("amount")}${from}: ${amount("fineBalance")} in all`;
  }),
  Withdrawn: sentence<{ account: string; to: string }>(({ account, to }, nameOf, amount) => {
    const whereTo = account === to ? "" : ` to ${nameOf(to)}`;
    return `${nameOf(account)} withdraws ${amount("amount")}${whereTo}: ${amount("fineBalance")} left`;
  }),
  PaymentSettled: sentence<{ payer: string; clusterId: bigint }>(
    ({ payer, clusterId }, nameOf, amount) => `${nameOf(payer)} pays ${amount("fineSettled")} to cluster ${clusterId}`,
  ),
  UnservedReturned: sentence<{ payer: string; clusterId: bigint }>(
    ({ payer, clusterId }, nameOf, amount) =>
      `${nameOf(payer)} gets back ${amount("fineAmount")}, which cluster ${clusterId} did not serve`,
  ),
  RevenuesDistributed: sentence<{ clusterId: bigint; networkAccount: string; manager: string }>(
    ({ clusterId, networkAccount, manager }, nameOf, amount) =>
      `cluster ${clusterId} distributes ${amount("networkFee")} to ${nameOf(networkAccount)} (network fee), ` +
      `${amount("managementFee")} to ${nameOf(manager)} (management fee) and ${amount("shares")} to its nodes`,
  ),
  RevenuesClaimed: sentence<InCluster & { provider: string }>(
    ({ clusterId, nodeId, provider }, nameOf, amount) =>
      `${nameOf(provider)} gets ${amount("fineAmount")} for node ${nodeId} in cluster ${clusterId}`,
  ),
};

function moveText({ oldNodeId, newNodeId }: Replacement): string {
  return oldNodeId === 0n ? `was vacant, and is now on node ${newNodeId}` : `moves from node ${oldNodeId} to node ${newNodeId}`;
}
