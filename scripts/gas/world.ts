import { MaxUint256, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";
import { setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { type HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

import {
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
} from "../../cache/typechain-types";
import { type Addresses } from "../../src";
import { type Contract } from "./meter";
import { admit, personOf } from "./people";

export const NATIVE = ZeroAddress;
export const DOLLAR = 10n ** 18n;
export const ETHER = 10n ** 18n;
/** A whole TestUSD in base units. */
export const TOKEN = 10n ** 6n;
export const DAY = 86_400;
/** What every node asks (USD, 18 decimals, per unit, per vnode, per month), unless said otherwise. */
export const RENT = 10n * DOLLAR;
export const ANY_RENT = 2n ** 128n - 1n;

const NETWORK_FEE_BPS = 100;
export const MANAGEMENT_FEE_BPS = 200;

/** Params of a length; what they say does not matter to the contracts. */
export function params(bytes: number): string {
  return "x".repeat(bytes);
}

/** The people of a world, by what they do in it. The registries have the tokens of none of them yet. */
async function findPeople() {
  const [deployer, admin, provider, manager, owner, other, stranger, newcomer] = await ethers.getSigners();
  if (!deployer || !admin || !provider || !manager || !owner || !other || !stranger || !newcomer) throw new Error("Too few signers.");
  return { deployer, admin, provider, manager, owner, other, stranger, newcomer };
}

/** A cluster that somebody pays for. */
export interface PaidCluster {
  clusterId: bigint;
  bucketId: bigint;
  nodeIds: bigint[];
  payer: HardhatEthersSigner;
}

/** A fresh deployment, with both fees on, and people who have tokens and let the registry take them. */
export class World {
  /** Lets others pay for a cluster of the manager, too, before the owner does. */
  public crowd: (clusterId: bigint) => Promise<void> = () => Promise.resolve();

  private payers = 0;

  private constructor(
    public readonly accounts: AccountRegistry,
    public readonly prices: PriceRegistry,
    public readonly nodes: NodeRegistry,
    public readonly clusters: ClusterRegistry,
    public readonly buckets: BucketRegistry,
    public readonly terms: TermsRegistry,
    public readonly proofs: StorageProofs,
    public readonly token: TestUSD,
    public readonly feed: MockPriceFeed,
    public readonly people: Awaited<ReturnType<typeof findPeople>>,
  ) {}

  public static async create(): Promise<World> {
    const deployed = await deployments.fixture();
    const people = await findPeople();
    const addressOf = (name: string): string => {
      const deployment = deployed[name];
      if (deployment === undefined) throw new Error(`${name} is not deployed.`);
      return deployment.address;
    };
    const world = new World(
      AccountRegistry__factory.connect(addressOf("AccountRegistry"), people.deployer),
      PriceRegistry__factory.connect(addressOf("PriceRegistry"), people.deployer),
      NodeRegistry__factory.connect(addressOf("NodeRegistry"), people.deployer),
      ClusterRegistry__factory.connect(addressOf("ClusterRegistry"), people.deployer),
      BucketRegistry__factory.connect(addressOf("BucketRegistry"), people.deployer),
      TermsRegistry__factory.connect(addressOf("TermsRegistry"), people.deployer),
      StorageProofs__factory.connect(addressOf("StorageProofs"), people.deployer),
      TestUSD__factory.connect(addressOf("TestUSD"), people.deployer),
      MockPriceFeed__factory.connect(addressOf("MockPriceFeed"), people.deployer),
      people,
    );
    await world.prepare();
    return world;
  }

  /** The contracts that are measured. */
  public contracts(): Promise<Contract[]> {
    const registries = [
      { name: "AccountRegistry", contract: this.accounts },
      { name: "PriceRegistry", contract: this.prices },
      { name: "NodeRegistry", contract: this.nodes },
      { name: "ClusterRegistry", contract: this.clusters },
      { name: "BucketRegistry", contract: this.buckets },
      { name: "TermsRegistry", contract: this.terms },
      { name: "StorageProofs", contract: this.proofs },
    ];
    return Promise.all(
      registries.map(async ({ name, contract }) => ({ name, abi: contract.interface, address: await contract.getAddress() })),
    );
  }

  /** Where the contracts are, for the library. */
  public async addresses(): Promise<Addresses> {
    const { address: accessManager } = await deployments.get("AccessManager");
    return {
      accountRegistry: await this.accounts.getAddress(),
      priceRegistry: await this.prices.getAddress(),
      nodeRegistry: await this.nodes.getAddress(),
      clusterRegistry: await this.clusters.getAddress(),
      bucketRegistry: await this.buckets.getAddress(),
      termsRegistry: await this.terms.getAddress(),
      storageProofs: await this.proofs.getAddress(),
      accessManager,
    };
  }

  /** Creates nodes of the provider, and returns their ids. */
  public async createNodes(count: number, rent = RENT): Promise<bigint[]> {
    const [, lastId] = await this.nodes.listNodes(1, 0, ZeroAddress);
    for (let i = 0; i < count; i++) await this.nodes.connect(this.people.provider).createNode(rent, 2 ** 32 - 1, "");
    return Array.from({ length: count }, (_, i) => lastId + 1n + BigInt(i));
  }

  /** Creates a cluster of the manager that is paid in TestUSD, and reserves resource in it. */
  public async createCluster(nodeIds: bigint[], vnodes: number, perVnode: number): Promise<bigint> {
    const clusterId = (await this.clusters.listClusters(1, 0, ZeroAddress)).lastId + 1n;
    const clusters = this.clusters.connect(this.people.manager);
    await clusters.createCluster(this.token, vnodes, nodeIds, MANAGEMENT_FEE_BPS, "");
    if (perVnode > 0) await clusters.reserveResource(clusterId, perVnode);
    return clusterId;
  }

  /** Creates a bucket, and allocates resource for it. */
  public async createBucket(owner: HardhatEthersSigner, clusterId: bigint, resource: number): Promise<bigint> {
    const bucketId = (await this.buckets.listBuckets(1, 0, ZeroAddress)).lastId + 1n;
    const buckets = this.buckets.connect(owner);
    await buckets.createBucket(clusterId, "");
    if (resource > 0) await buckets.allocate(bucketId, resource, ANY_RENT);
    return bucketId;
  }

  /** A cluster with nodes that a bucket of somebody new, who has deposited and pays nothing else, pays for. */
  public async createPaidCluster(nodeCount: number, vnodes: number): Promise<PaidCluster> {
    const nodeIds = await this.createNodes(nodeCount);
    const clusterId = await this.createCluster(nodeIds, vnodes, 1_000);
    await this.crowd(clusterId);
    const payer = await this.createPayer(1_000_000n * TOKEN);
    const bucketId = await this.createBucket(payer, clusterId, 1);
    return { clusterId, bucketId, nodeIds, payer };
  }

  /** Somebody new who has deposited. */
  public async createPayer(deposit: bigint): Promise<HardhatEthersSigner> {
    const address = personOf("new payer", this.payers++);
    await admit(address);
    const payer = await ethers.getSigner(address);
    await this.enrich(payer);
    if (deposit > 0n) await this.accounts.connect(payer).deposit(this.token, deposit);
    return payer;
  }

  /** So many payers of a cluster, who run out of funds at different times from about a month on, half an hour after each other. */
  public async createCrowd(clusterId: bigint, count: number): Promise<HardhatEthersSigner[]> {
    const { rentPerUnit } = await this.clusters.getCluster(clusterId);
    const perHalfHour = (rentPerUnit * TOKEN) / DOLLAR / (31n * 48n);
    const payers: HardhatEthersSigner[] = [];
    for (let i = 0; i < count; i++) {
      const payer = await this.createPayer(perHalfHour * BigInt(31 * 48 + i));
      await this.createBucket(payer, clusterId, 1);
      payers.push(payer);
    }
    return payers;
  }

  /** Lets a day pass and settles what a bucket's owner owes. */
  public async settleDay(bucketId: bigint): Promise<void> {
    await time.increase(DAY);
    await this.buckets.settlePayment(bucketId);
  }

  /** Makes somebody rich, and lets the registry take it all. */
  public async enrich(person: HardhatEthersSigner): Promise<void> {
    await setBalance(person.address, 1_000_000n * ETHER);
    await this.token.mint(person, 1_000_000_000n * TOKEN);
    await this.token.connect(person).approve(this.accounts, MaxUint256);
  }

  private async prepare(): Promise<void> {
    const { admin, provider, manager, owner, other } = this.people;
    await this.clusters.connect(admin).setNetworkFee(NETWORK_FEE_BPS, admin);
    await this.nodes.connect(provider).trustManager(manager);
    for (const person of [owner, other]) await this.enrich(person);
  }
}
