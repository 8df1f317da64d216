import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import {
  type BaseContract,
  type FunctionFragment,
  MaxUint256,
  type TransactionReceipt,
  type TransactionRequest,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import { deployments, ethers } from "hardhat";

import type { RegistryName } from "../../src";
import { NATIVE, testUsd, usd, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { contractAsSigner } from "./clusters";
import { DAY, HOUR } from "./time";
import { at, now } from "./units";

// One call of every function that changes the state of a registry, in a network in which each of them succeeds. A function that is new has
// to be added here: `expectEveryFunction` fails until it is.

export interface Call {
  contract: BaseContract;
  name: string;
  from: HardhatEthersSigner;
  data: string;
}

export interface WithEverything extends WithFundedBucket {
  calls: Record<Registry, Call[]>;
}

export type Registry = RegistryName;

/** What only another registry may call, and what makes it do so. */
export const CALLED_BY: Record<Registry, Record<string, string>> = {
  AccountRegistry: {
    listCurrency: "addCurrency",
    setIndexSpeed: "setPrice",
    setPaused: "pauseCurrency",
    fundAccount: "openBucket",
    raiseRate: "allocate",
    lowerRate: "release",
    takePool: "distributeRevenues",
    setUnservedShare: "reportQuality",
    credit: "claimRevenues",
    debit: "postBond",
  },
  PriceRegistry: {},
  NodeRegistry: {
    addToCluster: "createCluster",
    reserveFor: "reserveResource",
    releaseFrom: "releaseResource",
    transferReservation: "replaceNode",
  },
  ClusterRegistry: {
    allocateResource: "allocate",
    deallocateResource: "release",
    createVacant: "createClusterWithTerms",
    fillCluster: "fillCluster",
    fillVacancy: "fillVacancy",
    coverVnodes: "acceptTerms",
    setQuality: "reportQuality",
    vacate: "finishExit",
  },
  BucketRegistry: {},
  TermsRegistry: {},
};

/** What the clusters with terms ask for; the validator is the manager. */
const TERMS = {
  validator: ZeroAddress,
  bondPerVnode: 10,
  maxSlashBps: 5_000,
  leavingNotice: Number(HOUR),
  validatorNotice: Number(HOUR),
};

/** By the allowance. */
const FUNDING = { amount: 5, deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };

/** The rent per unit of the fixtures' cluster. */
export const RENT = usd("60");

export const isChanging = ({ stateMutability }: FunctionFragment): boolean => stateMutability !== "view" && stateMutability !== "pure";

/** All that each registry's ABI has, so that nothing is left out. */
export function functionsOf(contract: BaseContract): string[] {
  return contract.interface.fragments
    .filter((fragment): fragment is FunctionFragment => fragment.type === "function")
    .filter(isChanging)
    .map(({ name }) => name);
}

/**
 * Beside the fixtures' cluster, whose bucket 1 pays: node 4 and cluster 2, which nobody uses; node 2, which asks for less by now, as does
 * node 3, whose rent is accepted; bucket 2, which holds nothing and is offered; bucket 3, which nobody pays; and what
 * {@link agreeToTerms} adds. The pool is not empty, and each node can claim something.
 */
export const withEverything = deployments.createFixture(async (): Promise<WithEverything> => {
  const fixture = await withFundedBucket();
  const { accessManager, accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, priceFeed, termsRegistry, testUSD } = fixture;
  const { admin, manager, otherManager, otherOwner, owner, provider1, provider2, provider3, stranger, priceRegistry } = fixture;
  await nodeRegistry.connect(provider1).createNode(usd("10"), 100, "");
  await nodeRegistry.connect(provider2).changeNodeRent(2, usd("9"));
  await clusterRegistry.connect(admin).setNetworkFee(100, stranger);
  await clusterRegistry.connect(manager).createCluster(testUSD, 1, [1], 0, "");
  await clusterRegistry.connect(manager).offerManagement(1, otherManager);
  await bucketRegistry.connect(owner).createBucket(1, "");
  await bucketRegistry.connect(owner).offerBucket(2, otherOwner);
  await bucketRegistry.connect(otherOwner).createBucket(1, "");
  await bucketRegistry.connect(otherOwner).allocate(3, 1, RENT);
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("1000"));
  await nodeRegistry.connect(provider3).changeNodeRent(3, usd("9"));
  await clusterRegistry.connect(manager).acceptRent(1, 3, usd("9"));
  await agreeToTerms(fixture);
  await accountRegistry.connect(otherOwner).deposit(NATIVE, 1_000, { value: 1_000 });
  await priceRegistry.connect(admin).setFeed(testUSD, priceFeed, 86_400);
  await priceFeed.setAnswer(110_000_000);
  for (const seconds of [1_000n, 2_000n]) {
    await at((await now()) + seconds);
    await bucketRegistry.settlePayment(1);
    if (seconds === 1_000n) await clusterRegistry.distributeRevenues(1);
  }

  const otherToken = await ethers.deployContract("StandardToken", [18]);
  const otherAuthority = await ethers.deployContract("AccessManager", [admin]);
  const authority = await contractAsSigner(accessManager);
  const token = await testUSD.getAddress();
  const feed = await priceFeed.getAddress();
  const of =
    (contract: BaseContract) =>
    (name: string, from: HardhatEthersSigner, ...args: unknown[]): Call => ({
      contract,
      name,
      from,
      data: contract.interface.encodeFunctionData(name, args),
    });
  const account = of(accountRegistry);
  const price = of(priceRegistry);
  const node = of(nodeRegistry);
  const cluster = of(clusterRegistry);
  const bucket = of(bucketRegistry);
  const term = of(termsRegistry);
  const calls: Record<Registry, Call[]> = {
    AccountRegistry: [
      account("deposit", owner, token, 5),
      account("depositFor", owner, otherOwner.address, token, 5),
      account("depositWithPermit", owner, owner.address, token, 5, MaxUint256, 27, ZeroHash, ZeroHash),
      account("withdraw", owner, token, 5, owner.address),
      account("touchAccount", stranger, owner.address, token),
      account("settleCluster", stranger, 1, 1_000),
      account("settlePayment", stranger, owner.address, 1),
      account("multicall", stranger, []),
    ],
    PriceRegistry: [
      price("addCurrency", admin, await otherToken.getAddress(), usd("1"), ZeroAddress, 0),
      price("setFeed", admin, NATIVE, feed, 60),
      price("setPrice", admin, NATIVE, usd("1.5")),
      price("syncPrice", stranger, token),
      price("pauseCurrency", admin, NATIVE, true),
      price("setAuthority", authority, await otherAuthority.getAddress()),
      price("multicall", stranger, []),
    ],
    NodeRegistry: [
      node("createNode", provider1, 1, 1, "{}"),
      node("changeNodeParams", provider1, 4, "{}"),
      node("changeNodeRent", provider1, 4, 5),
      node("changeNodeCapacity", provider1, 4, 5),
      node("removeNode", provider1, 4),
      node("trustManager", provider1, otherManager.address),
      node("distrustManager", provider1, manager.address),
      node("multicall", stranger, []),
    ],
    ClusterRegistry: [
      cluster("createCluster", manager, token, 1, [4], 0, "{}"),
      cluster("reserveResource", manager, 1, 1),
      cluster("releaseResource", manager, 1, 1),
      cluster("replaceNode", manager, 1, 0, 4),
      cluster("replaceNodes", manager, 1, 1, 4),
      cluster("acceptRent", manager, 1, 2, usd("9")),
      cluster("distributeRevenues", stranger, 1),
      cluster("claimRevenues", stranger, 1, 1),
      cluster("closeCluster", manager, 1, true),
      cluster("changeClusterParams", manager, 1, "{}"),
      cluster("lowerManagementFee", manager, 1, 100),
      cluster("offerManagement", manager, 1, stranger.address),
      cluster("acceptManagement", otherManager, 1),
      cluster("removeCluster", manager, 2),
      cluster("setNetworkFee", admin, 50, stranger.address),
      cluster("setAuthority", authority, await otherAuthority.getAddress()),
      cluster("multicall", stranger, []),
    ],
    BucketRegistry: [
      bucket("createBucket", owner, 1, "{}"),
      bucket("openBucket", owner, 1, "{}", 1, RENT, FUNDING),
      bucket("allocate", owner, 1, 1, RENT),
      bucket("release", owner, 1, 1),
      bucket("setResourceCap", owner, 1, 5, RENT),
      bucket("reclaim", stranger, 3),
      bucket("endBucket", manager, 1),
      bucket("settlePayment", stranger, 1),
      bucket("settlePayments", stranger, [1, 3]),
      bucket("changeBucketParams", owner, 1, "{}"),
      bucket("offerBucket", owner, 1, stranger.address),
      bucket("acceptBucket", otherOwner, 2, 0),
      bucket("closeBucket", owner, 1),
      bucket("grantAccess", owner, 1, [stranger.address], 3, 0),
      bucket("revokeAccess", owner, 1, [stranger.address]),
      bucket("setPublic", owner, 1, true),
      bucket("setGate", owner, 1, 1, token, 0, 1),
      bucket("publishKeys", owner, 1, 0, [stranger.address], ["0x01"]),
      bucket("multicall", stranger, []),
    ],
    TermsRegistry: [
      term("createClusterWithTerms", manager, TERMS, token, 4, 200, "{}"),
      term("fillCluster", manager, 4, [5]),
      term("fillVacancy", manager, 3, 3, 9, true),
      term("acceptTerms", provider3, 4, 6),
      term("acceptTermsWithBond", provider3, 4, 7, 5, FUNDING),
      term("postBond", provider3, 3, 5, 7),
      term("withdrawBond", provider3, 3, 5, 7),
      term("reportQuality", otherManager, 3, 5, 9_000, 2, "ipfs://other"),
      term("slash", otherManager, 3, 5, 3, 2, "ipfs://slash"),
      term("vacateUncovered", stranger, 3, 6),
      term("announceExit", provider3, 3, 5),
      term("finishExit", stranger, 3, 7),
      term("offerValidator", manager, 3, owner.address),
      term("finishValidator", stranger, 3),
      term("multicall", stranger, []),
    ],
  };
  return { ...fixture, calls };
});

/**
 * Clusters 3 and 4 have terms. Of the nodes 5 to 8 of cluster 3, all of which have been there for eight days, one is reported, the bond of
 * the next is short, the third may leave, and the last has left; nodes 9 and 10 could take its place. Somebody may become the validator.
 * Cluster 4 is vacant, and node 5 could serve it. Bucket 4 uses cluster 3.
 */
async function agreeToTerms(fixture: WithFundedBucket): Promise<void> {
  const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, testUSD } = fixture;
  const { manager, otherManager, otherOwner, owner, provider3, stranger } = fixture;
  const terms = fixture.termsRegistry;
  const [theirs, judging, providing] = [terms.connect(manager), terms.connect(otherManager), terms.connect(provider3)];
  const validated = { ...TERMS, validator: otherManager.address };
  for (let clusterId = 3; clusterId <= 4; ++clusterId) await theirs.createClusterWithTerms(validated, testUSD, 4, 200, "");
  await accountRegistry.connect(owner).depositFor(provider3, testUSD, 1_000);
  for (let nodeId = 5; nodeId <= 10; ++nodeId) {
    await nodeRegistry.connect(provider3).createNode(usd("1"), 100, "");
    await providing.acceptTerms(3, nodeId);
    await providing.postBond(3, nodeId, nodeId === 5 ? 20 : TERMS.bondPerVnode);
  }
  await testUSD.mint(provider3, FUNDING.amount);
  await testUSD.connect(provider3).approve(accountRegistry, FUNDING.amount);
  await providing.acceptTerms(4, 5);
  await providing.postBond(4, 5, 4 * TERMS.bondPerVnode);
  await theirs.fillCluster(3, [5, 6, 7, 8]);
  await clusterRegistry.connect(manager).reserveResource(3, 10);
  await bucketRegistry.connect(owner).createBucket(3, "");
  await bucketRegistry.connect(owner).allocate(4, 1, usd("4"));

  await judging.reportQuality(3, 5, 5_000, 1, "ipfs://report");
  await judging.slash(3, 6, 5, 1, "ipfs://slash");
  for (const nodeId of [7, 8]) await providing.announceExit(3, nodeId);
  await theirs.offerValidator(3, otherOwner);
  await at((await now()) + 8n * DAY);
  await terms.connect(stranger).finishExit(3, 8);
}

/** Sends a call, to be mined at that time, and returns what came of it. */
export async function send({ contract, from, data }: Call, timestamp: bigint, more: TransactionRequest = {}): Promise<TransactionReceipt> {
  await at(timestamp);
  const receipt = await (await from.sendTransaction({ to: contract, data, ...more })).wait();
  if (!receipt) throw new Error("The call was not mined.");
  return receipt;
}
