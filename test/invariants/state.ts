import { type Interface, Result, ZeroAddress } from "ethers";

import type { World } from "./world";

const ALL = 2 ** 32 - 1;

export interface CurrencyState {
  currency: string;
  usdPerToken: bigint;
  index: bigint;
  finePerBaseUnit: bigint;
  held: bigint;
  owed: bigint;
}

export interface AccountState {
  account: string;
  currency: string;
  rate: bigint;
  balance: bigint;
  fineBalance: bigint;
  fundedIndex: bigint;
}

export interface StreamState {
  payer: string;
  clusterId: bigint;
  rate: bigint;
  fineOwed: bigint;
}

export interface MemberState {
  nodeId: bigint;
  vnodes: bigint;
  rent: bigint;
  fineClaimable: bigint;
}

export interface ClusterState {
  clusterId: bigint;
  manager: string;
  offeredTo: string;
  currency: string;
  vnodeCount: bigint;
  resourcePerVnode: bigint;
  resourceUsed: bigint;
  rentPerUnit: bigint;
  managementFeeBps: bigint;
  pool: bigint;
  undivided: bigint;
  members: MemberState[];
  /** The node of each vnode. */
  vnodes: bigint[];
}

export interface NodeState {
  nodeId: bigint;
  provider: string;
  rentPerMonth: bigint;
  capacity: bigint;
  reserved: bigint;
  clusters: bigint;
}

export interface BucketState {
  bucketId: bigint;
  owner: string;
  offeredTo: string;
  clusterId: bigint;
  resource: bigint;
  ratePerMonth: bigint;
}

/** All that the registries show, as of one block. */
export interface State {
  currencies: CurrencyState[];
  nodes: NodeState[];
  clusters: ClusterState[];
  buckets: BucketState[];
  accounts: AccountState[];
  streams: StreamState[];
  /** What is left in the pools of removed clusters. */
  leftBehind: bigint;
}

interface Registry {
  interface: Interface;
  multicall: { staticCall: (calls: string[]) => Promise<string[]> };
}

/** One view for many arguments, in one call: a walk reads everything after each step. */
async function readMany(registry: Registry, view: string, argumentLists: readonly unknown[][]): Promise<unknown[]> {
  const calls = argumentLists.map((args) => registry.interface.encodeFunctionData(view, args));
  const answers = await registry.multicall.staticCall(calls);
  return answers.map((answer) => registry.interface.decodeFunctionResult(view, answer).toArray()[0] as unknown);
}

function amount(value: unknown, field?: string): bigint {
  const found: unknown = field !== undefined && value instanceof Result ? value.getValue(field) : value;
  if (typeof found !== "bigint") throw new Error(`${field ?? "The answer"} is no number.`);
  return found;
}

function list(value: unknown): unknown[] {
  if (!(value instanceof Result)) throw new Error("The answer is no list.");
  return value.toArray();
}

export async function readState(world: World): Promise<State> {
  const { accountRegistry, nodeRegistry, clusterRegistry, bucketRegistry } = world;
  const { items: nodes } = await nodeRegistry.listNodes(1, ALL, ZeroAddress);
  const { items: living, total: clustersEnd } = await clusterRegistry.listClusters(1, ALL, ZeroAddress);
  const { items: buckets } = await bucketRegistry.listBuckets(1, ALL, ZeroAddress);
  const livingIds = living.map(({ clusterId }) => [clusterId]);
  const everyId = Array.from({ length: Number(clustersEnd) - 1 }, (_, i) => BigInt(i + 1));

  const members = await readMany(clusterRegistry, "getMembers", livingIds);
  const vnodes = await readMany(
    clusterRegistry,
    "getVnodes",
    livingIds.map((id) => [...id, 0, ALL]),
  );
  const undivided = await readMany(
    clusterRegistry,
    "undividedOf",
    everyId.map((id) => [id]),
  );
  const pools = await readMany(
    accountRegistry,
    "poolOf",
    everyId.map((id) => [id]),
  );
  const inPool = (id: bigint): bigint => amount(pools[Number(id) - 1]);
  const notDivided = (id: bigint): bigint => amount(undivided[Number(id) - 1]);
  const removed = everyId.filter((id) => !living.some(({ clusterId }) => clusterId === id));
  return {
    ...(await readMoney(world, everyId)),
    nodes: [...nodes],
    buckets: [...buckets],
    clusters: living.map((status, i) => ({
      clusterId: status.clusterId,
      manager: status.manager,
      offeredTo: status.offeredTo,
      currency: status.currency,
      vnodeCount: status.vnodeCount,
      resourcePerVnode: status.resourcePerVnode,
      resourceUsed: status.resourceUsed,
      rentPerUnit: status.rentPerUnit,
      managementFeeBps: status.managementFeeBps,
      pool: inPool(status.clusterId),
      undivided: notDivided(status.clusterId),
      members: list(members[i]).map((member) => ({
        nodeId: amount(member, "nodeId"),
        vnodes: amount(member, "vnodes"),
        rent: amount(member, "rentPerMonth"),
        fineClaimable: amount(member, "fineClaimable"),
      })),
      vnodes: list(vnodes[i]).map((nodeId) => amount(nodeId)),
    })),
    leftBehind: removed.reduce((sum, id) => sum + inPool(id) + notDivided(id), 0n),
  };
}

async function readMoney(
  { accountRegistry, currencies, actors, owners }: World,
  clusterIds: readonly bigint[],
): Promise<Pick<State, "currencies" | "accounts" | "streams">> {
  const addresses = [...actors.keys()];
  const pairs = currencies.flatMap((currency) => addresses.map((account) => ({ account, currency })));
  const accounts = await readMany(
    accountRegistry,
    "getAccount",
    pairs.map(({ account, currency }) => [account, currency]),
  );
  // Nobody else comes to own a bucket.
  const flows = clusterIds.flatMap((clusterId) => owners.map(({ address }) => ({ payer: address, clusterId })));
  const streams = await readMany(
    accountRegistry,
    "getStream",
    flows.map(({ payer, clusterId }) => [payer, clusterId]),
  );
  return {
    currencies: await Promise.all(
      currencies.map(async (currency) => {
        const { usdPerToken, index, finePerBaseUnit } = await accountRegistry.getCurrency(currency);
        const { held, owed } = await accountRegistry.custody(currency);
        return { currency, usdPerToken, index, finePerBaseUnit, held, owed };
      }),
    ),
    accounts: pairs.map((pair, i) => ({
      ...pair,
      rate: amount(accounts[i], "ratePerMonth"),
      balance: amount(accounts[i], "balance"),
      fineBalance: amount(accounts[i], "fineBalance"),
      fundedIndex: amount(accounts[i], "fundedIndex"),
    })),
    streams: flows.map((flow, i) => ({
      ...flow,
      rate: amount(streams[i], "ratePerMonth"),
      fineOwed: amount(streams[i], "fineOwed"),
    })),
  };
}
