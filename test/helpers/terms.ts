import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract, ContractTransactionResponse } from "ethers";
import { deployments } from "hardhat";

import { DEFAULTS, testUsd, type WithNodes, withNodes } from "../fixtures";
import { DAY } from "./time";
import { at, now } from "./units";

// A cluster with terms of its own: `otherManager` validates, and what is slashed goes to the deployer. Each fixture is the one before and a step more.

/** What a provider posts for each vnode. */
export const BOND = testUsd("5");
/** The bond of a node with two vnodes. */
export const NODE_BOND = 2n * BOND;
export const LEAVING_NOTICE = 10n * DAY;
export const VALIDATOR_NOTICE = 5n * DAY;
export const MAX_SLASH_BPS = 2_000n;
/** The most that a node with two vnodes can lose in a week. */
export const MAX_SLASH = (NODE_BOND * MAX_SLASH_BPS) / 10_000n;
export const WEEK = 7n * DAY;
/** What every provider has in its account before it posts anything. */
export const POCKET = testUsd("100");
/** The rent of a unit in the cluster of six vnodes. */
export const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;

/** Why somebody is judged. */
export const CODE = 7n;
export const REF = "ipfs://report";

export interface Terms {
  validator: string;
  bondPerVnode: bigint;
  maxSlashBps: bigint;
  leavingNotice: bigint;
  validatorNotice: bigint;
}

/** Terms that differ from the default ones in everything. */
export const termsOf = (validator: { address: string }, changes: Partial<Terms> = {}): Terms => ({
  validator: validator.address,
  bondPerVnode: BOND,
  maxSlashBps: MAX_SLASH_BPS,
  leavingNotice: LEAVING_NOTICE,
  validatorNotice: VALIDATOR_NOTICE,
  ...changes,
});

export interface WithTerms extends WithNodes {
  clusterId: bigint;
  validator: HardhatEthersSigner;
  networkAccount: HardhatEthersSigner;
  providers: [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
}

/** The manager has created a cluster of six vacant vnodes; the providers have something in their accounts. */
export const withTerms = deployments.createFixture(async (): Promise<WithTerms> => {
  const fixture = await withNodes();
  const { accountRegistry, admin, clusterRegistry, deployer, manager, otherManager, owner, testUSD, termsRegistry } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(0, deployer);
  const { managementFeeBps, vnodeCount } = DEFAULTS;
  await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager), testUSD, vnodeCount, managementFeeBps, "");
  const { provider1, provider2, provider3 } = fixture;
  for (const provider of [provider1, provider2, provider3]) {
    await accountRegistry.connect(owner).depositFor(provider, testUSD, POCKET);
  }
  return {
    ...fixture,
    clusterId: 1n,
    validator: otherManager,
    networkAccount: deployer,
    providers: [provider1, provider2, provider3],
  };
});

/** The providers have accepted the terms and posted bonds for two vnodes each. */
export const withBonds = deployments.createFixture(async (): Promise<WithTerms> => {
  const fixture = await withTerms();
  const { clusterId, providers, termsRegistry } = fixture;
  for (const [i, provider] of providers.entries()) {
    await termsRegistry.connect(provider).acceptTerms(clusterId, i + 1);
    await termsRegistry.connect(provider).postBond(clusterId, i + 1, NODE_BOND);
  }
  return fixture;
});

/** The three nodes serve two vnodes each, with resource reserved. */
export const withServing = deployments.createFixture(async (): Promise<WithTerms> => {
  const fixture = await withBonds();
  const { clusterId, clusterRegistry, manager, nodeIds, termsRegistry } = fixture;
  await termsRegistry.connect(manager).fillCluster(clusterId, nodeIds);
  await clusterRegistry.connect(manager).reserveResource(clusterId, DEFAULTS.reservedPerVnode);
  return fixture;
});

export interface WithPaidTerms extends WithTerms {
  bucketId: bigint;
}

/** The owner's bucket pays 60 USD a month, and could for a hundred months. */
export const withPaidTerms = deployments.createFixture(async (): Promise<WithPaidTerms> => {
  const fixture = await withServing();
  const { accountRegistry, bucketRegistry, clusterId, owner, testUSD } = fixture;
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("6000"));
  await bucketRegistry.connect(owner).createBucket(clusterId, "");
  await bucketRegistry.connect(owner).allocate(1, DEFAULTS.allocated, RENT);
  return { ...fixture, bucketId: 1n };
});

/** Another node, of the first provider and in no cluster, who has agreed to the cluster's terms for so many vnodes. Returns its id. */
export async function addBondedNode(
  { clusterId, nodeRegistry, provider1, termsRegistry }: WithTerms,
  vnodes: bigint,
  rent: bigint = DEFAULTS.rentPerMonth,
): Promise<bigint> {
  const nodeId = await nodeRegistry.connect(provider1).createNode.staticCall(rent, DEFAULTS.capacity, "");
  await nodeRegistry.connect(provider1).createNode(rent, DEFAULTS.capacity, "");
  await termsRegistry.connect(provider1).acceptTerms(clusterId, nodeId);
  if (vnodes !== 0n) await termsRegistry.connect(provider1).postBond(clusterId, nodeId, vnodes * BOND);
  return nodeId;
}

/** Lets a node leave, with its notice. Returns when it left. */
export async function leave({ clusterId, nodeRegistry, providers, termsRegistry }: WithTerms, nodeId: bigint): Promise<bigint> {
  const provider = await nodeRegistry.providerOf(nodeId);
  const signer = providers.find(({ address }) => address === provider);
  if (!signer) throw new Error("The node is nobody's.");
  await termsRegistry.connect(signer).announceExit(clusterId, nodeId);
  const { exitAt } = await termsRegistry.getAgreement(clusterId, nodeId);
  await at(exitAt);
  await termsRegistry.finishExit(clusterId, nodeId);
  return exitAt;
}

/** Reports a quality, which takes effect at once. Returns when. */
export async function judge({ clusterId, termsRegistry, validator }: WithTerms, nodeId: bigint, qualityBps: bigint): Promise<bigint> {
  await termsRegistry.connect(validator).reportQuality(clusterId, nodeId, qualityBps, CODE, REF);
  return now();
}

/** When the next transaction will be mined, far enough from now. */
export async function soon(seconds = 1_000n): Promise<bigint> {
  const time = (await now()) + seconds;
  await at(time);
  return time;
}

/** The gas that a call used. */
export async function gasOf(call: Promise<ContractTransactionResponse>): Promise<bigint> {
  const receipt = await (await call).wait();
  if (!receipt) throw new Error("The call was not mined.");
  return receipt.gasUsed;
}

/** What a contract is called with. */
export const encoded = (contract: BaseContract, name: string, args: readonly unknown[]): string =>
  contract.interface.encodeFunctionData(name, args);
