import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { MaxUint256, parseUnits } from "ethers";
import { deployments, ethers, getNamedAccounts } from "hardhat";

import {
  type AccessManager,
  AccessManager__factory,
  type AccountRegistry,
  AccountRegistry__factory,
  type BucketRegistry,
  BucketRegistry__factory,
  type ClusterRegistry,
  ClusterRegistry__factory,
  type MockPriceFeed,
  MockPriceFeed__factory,
  type NodeRegistry,
  NodeRegistry__factory,
  type PriceRegistry,
  PriceRegistry__factory,
  type StorageProofs,
  StorageProofs__factory,
  type TermsRegistry,
  TermsRegistry__factory,
  type TestUSD,
  TestUSD__factory,
} from "../cache/typechain-types";

// Each fixture is the one before and one step more. Call them as they are (`await withCluster()`): the chain goes back to a snapshot by
// itself, which loadFixture would get in the way of.

export const usd = (amount: string): bigint => parseUnits(amount, 18);
export const testUsd = (amount: string): bigint => parseUnits(amount, 6);

/** A month, in seconds. */
export const MONTH = 2_678_400n;
/** The native currency, as a currency. */
export const NATIVE = ethers.ZeroAddress;

/** What the fixtures do unless a test does it itself. */
export const DEFAULTS = {
  /** Of TestUSD, in the hands of the owners, all of it approved. */
  minted: testUsd("1000000"),
  rentPerMonth: usd("10"),
  capacity: 100n,
  vnodeCount: 6n,
  managementFeeBps: 200n,
  reservedPerVnode: 10n,
  /** Covers a bucket of one unit, at 60 USD a month, for 446,400 seconds. */
  deposit: testUsd("10"),
  allocated: 1n,
} as const;

export interface People {
  deployer: HardhatEthersSigner;
  admin: HardhatEthersSigner;
  provider1: HardhatEthersSigner;
  provider2: HardhatEthersSigner;
  provider3: HardhatEthersSigner;
  manager: HardhatEthersSigner;
  otherManager: HardhatEthersSigner;
  owner: HardhatEthersSigner;
  otherOwner: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

export interface Base extends People {
  accessManager: AccessManager;
  accountRegistry: AccountRegistry;
  priceRegistry: PriceRegistry;
  nodeRegistry: NodeRegistry;
  clusterRegistry: ClusterRegistry;
  bucketRegistry: BucketRegistry;
  termsRegistry: TermsRegistry;
  storageProofs: StorageProofs;
  testUSD: TestUSD;
  priceFeed: MockPriceFeed;
}

export interface WithNodes extends Base {
  /** One node of each provider. */
  nodeIds: [bigint, bigint, bigint];
}

export interface WithCluster extends WithNodes {
  clusterId: bigint;
}

export interface WithFundedBucket extends WithCluster {
  bucketId: bigint;
}

async function people(): Promise<People> {
  const named = await getNamedAccounts();
  const [provider3, otherManager, otherOwner, stranger] = (await ethers.getSigners()).filter(
    ({ address }) => !Object.values(named).includes(address),
  );
  if (!provider3 || !otherManager || !otherOwner || !stranger) {
    throw new Error("The chain has too few accounts for the people of the tests.");
  }
  const signer = (name: string): Promise<HardhatEthersSigner> => ethers.getSigner(named[name] ?? "");
  return {
    deployer: await signer("deployer"),
    admin: await signer("admin"),
    provider1: await signer("provider1"),
    provider2: await signer("provider2"),
    provider3,
    manager: await signer("manager"),
    otherManager,
    owner: await signer("owner"),
    otherOwner,
    stranger,
  };
}

/** Everything deployed; the owners hold TestUSD and let the account registry take it. */
export const base = deployments.createFixture(async (): Promise<Base> => {
  await deployments.fixture();
  const everyone = await people();
  const at = async (name: string): Promise<string> => (await deployments.get(name)).address;
  const fixture: Base = {
    ...everyone,
    accessManager: AccessManager__factory.connect(await at("AccessManager"), everyone.admin),
    accountRegistry: AccountRegistry__factory.connect(await at("AccountRegistry"), everyone.stranger),
    priceRegistry: PriceRegistry__factory.connect(await at("PriceRegistry"), everyone.stranger),
    nodeRegistry: NodeRegistry__factory.connect(await at("NodeRegistry"), everyone.stranger),
    clusterRegistry: ClusterRegistry__factory.connect(await at("ClusterRegistry"), everyone.stranger),
    bucketRegistry: BucketRegistry__factory.connect(await at("BucketRegistry"), everyone.stranger),
    termsRegistry: TermsRegistry__factory.connect(await at("TermsRegistry"), everyone.stranger),
    storageProofs: StorageProofs__factory.connect(await at("StorageProofs"), everyone.stranger),
    testUSD: TestUSD__factory.connect(await at("TestUSD"), everyone.stranger),
    priceFeed: MockPriceFeed__factory.connect(await at("MockPriceFeed"), everyone.stranger),
  };
  for (const owner of [fixture.owner, fixture.otherOwner]) {
    await fixture.testUSD.mint(owner, DEFAULTS.minted);
    await fixture.testUSD.connect(owner).approve(fixture.accountRegistry, MaxUint256);
  }
  return fixture;
});

/** Three providers, each with a node, trust the manager. */
export const withNodes = deployments.createFixture(async (): Promise<WithNodes> => {
  const fixture = await base();
  const { nodeRegistry, manager, provider1, provider2, provider3 } = fixture;
  for (const provider of [provider1, provider2, provider3]) {
    await nodeRegistry.connect(provider).createNode(DEFAULTS.rentPerMonth, DEFAULTS.capacity, "");
    await nodeRegistry.connect(provider).trustManager(manager);
  }
  return { ...fixture, nodeIds: [1n, 2n, 3n] };
});

/** The manager has a cluster over the three nodes, paid in TestUSD, with resource reserved. */
export const withCluster = deployments.createFixture(async (): Promise<WithCluster> => {
  const fixture = await withNodes();
  const { testUSD, manager, nodeIds } = fixture;
  const clusterRegistry = fixture.clusterRegistry.connect(manager);
  await clusterRegistry.createCluster(testUSD, DEFAULTS.vnodeCount, nodeIds, DEFAULTS.managementFeeBps, "");
  await clusterRegistry.reserveResource(1, DEFAULTS.reservedPerVnode);
  return { ...fixture, clusterId: 1n };
});

/** The owner has deposited, and has a bucket that pays. */
export const withFundedBucket = deployments.createFixture(async (): Promise<WithFundedBucket> => {
  const fixture = await withCluster();
  const { accountRegistry, testUSD, owner, clusterId } = fixture;
  const bucketRegistry = fixture.bucketRegistry.connect(owner);
  await accountRegistry.connect(owner).deposit(testUSD, DEFAULTS.deposit);
  await bucketRegistry.createBucket(clusterId, "");
  await bucketRegistry.allocate(1, DEFAULTS.allocated, DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount);
  return { ...fixture, bucketId: 1n };
});
