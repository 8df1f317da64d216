import {
  type AccountInfo,
  type ClusterInfo,
  type CurrencyInfo,
  type Debt,
  type ReadOptions,
  VIEWS_AT_ONCE,
  mapLimited,
  readAccounts,
  readClusters,
  readCurrencies,
  readDebts,
  readMembers,
  readNodes,
} from "../network";
import type { Registries } from "../registries";
import { type Divided, type Division, divide } from "./division";

/** As what somebody earns in a cluster. */
export type EarningRole = "provider" | "manager" | "network";

/** What somebody earns in a cluster and has not got yet, by where it lies; scaled units. */
export interface ClusterEarnings {
  clusterId: bigint;
  currency: string;
  roles: EarningRole[];
  /** The part of what owners owe and nobody has settled; by the weights and fees of now. */
  unsettled: bigint;
  /** Settling these buckets moves it to the pool. */
  bucketIds: bigint[];
  /** The part of the pool, which distributing moves on: fees to the account, shares to be claimed. */
  pool: bigint;
  /** What each of the account's nodes there can claim. */
  claimable: { nodeId: bigint; scaledAmount: bigint }[];
}

/** What somebody earned and has not withdrawn. */
export interface Earnings {
  blockNumber: number;
  currencies: CurrencyInfo[];
  clusters: ClusterEarnings[];
  /** What is in the account, by currency: ready to be withdrawn, whatever it came from. */
  accounts: AccountInfo[];
}

/** Reads what an account has earned as a provider, a manager or the network, and where it lies. */
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
  const debts = await readDebts(
    registries,
    earning.map(({ cluster }) => cluster.clusterId),
    at,
  );
  return {
    blockNumber: typeof blockTag === "number" ? blockTag : (blockNumber ?? 0),
    currencies,
    clusters: earning.map((one) => earningsOf(one, debts, own)),
    accounts: await readAccounts(registries, [account], currencies, at),
  };
}

interface Earning extends Divided {
  cluster: ClusterInfo;
  pool: bigint;
  roles: EarningRole[];
}

async function dividedOf(
  registries: Registries,
  cluster: ClusterInfo,
  networkFeeBps: bigint,
  options: ReadOptions & { blockTag: number | string | bigint },
): Promise<Omit<Earning, "roles">> {
  const { accountRegistry, clusterRegistry } = registries;
  const [id, at] = [cluster.clusterId, { blockTag: options.blockTag }];
  const [members, pool, undistributed, { served: weight }] = await Promise.all([
    readMembers(registries, id, options),
    accountRegistry.poolOf(id, at),
    clusterRegistry.undistributedOf(id, at),
    clusterRegistry.servedOf(id, at),
  ]);
  return { cluster, members, networkFeeBps, pool, undistributed, weight };
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

function earningsOf(earning: Earning, debts: readonly Debt[], own: ReadonlySet<bigint>): ClusterEarnings {
  const { cluster, members, pool, roles } = earning;
  const { clusterId, currency } = cluster;
  const owed = debts.filter((debt) => debt.clusterId === clusterId);
  const arriving = owed.reduce((total, { scaledOwed, scaledUnserved }) => total + scaledOwed - scaledUnserved, 0n);
  const partOf = (amount: bigint): bigint => part(divide(amount, earning), roles, own);
  return {
    clusterId,
    currency,
    roles,
    unsettled: partOf(pool + arriving) - partOf(pool),
    bucketIds: owed.map(({ bucketId }) => bucketId),
    pool: partOf(pool),
    claimable: members
      .filter(({ nodeId }) => own.has(nodeId))
      .map(({ nodeId, scaledClaimable }) => ({ nodeId, scaledAmount: scaledClaimable })),
  };
}

/** What of a division goes to somebody with these roles and nodes. */
function part({ networkFee, managementFee, shares }: Division, roles: readonly EarningRole[], own: ReadonlySet<bigint>): bigint {
  const fees = (roles.includes("network") ? networkFee : 0n) + (roles.includes("manager") ? managementFee : 0n);
  return [...shares].reduce((total, [nodeId, share]) => (own.has(nodeId) ? total + share : total), fees);
}
