import { type Interface, type JsonRpcProvider, ZeroAddress, isCallException, toQuantity } from "ethers";

import { personOf } from "../gas/people";
import { type World } from "../gas/world";
import { largest } from "./largest";
import { type Size } from "./size";

/** How much gas a call may use on the nodes that are asked. */
export const CALL_GAS = 50_000_000n;

/** A function that lists items, page by page. */
export interface List {
  name: string;
  contract: string;
  abi: Interface;
  /** Whose items; zero: all. */
  filter: string;
  /** How many items there are in the network, those of others included. */
  count: number;
}

/** The gas that a page takes. */
export interface Page {
  limit: number;
  gas: bigint;
}

export interface PageCosts {
  name: string;
  ofOne: boolean;
  pages: Page[];
  /** The largest that a node with the limit answers; all items, where it answers that many. */
  largest: Page;
  ofAll: boolean;
}

/** All lists of a network. */
export async function listsOf({ nodes, clusters, buckets }: World, size: Size): Promise<List[]> {
  const all = [
    { name: "listNodes", contract: await nodes.getAddress(), abi: nodes.interface, count: size.nodes },
    { name: "listClusters", contract: await clusters.getAddress(), abi: clusters.interface, count: size.clusters },
    { name: "listBuckets", contract: await buckets.getAddress(), abi: buckets.interface, count: size.buckets },
  ];
  return all.map((list) => ({ ...list, filter: ZeroAddress }));
}

/** The list of the buckets of one owner. */
export async function bucketsOfOne({ buckets }: World, size: Size): Promise<List> {
  const contract = await buckets.getAddress();
  return { name: "listBuckets", contract, abi: buckets.interface, filter: personOf("owner", 0), count: size.buckets };
}

/** The call that answers a page. */
export function pageCall({ contract, abi, name, filter }: List, offset: number, limit: number): { to: string; data: string } {
  return { to: contract, data: abi.encodeFunctionData(name, [offset, limit, filter]) };
}

/** Measures pages from the first item on. */
export async function measurePages(provider: JsonRpcProvider, list: List, limits: readonly number[]): Promise<PageCosts> {
  const measure = async (limit: number): Promise<Page> => {
    const gas = (await provider.send("eth_estimateGas", [pageCall(list, 1, limit)])) as string;
    return { limit, gas: BigInt(gas) };
  };
  const pages: Page[] = [];
  for (const limit of limits.filter((each) => each <= list.count)) pages.push(await measure(limit));
  const limit = await largest((tried) => answers(provider, list, tried), list.count);
  return { name: list.name, ofOne: list.filter !== ZeroAddress, pages, largest: await measure(limit), ofAll: limit === list.count };
}

/** Whether a node with the limit answers a page. */
async function answers(provider: JsonRpcProvider, list: List, limit: number): Promise<boolean> {
  try {
    await provider.send("eth_call", [{ ...pageCall(list, 1, limit), gas: toQuantity(CALL_GAS) }, "latest"]);
    return true;
  } catch (error) {
    // Nothing here reverts without saying why but what runs out of gas.
    if (isCallException(error) && error.data === null) return false;
    throw error;
  }
}
