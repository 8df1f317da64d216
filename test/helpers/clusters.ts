import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import type { AddressLike, BaseContract } from "ethers";
import hre, { deployments, ethers } from "hardhat";

import type { NodeRegistry } from "../../cache/typechain-types";
import { type Base, DEFAULTS, MONTH, testUsd, type WithCluster, withCluster, type WithNodes, withNodes } from "../fixtures";

/** Scaled units in a base unit of TestUSD (6 decimals). */
export const SCALED_PER_BASE_UNIT = MONTH * 10n ** 30n;
/** By how much the index of a currency at 1 USD grows in a second. */
export const INDEX_PER_SECOND = 10n ** 18n;

/** Whether the contracts are instrumented, which costs much gas and time. */
export const MEASURING_COVERAGE = "__SOLIDITY_COVERAGE_RUNNING" in hre;
/** Milliseconds for tests of hundreds of transactions, on a busy machine. */
export const PATIENCE = 300_000;

/** What the weight of a node is scaled by: its quality, here all of it, in basis points. */
export const FULL_QUALITY = 10_000n;

export const MAX_UINT16 = 2n ** 16n - 1n;
export const MAX_UINT32 = 2n ** 32n - 1n;
/** The highest rent that a node can ask. */
export const MAX_RENT = 2n ** 88n - 1n;
/** The highest rate that an account can have. */
export const MAX_RATE = 2n ** 96n - 1n;
/** The most that the buckets of a cluster may pay together at its present rent. */
export const MAX_CLUSTER_RATE = 2n ** 90n;

/** A contract, as if it had a key. */
export async function contractAsSigner(contract: BaseContract): Promise<HardhatEthersSigner> {
  const address = await contract.getAddress();
  await setBalance(address, ethers.parseEther("1"));
  return ethers.getImpersonatedSigner(address);
}

/** A node of each rent, all of one provider. Returns their ids. */
export async function createNodes(
  nodeRegistry: NodeRegistry,
  provider: HardhatEthersSigner,
  nodes: { rent: bigint; capacity: bigint }[],
): Promise<bigint[]> {
  const [, last] = await nodeRegistry.listNodes(0, 0, ethers.ZeroAddress);
  const calls = nodes.map(({ rent, capacity }) => nodeRegistry.interface.encodeFunctionData("createNode", [rent, capacity, ""]));
  // A transaction may cost 2^24 gas at most.
  for (let done = 0; done < calls.length; done += 100) {
    await nodeRegistry.connect(provider).multicall(calls.slice(done, done + 100));
  }
  return nodes.map((_, i) => last + 1n + BigInt(i));
}

/** The most nodes that a cluster can have at a time. */
export const MAX_NODES = 256;
/** The most gas that a transaction may use (EIP-7825). */
export const MAX_GAS = 2n ** 24n;

export interface WithManyNodes extends WithNodes {
  /** One more than fits in a cluster. */
  manyNodeIds: bigint[];
}

/** The first provider has 257 nodes of the usual rent and capacity. */
export const withManyNodes = deployments.createFixture(async (): Promise<WithManyNodes> => {
  const fixture = await withNodes();
  const { nodeRegistry, provider1 } = fixture;
  const node = { rent: DEFAULTS.rentPerMonth, capacity: DEFAULTS.capacity };
  const manyNodeIds = await createNodes(nodeRegistry, provider1, Array<typeof node>(MAX_NODES + 1).fill(node));
  return { ...fixture, manyNodeIds };
});

/** A cluster of the manager, paid in TestUSD. Returns its id. */
export async function createCluster(
  { clusterRegistry, manager, testUSD }: Base,
  vnodeCount: bigint,
  nodeIds: bigint[],
  options: { perVnode?: bigint; managementFeeBps?: bigint } = {},
): Promise<bigint> {
  const registry = clusterRegistry.connect(manager);
  const clusterId = (await registry.listClusters(0, 0, ethers.ZeroAddress)).lastId + 1n;
  await registry.createCluster(testUSD, vnodeCount, nodeIds, options.managementFeeBps ?? 0n, "");
  if (options.perVnode) await registry.reserveResource(clusterId, options.perVnode);
  return clusterId;
}

/** The node of each vnode of a cluster. */
export async function vnodesOf({ clusterRegistry }: Base, clusterId: bigint): Promise<bigint[]> {
  const nodeIds = await clusterRegistry.getVnodes(clusterId, 0, MAX_UINT32);
  return [...nodeIds];
}

/** What is not reserved of each node. */
export async function freeCapacities({ nodeRegistry }: Base, nodeIds: bigint[]): Promise<bigint[]> {
  const nodes = await Promise.all(nodeIds.map((nodeId) => nodeRegistry.getNode(nodeId)));
  return nodes.map(({ capacity, reserved }) => capacity - reserved);
}

/** Balances in scaled units of TestUSD. */
export async function scaledBalances({ accountRegistry, testUSD }: Base, accounts: { address: string }[]): Promise<bigint[]> {
  const statuses = await Promise.all(accounts.map(({ address }) => accountRegistry.getAccount(address, testUSD)));
  return statuses.map(({ scaledBalance }) => scaledBalance);
}

/** A bucket that pays a cluster. */
export interface Payer {
  bucketId: bigint;
  /** USD (18 decimals) per month. */
  rate: bigint;
  /** Up to when the test has counted what it pays (unix seconds). */
  countedUntil: number;
}

/** Lets the owner have a bucket of `resource` units in a cluster, with money for it. */
export async function startPaying(fixture: Base, clusterId: bigint, resource: bigint, deposit: bigint): Promise<Payer> {
  const { accountRegistry, clusterRegistry, owner, testUSD } = fixture;
  const bucketRegistry = fixture.bucketRegistry.connect(owner);
  const bucketId = (await bucketRegistry.listBuckets(0, 0, ethers.ZeroAddress)).lastId + 1n;
  const { rentPerUnit } = await clusterRegistry.getCluster(clusterId);
  if (deposit !== 0n) await accountRegistry.connect(owner).deposit(testUSD, deposit);
  await bucketRegistry.createBucket(clusterId, "");
  await bucketRegistry.allocate(bucketId, resource, rentPerUnit);
  return { bucketId, rate: rentPerUnit * resource, countedUntil: await time.latest() };
}

/** Waits for the next tick of a currency's index: what an account pays for less than a tick from then on is on no line until a touch. */
export async function beginTick({ accountRegistry }: Base, currency: AddressLike): Promise<void> {
  const { index, indexPerSecond, tickBits } = await accountRegistry.getListing(currency);
  const left = 2n ** tickBits - (index % 2n ** tickBits);
  await time.increase(left / indexPerSecond + 1n);
}

/** Makes the next transaction happen when a bucket has paid for exactly so many more seconds. Returns what that is, in scaled units. */
export async function payFor(payer: Payer, seconds: bigint): Promise<bigint> {
  payer.countedUntil += Number(seconds);
  await time.setNextBlockTimestamp(payer.countedUntil);
  return payer.rate * INDEX_PER_SECOND * seconds;
}

/** Counts what a bucket pays from now on: what it has paid before has just been distributed. */
export async function countFromNow(payer: Payer): Promise<void> {
  payer.countedUntil = await time.latest();
}

/** Gives back all that a bucket holds when it has paid for exactly so many more seconds. Returns what it has paid for them. */
export async function stopPaying({ bucketRegistry, owner }: Base, payer: Payer, seconds: bigint): Promise<bigint> {
  const { resource } = await bucketRegistry.getBucket(payer.bucketId);
  const paid = await payFor(payer, seconds);
  await bucketRegistry.connect(owner).release(payer.bucketId, resource);
  return paid;
}

/** What a node can claim, in scaled units. */
export async function scaledClaimable({ clusterRegistry }: Base, clusterId: bigint, nodeId: bigint): Promise<bigint | undefined> {
  const members = await clusterRegistry.getMembers(clusterId);
  return members.find((member) => member.nodeId === nodeId)?.scaledClaimable;
}

export interface WithRevenue extends WithCluster {
  /** Pays 60 USD a month into the cluster, and could for a hundred months. */
  payer: Payer;
}

const withPayer = deployments.createFixture(async (): Promise<WithRevenue> => {
  const fixture = await withCluster();
  await fixture.clusterRegistry.connect(fixture.admin).setNetworkFee(100, fixture.stranger);
  const payer = await startPaying(fixture, fixture.clusterId, 1n, testUsd("6000"));
  return { ...fixture, payer };
});

/** The fixtures' cluster with a bucket of one unit. The network takes 1 %, for the stranger; then the manager takes 2 % of the rest. */
export async function withRevenue(): Promise<WithRevenue> {
  const fixture = await withPayer();
  // What a test counts must not be seen by the next, which gets the same fixture.
  return { ...fixture, payer: { ...fixture.payer } };
}

/** Lets a node's provider ask another rent, and the manager accept it. */
export async function changeRent(
  { clusterRegistry, manager, nodeRegistry }: Base,
  clusterId: bigint,
  nodeId: bigint,
  rent: bigint,
): Promise<void> {
  const provider = await ethers.getSigner(await nodeRegistry.providerOf(nodeId));
  await nodeRegistry.connect(provider).changeNodeRent(nodeId, rent);
  await clusterRegistry.connect(manager).acceptRent(clusterId, nodeId, rent);
}

/** Lets a cheaper node of the same provider take a node's place. Returns its id. */
export async function useCheaperNode(
  { clusterRegistry, manager, nodeRegistry }: Base,
  clusterId: bigint,
  nodeId: bigint,
  rent: bigint,
): Promise<bigint> {
  const provider = await ethers.getSigner(await nodeRegistry.providerOf(nodeId));
  const [cheaper] = await createNodes(nodeRegistry, provider, [{ rent, capacity: DEFAULTS.capacity }]);
  if (cheaper === undefined) throw new Error("No node was created.");
  await clusterRegistry.connect(manager).replaceNodes(clusterId, nodeId, cheaper);
  return cheaper;
}
