import { ZeroAddress } from "ethers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { AddressLike } from "ethers";

import { type Base, NATIVE } from "../fixtures";

// The parties' steps, as one line each. Ids are given in order, so that of the newest item is one less than the end of the list.

/** A provider registers a node and trusts a manager. */
export async function addNode(
  { nodeRegistry }: Base,
  provider: HardhatEthersSigner,
  manager: AddressLike,
  rentPerMonth: bigint,
  capacity: bigint,
): Promise<bigint> {
  await nodeRegistry.connect(provider).createNode(rentPerMonth, capacity, "");
  await nodeRegistry.connect(provider).trustManager(manager);
  return (await nodeRegistry.listNodes(1, 0, ZeroAddress)).lastId;
}

export interface ClusterPlan {
  currency: AddressLike;
  vnodeCount: bigint;
  nodeIds: bigint[];
  managementFeeBps: bigint;
  reserved: bigint;
}

/** A manager creates a cluster and reserves resource. */
export async function addCluster({ clusterRegistry }: Base, manager: HardhatEthersSigner, plan: ClusterPlan): Promise<bigint> {
  const { currency, vnodeCount, nodeIds, managementFeeBps, reserved } = plan;
  await clusterRegistry.connect(manager).createCluster(currency, vnodeCount, nodeIds, managementFeeBps, "");
  const clusterId = (await clusterRegistry.listClusters(1, 0, ZeroAddress)).lastId;
  await clusterRegistry.connect(manager).reserveResource(clusterId, reserved);
  return clusterId;
}

/** An owner creates a bucket that holds nothing. */
export async function addBucket({ bucketRegistry }: Base, owner: HardhatEthersSigner, clusterId: bigint): Promise<bigint> {
  await bucketRegistry.connect(owner).createBucket(clusterId, "");
  return (await bucketRegistry.listBuckets(1, 0, ZeroAddress)).lastId;
}

/** Somebody deposits a token, or the native currency. */
export async function deposit({ accountRegistry }: Base, from: HardhatEthersSigner, currency: AddressLike, amount: bigint): Promise<void> {
  await accountRegistry.connect(from).deposit(currency, amount, { value: currency === NATIVE ? amount : 0n });
}
