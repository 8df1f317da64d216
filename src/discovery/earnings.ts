import {
  type AccountInfo,
  type ClusterInfo,
  type CurrencyInfo,
  type LatePayer,
  type LineInfo,
  type ReadOptions,
  VIEWS_AT_ONCE,
  mapLimited,
  readAccounts,
  readClusters,
  readCurrencies,
  readLatePayers,
  readLine,
  readMembers,
  readNodes,
  simulateTogether,
} from "../network";
import type { Registries } from "../registries";
import { type Divided, type Division, divide } from "./division";

/** The role in which an account earns in a cluster. */
export type EarningRole = "provider" | "manager" | "network";

/** Earnings of an account in a cluster that it has not received yet, by place; scaled units. */
export interface ClusterEarnings {
  clusterId: bigint;
  currency: string;
  roles: EarningRole[];
  /** The part of what owners have paid and the cluster's revenues do not show yet, as their accounts ran out of funds since. */
  late: bigint;
  /** Settling these buckets passes it on. */
  bucketIds: bigint[];
  /** The part of what the cluster has earned now, which distributing moves on: fees to the account, shares to be claimed. */
  revenues: bigint;
  /** Whether distributing can reach what it has earned up to now; otherwise the cluster has to be settled first. */
  isSettled: boolean;
  /** Claimable shares of the account's nodes there. */
  claimable: { nodeId: bigint; scaledAmount: bigint }[];
}

/** Earnings of an account that it has not withdrawn. */
export interface Earnings {
  blockNumber: number;
  currencies: CurrencyInfo[];
  clusters: ClusterEarnings[];
  /** Balances of the account, by currency, of any origin. */
  accounts: AccountInfo[];
}

/** Reads the earnings of an account as a provider, a manager or the network, and their places. */
export async function readEarnings(registries: Registries, account: string, options: ReadOptions = {}): Promise<Earnings> {
  const { accountRegistry, clusterRegistry } = registries;
  const blockNumber = await accountRegistry.runner?.provider?.getBlockNumber();
  const blockTag = options.blockTag ?? blockNumber ?? "latest";
  const at = { ...options, blockTag };
  const currencies = await readCurrencies(registries, at);
  const [networkFeeBps, networkAccount] = await clusterRegistry.networkFee({ blockTag });
  const own = new Set((await readNodes(registries, account, at)).map(({ nodeId }) => nodeId));
  const all = await readClusters(registries, undefined, at);
  const served = await mapLimited(all, (cluster) => dividedOf(registries, cluster, networkFeeBps, at), VIEWS_AT_ONCE);
  const earning = served.flatMap((divided) => {
    const roles = rolesIn(divided, account, networkAccount, own);
    return roles.length > 0 ? [{ ...divided, roles }] : [];
  });
  const payers = await readLatePayers(
    registries,
    earning.map(({ cluster }) => cluster.clusterId),
    at,
  );
  return {
    blockNumber: typeof blockTag === "number" ? blockTag : (blockNumber ?? 0),
    currencies,
    clusters: await mapLimited(earning, (one) => earningsOf(registries, one, payers, own, at)),
    accounts: await readAccounts(registries, [account], currencies, at),
  };
}

interface Earning extends Divided {
  cluster: ClusterInfo;
  line: LineInfo;
  roles: EarningRole[];
}

async function dividedOf(
  registries: Registries,
  cluster: ClusterInfo,
  networkFeeBps: bigint,
  options: ReadOptions & { blockTag: number | string | bigint },
): Promise<Omit<Earning, "roles">> {
  const { clusterRegistry } = registries;
  const [id, at] = [cluster.clusterId, { blockTag: options.blockTag }];
  const [members, line, undistributed, { served: weight }] = await Promise.all([
    readMembers(registries, id, options),
    readLine(registries, id, options),
    clusterRegistry.undistributedOf(id, at),
    clusterRegistry.servedOf(id, at),
  ]);
  return { cluster, members, networkFeeBps, line, undistributed, weight };
}

function rolesIn(
  { cluster, members }: Omit<Earning, "roles">,
  account: string,
  networkAccount: string,
  own: ReadonlySet<bigint>,
): EarningRole[] {
  const roles: [EarningRole, boolean][] = [
    ["provider", members.some(({ nodeId }) => own.has(nodeId))],
    ["manager", cluster.manager === account],
    ["network", networkAccount === account],
  ];
  return roles.filter(([, has]) => has).map(([role]) => role);
}

async function earningsOf(
  registries: Registries,
  earning: Earning,
  latePayers: readonly LatePayer[],
  own: ReadonlySet<bigint>,
  at: ReadOptions,
): Promise<ClusterEarnings> {
  const { cluster, members, line, roles } = earning;
  const { clusterId, currency } = cluster;
  const late = latePayers.filter((payer) => payer.clusterId === clusterId);
  const partOf = (amount: bigint): bigint => part(divide(amount, earning), roles, own);
  const revenues = partOf(line.scaledRevenue);
  return {
    clusterId,
    currency,
    roles,
    late: late.length === 0 ? 0n : partOf(await revenuesAfterTouching(registries, cluster, late, at)) - revenues,
    bucketIds: late.map(({ bucketId }) => bucketId),
    revenues,
    isSettled: line.isSettled,
    claimable: members
      .filter(({ nodeId }) => own.has(nodeId))
      .map(({ nodeId, scaledClaimable }) => ({ nodeId, scaledAmount: scaledClaimable })),
  };
}

/** Simulates the revenues of a cluster after touching these accounts: only the registry knows the unserved part of late payments. */
async function revenuesAfterTouching(
  { accountRegistry }: Registries,
  { clusterId, currency }: ClusterInfo,
  payers: readonly LatePayer[],
  { blockTag = "latest" }: ReadOptions,
): Promise<bigint> {
  const abi = accountRegistry.interface;
  const touches = payers.map(({ payer }) => abi.encodeFunctionData("touchAccount", [payer, currency]));
  const calls = [...touches, abi.encodeFunctionData("poolOf", [clusterId])];
  const results = await simulateTogether(accountRegistry, calls, blockTag);
  const [scaledRevenue] = abi.decodeFunctionResult("poolOf", results.at(-1) ?? "0x") as unknown as [bigint];
  return scaledRevenue;
}

/** The part of a division for an account with these roles and nodes. */
function part({ networkFee, managementFee, shares }: Division, roles: readonly EarningRole[], own: ReadonlySet<bigint>): bigint {
  const fees = (roles.includes("network") ? networkFee : 0n) + (roles.includes("manager") ? managementFee : 0n);
  return [...shares].reduce((total, [nodeId, share]) => (own.has(nodeId) ? total + share : total), fees);
}
