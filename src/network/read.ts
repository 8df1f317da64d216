import type { BlockTag } from "ethers";

import { IERC20Metadata__factory } from "../bindings";
import { ZERO_ADDRESS, type Registries, isNative } from "../registries";
import { VIEWS_AT_ONCE, mapLimited, readPages } from "./paging";
import { bucketFields, clusterFields, nodeFields, plain, plainAll } from "./plain";
import type {
  AccountInfo,
  BucketInfo,
  ClusterDetails,
  ClusterInfo,
  CurrencyInfo,
  LineInfo,
  MemberInfo,
  Network,
  NodeInfo,
  StreamInfo,
} from "./types";

/** A page of numbers may be longer than one of structs. */
const VNODES_AT_ONCE = 1_000n;

export interface ReadOptions {
  /** The block to read at; all parts of one answer come from the same. */
  blockTag?: BlockTag;
  /** Symbol of the chain's native currency. */
  nativeSymbol?: string;
  /** Is told what has been read so far of how much, for example of buckets. */
  onProgress?: (what: "nodes" | "clusters" | "buckets" | "accounts", read: bigint, total: bigint) => void;
}

/** Reads a whole network, page by page, as it is at one block. */
export async function readNetwork(registries: Registries, options: ReadOptions = {}): Promise<Network> {
  const { provider } = registries.accountRegistry.runner ?? {};
  const block = await provider?.getBlock(options.blockTag ?? "latest");
  if (block === null || block === undefined) throw new Error("the registries are not connected to a network");
  const at = { ...options, blockTag: block.number };
  const [networkFeeBps, networkAccount] = await registries.clusterRegistry.networkFee(atBlock(at));
  const currencies = await readCurrencies(registries, at);
  const nodes = await readNodes(registries, ZERO_ADDRESS, at);
  const clusters = await readAllClusters(registries, at);
  const buckets = await readBuckets(registries, ZERO_ADDRESS, at);
  const network = {
    blockNumber: block.number,
    timestamp: BigInt(block.timestamp),
    networkFeeBps,
    networkAccount,
    currencies,
    nodes,
    clusters,
    buckets,
  };
  const accounts = await readAccounts(registries, partiesOf(network), currencies, at);
  return { ...network, accounts: accounts.filter(({ scaledBalance, ratePerMonth }) => scaledBalance + ratePerMonth > 0n) };
}

/** Everyone who may own money in a network, as far as its nodes, clusters and buckets tell. */
export function partiesOf(network: Pick<Network, "networkAccount" | "nodes" | "clusters" | "buckets">): string[] {
  const parties = [
    ...network.nodes.map(({ provider }) => provider),
    ...network.clusters.map(({ manager }) => manager),
    ...network.buckets.map(({ owner }) => owner),
    network.networkAccount,
  ];
  return [...new Set(parties)];
}

export async function readCurrencies(registries: Registries, options: ReadOptions = {}): Promise<CurrencyInfo[]> {
  const currencies = await readPages(async (offset, limit) => {
    const { items, lastId } = await registries.priceRegistry.listCurrencies(offset, limit, atBlock(options));
    return [plainAll<Omit<CurrencyInfo, "symbol">>(items), lastId] as const;
  });
  return mapLimited(currencies, async (currency) => ({
    ...currency,
    symbol: await readSymbol(registries, currency.currency, options),
  }));
}

/** A listed currency; reverts if it is not. */
export async function readCurrency(registries: Registries, address: string, options: ReadOptions = {}): Promise<CurrencyInfo> {
  const currency = await registries.priceRegistry.getCurrency(address, atBlock(options));
  return {
    ...plain<Omit<CurrencyInfo, "symbol">>(currency),
    symbol: await readSymbol(registries, address, options),
  };
}

/** Symbol of a currency; its address where it has none. */
export async function readSymbol(registries: Registries, currency: string, options: ReadOptions = {}): Promise<string> {
  if (isNative(currency)) return options.nativeSymbol ?? "ETH";
  try {
    const symbol = await IERC20Metadata__factory.connect(currency, registries.accountRegistry.runner).symbol(atBlock(options));
    // A token names itself, and may do so to confuse: nothing that a terminal or a table would take for more than a name.
    return /^[\w.$-]{1,20}$/.test(symbol) ? symbol : currency;
  } catch {
    return currency;
  }
}

/** @param provider Filter by provider; zero: all. */
export function readNodes({ nodeRegistry }: Registries, provider = ZERO_ADDRESS, options: ReadOptions = {}): Promise<NodeInfo[]> {
  const readPage = async (offset: bigint, limit: bigint) => {
    const { items, lastId } = await nodeRegistry.listNodes(offset, limit, provider, atBlock(options));
    return [plainAll<NodeInfo>(items, nodeFields), lastId] as const;
  };
  return readPages(readPage, { onProgress: (read, total) => options.onProgress?.("nodes", read, total) });
}

/** @param manager Filter by manager; zero: all. */
export function readClusters({ clusterRegistry }: Registries, manager = ZERO_ADDRESS, options: ReadOptions = {}): Promise<ClusterInfo[]> {
  const readPage = async (offset: bigint, limit: bigint) => {
    const { items, lastId } = await clusterRegistry.listClusters(offset, limit, manager, atBlock(options));
    return [plainAll<ClusterInfo>(items, clusterFields), lastId] as const;
  };
  return readPages(readPage, { onProgress: (read, total) => options.onProgress?.("clusters", read, total) });
}

/** All clusters, with the nodes that serve them and the node of each of their vnodes. */
export async function readAllClusters(registries: Registries, options: ReadOptions = {}): Promise<ClusterDetails[]> {
  const clusters = await readClusters(registries, ZERO_ADDRESS, options);
  return mapLimited(clusters, (cluster) => readClusterDetails(registries, cluster, options), VIEWS_AT_ONCE);
}

/** @param owner Filter by owner; zero: all. */
export function readBuckets({ bucketRegistry }: Registries, owner = ZERO_ADDRESS, options: ReadOptions = {}): Promise<BucketInfo[]> {
  const readPage = async (offset: bigint, limit: bigint) => {
    const { items, lastId } = await bucketRegistry.listBuckets(offset, limit, owner, atBlock(options));
    return [plainAll<BucketInfo>(items, bucketFields), lastId] as const;
  };
  return readPages(readPage, { onProgress: (read, total) => options.onProgress?.("buckets", read, total) });
}

export async function readNode({ nodeRegistry }: Registries, nodeId: bigint, options: ReadOptions = {}): Promise<NodeInfo> {
  return plain<NodeInfo>(await nodeRegistry.getNode(nodeId, atBlock(options)), nodeFields);
}

export async function readCluster(registries: Registries, clusterId: bigint, options: ReadOptions = {}): Promise<ClusterDetails> {
  const cluster = plain<ClusterInfo>(await registries.clusterRegistry.getCluster(clusterId, atBlock(options)), clusterFields);
  return readClusterDetails(registries, cluster, options);
}

export async function readBucket({ bucketRegistry }: Registries, bucketId: bigint, options: ReadOptions = {}): Promise<BucketInfo> {
  return plain<BucketInfo>(await bucketRegistry.getBucket(bucketId, atBlock(options)), bucketFields);
}

/** A bucket; undefined if there is none with this id. */
export async function findBucket(
  { bucketRegistry }: Registries,
  bucketId: bigint,
  options: ReadOptions = {},
): Promise<BucketInfo | undefined> {
  const { items } = await bucketRegistry.listBuckets(bucketId, 1n, ZERO_ADDRESS, atBlock(options));
  return plainAll<BucketInfo>(items, bucketFields)[0];
}

export async function readMembers({ clusterRegistry }: Registries, clusterId: bigint, options: ReadOptions = {}): Promise<MemberInfo[]> {
  return plainAll<MemberInfo>(await clusterRegistry.getMembers(clusterId, atBlock(options)));
}

/** The node of each vnode, in the order of vnodes. */
export async function readVnodes(registries: Registries, clusterId: bigint, options: ReadOptions = {}): Promise<bigint[]> {
  const { vnodeCount } = await registries.clusterRegistry.getCluster(clusterId, atBlock(options));
  return readVnodesOf(registries, { clusterId, vnodeCount }, options);
}

function readVnodesOf(
  { clusterRegistry }: Registries,
  { clusterId, vnodeCount }: Pick<ClusterInfo, "clusterId" | "vnodeCount">,
  options: ReadOptions,
): Promise<bigint[]> {
  const readPage = async (offset: bigint, limit: bigint) => {
    const nodeIds = await clusterRegistry.getVnodes(clusterId, offset, limit, atBlock(options));
    return [nodeIds, vnodeCount - 1n] as const;
  };
  return readPages(readPage, { first: 0n, largest: VNODES_AT_ONCE });
}

/** Reads the balances of accounts in currencies. */
export async function readAccounts(
  { accountRegistry }: Registries,
  accounts: readonly string[],
  currencies: readonly Pick<CurrencyInfo, "currency">[],
  options: ReadOptions = {},
): Promise<AccountInfo[]> {
  const pairs = accounts.flatMap((account) => currencies.map(({ currency }) => ({ account, currency })));
  let read = 0n;
  const readOne = async ({ account, currency }: (typeof pairs)[number]) => {
    const status = await accountRegistry.getAccount(account, currency, atBlock(options));
    options.onProgress?.("accounts", ++read, BigInt(pairs.length));
    return { account, currency, ...plain<Omit<AccountInfo, "account" | "currency">>(status) };
  };
  return mapLimited(pairs, readOne, VIEWS_AT_ONCE);
}

/** All that an account pays in a currency. */
export async function readStreams(
  { accountRegistry }: Registries,
  { account, currency }: Pick<AccountInfo, "account" | "currency">,
  options: ReadOptions = {},
): Promise<StreamInfo[]> {
  const streams = await accountRegistry.listStreams(account, currency, atBlock(options));
  return plainAll<Omit<StreamInfo, "payer">>(streams).map((stream) => ({ payer: account, ...stream }));
}

/** Reads the line of a cluster; all zero for a cluster that was never paid. */
export async function readLine({ accountRegistry }: Registries, clusterId: bigint, options: ReadOptions = {}): Promise<LineInfo> {
  return { clusterId, ...plain<Omit<LineInfo, "clusterId">>(await accountRegistry.getLine(clusterId, atBlock(options))) };
}

async function readClusterDetails(registries: Registries, cluster: ClusterInfo, options: ReadOptions): Promise<ClusterDetails> {
  const [members, vnodes] = await Promise.all([
    readMembers(registries, cluster.clusterId, options),
    readVnodesOf(registries, cluster, options),
  ]);
  return { ...cluster, members, vnodes };
}

function atBlock({ blockTag }: ReadOptions): { blockTag: BlockTag } {
  return { blockTag: blockTag ?? "latest" };
}
