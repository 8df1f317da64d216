import type { AddressLike, BaseContract, ContractTransactionResponse } from "ethers";

import { base, type Base, withNodes } from "../fixtures";

/** A registry of items, in the words that all of them share. */
export interface Registry {
  contract: BaseContract;
  /** The two who can own items in it. */
  owners: [AddressLike, AddressLike];
  unknownError: string;
  /** Lets one of the owners have a new item. */
  create: (params: string, owner?: 0 | 1) => Promise<ContractTransactionResponse>;
  encodeCreate: (params: string) => string;
  multicall: (calls: string[]) => Promise<ContractTransactionResponse>;
  change: (id: number, params: string) => Promise<ContractTransactionResponse>;
  remove: (id: number) => Promise<ContractTransactionResponse>;
  paramsOf: (id: number) => Promise<string>;
  list: (offset: bigint, limit: bigint, owner: AddressLike) => Promise<{ ids: bigint[]; params: string[]; lastId: bigint }>;
}

function nodes({ nodeRegistry, provider1, provider2 }: Base): Registry {
  const mine = nodeRegistry.connect(provider1);
  return {
    contract: nodeRegistry,
    owners: [provider1, provider2],
    unknownError: "NodeUnknown",
    create: (params, owner = 0) => nodeRegistry.connect([provider1, provider2][owner]).createNode(1, 1, params),
    encodeCreate: (params) => nodeRegistry.interface.encodeFunctionData("createNode", [1, 1, params]),
    multicall: (calls) => mine.multicall(calls),
    change: (id, params) => mine.changeNodeParams(id, params),
    remove: (id) => mine.removeNode(id),
    paramsOf: async (id) => (await nodeRegistry.getNode(id)).params,
    list: async (offset, limit, owner) => {
      const [items, lastId] = await nodeRegistry.listNodes(offset, limit, owner);
      return { ids: items.map(({ nodeId }) => nodeId), params: items.map(({ params }) => params), lastId };
    },
  };
}

function clusters({ clusterRegistry, manager, otherManager, testUSD }: Base): Registry {
  const mine = clusterRegistry.connect(manager);
  return {
    contract: clusterRegistry,
    owners: [manager, otherManager],
    unknownError: "ClusterUnknown",
    create: (params, owner = 0) => clusterRegistry.connect([manager, otherManager][owner]).createCluster(testUSD, 1, [1], 0, params),
    encodeCreate: (params) => clusterRegistry.interface.encodeFunctionData("createCluster", [testUSD.target, 1, [1], 0, params]),
    multicall: (calls) => mine.multicall(calls),
    change: (id, params) => mine.changeClusterParams(id, params),
    remove: (id) => mine.removeCluster(id),
    paramsOf: async (id) => (await clusterRegistry.getCluster(id)).params,
    list: async (offset, limit, owner) => {
      const [items, lastId] = await clusterRegistry.listClusters(offset, limit, owner);
      return { ids: items.map(({ clusterId }) => clusterId), params: items.map(({ params }) => params), lastId };
    },
  };
}

function buckets({ bucketRegistry, owner, otherOwner }: Base): Registry {
  const mine = bucketRegistry.connect(owner);
  return {
    contract: bucketRegistry,
    owners: [owner, otherOwner],
    unknownError: "BucketUnknown",
    create: (params, by = 0) => bucketRegistry.connect([owner, otherOwner][by]).createBucket(1, params),
    encodeCreate: (params) => bucketRegistry.interface.encodeFunctionData("createBucket", [1, params]),
    multicall: (calls) => mine.multicall(calls),
    change: (id, params) => mine.changeBucketParams(id, params),
    remove: (id) => mine.closeBucket(id),
    paramsOf: async (id) => (await bucketRegistry.getBucket(id)).params,
    list: async (offset, limit, by) => {
      const [items, lastId] = await bucketRegistry.listBuckets(offset, limit, by);
      return { ids: items.map(({ bucketId }) => bucketId), params: items.map(({ params }) => params), lastId };
    },
  };
}

/** How to come to each registry while it has no items yet. */
export const REGISTRIES: Record<string, () => Promise<Registry>> = {
  NodeRegistry: async () => nodes(await base()),
  ClusterRegistry: async () => {
    const fixture = await withNodes();
    await fixture.nodeRegistry.connect(fixture.provider1).trustManager(fixture.otherManager);
    return clusters(fixture);
  },
  BucketRegistry: async () => {
    const fixture = await withNodes();
    await fixture.clusterRegistry.connect(fixture.manager).createCluster(fixture.testUSD, 1, [1], 0, "");
    return buckets(fixture);
  },
};
