import { NATIVE, formatUsd } from "../../src";

/** The arguments of an event, by name. */
export type Args = Record<string, unknown>;
/** An amount of an event, by the name of the argument, in the currency that it is about. */
export type Amount = (name: string) => string;
type NameOf = (address: string) => string;
type Sentence<A> = (args: A, nameOf: NameOf, amount: Amount) => string;

interface Replacement {
  clusterId: bigint;
  oldNodeId: bigint;
  newNodeId: bigint;
}

/** Arguments of events in sentences, without amounts. */
interface EventArgs {
  NodeCreated: { nodeId: bigint; provider: string; capacity: bigint; rentPerMonth: bigint };
  ClusterCreated: { clusterId: bigint; manager: string; vnodeCount: bigint; nodeIds: bigint[] };
  BucketCreated: { bucketId: bigint; owner: string; clusterId: bigint };
  CurrencyListed: { currency: string; decimals: bigint };
  VnodeReplaced: Replacement & { vnodeIndex: bigint };
  NodeReplaced: Replacement & { vnodes: bigint };
  VacancyFilled: { clusterId: bigint; nodeId: bigint; vnodes: bigint };
  NodeVacated: { clusterId: bigint; nodeId: bigint; vnodes: bigint };
  ClusterFilled: { clusterId: bigint; nodeIds: bigint[] };
  Deposited: { account: string; payer: string };
  Withdrawn: { account: string; to: string };
  Credited: { account: string };
  Debited: { account: string };
  AccountTouched: { account: string };
  StreamChanged: { payer: string; clusterId: bigint; ratePerMonth: bigint; accountRatePerMonth: bigint };
  ClusterSettled: { clusterId: bigint; ratePerMonth: bigint };
  UnservedRefunded: { payer: string; clusterId: bigint };
  RevenuesDistributed: { clusterId: bigint; networkAccount: string; manager: string };
  RevenuesClaimed: { clusterId: bigint; nodeId: bigint; provider: string };
}

const SENTENCES: { [Name in keyof EventArgs]: Sentence<EventArgs[Name]> } = {
  NodeCreated: ({ nodeId, provider, capacity, rentPerMonth }, nameOf) =>
    `node ${nodeId} of ${nameOf(provider)}: ${capacity} units at ${formatUsd(rentPerMonth)} USD per unit, per vnode, per month`,
  ClusterCreated: ({ clusterId, manager, vnodeCount, nodeIds }, nameOf) => {
    const where = nodeIds.length === 0 ? "without nodes yet" : `on node(s) ${nodeIds.join(", ")}`;
    return `cluster ${clusterId} of ${nameOf(manager)}: ${vnodeCount} vnode(s) ${where}`;
  },
  BucketCreated: ({ bucketId, owner, clusterId }, nameOf) => `bucket ${bucketId} of ${nameOf(owner)} in cluster ${clusterId}`,
  CurrencyListed: ({ currency, decimals }, nameOf) =>
    `currency ${currency === NATIVE ? "native" : nameOf(currency)} with ${decimals} decimals`,
  VnodeReplaced: ({ vnodeIndex, ...replacement }) => `vnode ${vnodeIndex} of cluster ${replacement.clusterId} ${moveText(replacement)}`,
  NodeReplaced: ({ vnodes, ...replacement }) => `${vnodes} vnode(s) of cluster ${replacement.clusterId} ${moveText(replacement)}`,
  VacancyFilled: ({ clusterId, nodeId, vnodes }) => `${vnodes} vacant vnode(s) of cluster ${clusterId} move to node ${nodeId}`,
  NodeVacated: ({ clusterId, nodeId, vnodes }) => `node ${nodeId} leaves cluster ${clusterId}, and ${vnodes} vnode(s) vacant`,
  ClusterFilled: ({ clusterId, nodeIds }) => `the vnodes of cluster ${clusterId} are on node(s) ${nodeIds.join(", ")}`,
  Deposited: ({ account, payer }, nameOf, amount) => {
    const from = account === payer ? "" : ` from ${nameOf(payer)}`;
    return `${nameOf(account)} deposits ${amount("amount")}${from}: ${amount("scaledBalance")} in all`;
  },
  Withdrawn: ({ account, to }, nameOf, amount) => {
    const whereTo = account === to ? "" : ` to ${nameOf(to)}`;
    return `${nameOf(account)} withdraws ${amount("amount")}${whereTo}: ${amount("scaledBalance")} left`;
  },
  Credited: ({ account }, nameOf, amount) =>
    `the account of ${nameOf(account)} is credited with ${amount("scaledAmount")}: ${amount("scaledBalance")} in all`,
  Debited: ({ account }, nameOf, amount) =>
    `${amount("scaledAmount")} leave the account of ${nameOf(account)} for a bond: ${amount("scaledBalance")} left`,
  AccountTouched: ({ account }, nameOf, amount) => `${nameOf(account)} has paid its clusters: ${amount("scaledBalance")} left`,
  StreamChanged: ({ payer, clusterId, ratePerMonth, accountRatePerMonth }, nameOf, amount) =>
    `${nameOf(payer)} pays ${formatUsd(ratePerMonth)} USD per month to cluster ${clusterId} from now on, ` +
    `${formatUsd(accountRatePerMonth)} USD in all: ${amount("scaledBalance")} left`,
  ClusterSettled: ({ clusterId, ratePerMonth }) =>
    `cluster ${clusterId} is settled: payers of ${formatUsd(ratePerMonth)} USD per month are left`,
  UnservedRefunded: ({ payer, clusterId }, nameOf, amount) =>
    `${nameOf(payer)} gets back ${amount("scaledAmount")}, which cluster ${clusterId} did not serve`,
  RevenuesDistributed: ({ clusterId, networkAccount, manager }, nameOf, amount) =>
    `cluster ${clusterId} distributes ${amount("networkFee")} to ${nameOf(networkAccount)} (network fee), ` +
    `${amount("managementFee")} to ${nameOf(manager)} (management fee) and ${amount("shares")} to its nodes`,
  RevenuesClaimed: ({ clusterId, nodeId, provider }, nameOf, amount) =>
    `${nameOf(provider)} gets ${amount("scaledAmount")} for node ${nodeId} in cluster ${clusterId}`,
};

/** The sentence of an event; undefined if it has none. */
export function sentenceOf(name: string, args: Args, nameOf: NameOf, amount: Amount): string | undefined {
  // The bindings decode just these arguments.
  const sentence = (SENTENCES as unknown as Partial<Record<string, Sentence<Args>>>)[name];
  return sentence?.(args, nameOf, amount);
}

function moveText({ oldNodeId, newNodeId }: Replacement): string {
  return `moves from node ${oldNodeId} to node ${newNodeId}`;
}
