import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, type ContractTransactionResponse, ZeroAddress, keccak256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { type Base, DEFAULTS, testUsd, withNodes, type WithNodes } from "../fixtures";
import { DAY, HOUR } from "../helpers/time";
import { type Proof, type Tree, randomTree } from "./trees";

/** What the cluster of these tests is set up with, but for its approver. */
export const RULES = {
  period: DAY,
  window: 2n * HOUR,
  positions: 4n,
  delay: 3n,
  answersPerMiss: 2n,
  slashFrom: 2n,
  slashBps: 500n,
  qualityAfter: [8_000n, 5_000n, 0n],
} as const;

export const LEAVING_NOTICE = 2n * DAY;
export const VALIDATOR_NOTICE = 7n * DAY;
/** A tenth of a bond can be lost in a week. */
export const MAX_SLASH_BPS = 1_000n;
export const BOND = testUsd("100");
export const FULL = 10_000n;

export const State = { Idle: 0n, Opened: 1n, Drawn: 2n } as const;
export const Rule = {
  Period: 0n,
  Window: 1n,
  Positions: 2n,
  Delay: 3n,
  AnswersPerMiss: 4n,
  SlashBps: 5n,
  QualityCount: 6n,
  Quality: 7n,
} as const;

export interface WithValidator extends WithNodes {
  clusterId: bigint;
  /** Of the first provider. */
  nodeId: bigint;
}

export interface WithCommitment extends WithValidator {
  tree: Tree;
}

/** A cluster that is judged by StorageProofs: set up, with three nodes that agreed and posted bonds, and a bucket that pays. */
export const withValidator = deployments.createFixture(async (): Promise<WithValidator> => {
  const fixture = await withNodes();
  const { accountRegistry, clusterRegistry, storageProofs, termsRegistry, testUSD } = fixture;
  const { admin, manager, owner, otherManager, stranger, provider1, provider2, provider3 } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(0, stranger);
  const terms = {
    validator: storageProofs,
    bondPerVnode: BOND / 2n,
    maxSlashBps: MAX_SLASH_BPS,
    leavingNotice: LEAVING_NOTICE,
    validatorNotice: VALIDATOR_NOTICE,
  };
  const managed = termsRegistry.connect(manager);
  await managed.createClusterWithTerms(terms, testUSD, DEFAULTS.vnodeCount, DEFAULTS.managementFeeBps, "");
  await storageProofs.connect(manager).setUp(1, { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: otherManager });
  for (const [i, provider] of [provider1, provider2, provider3].entries()) {
    await testUSD.mint(provider, 2n * BOND);
    await testUSD.connect(provider).approve(accountRegistry, 2n * BOND);
    await accountRegistry.connect(provider).deposit(testUSD, 2n * BOND);
    await termsRegistry.connect(provider).acceptTerms(1, i + 1);
    await termsRegistry.connect(provider).postBond(1, i + 1, BOND);
  }
  await managed.fillCluster(1, fixture.nodeIds);
  await clusterRegistry.connect(manager).reserveResource(1, DEFAULTS.reservedPerVnode);
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("10000"));
  await fixture.bucketRegistry.connect(owner).createBucket(1, "");
  await fixture.bucketRegistry.connect(owner).allocate(1, DEFAULTS.allocated, DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount);
  return { ...fixture, clusterId: 1n, nodeId: 1n };
});

/** The first node has committed to a tree of 11 leaves, which is approved. */
export const withCommitment = deployments.createFixture(async (): Promise<WithCommitment> => {
  const fixture = await withValidator();
  const tree = randomTree(11);
  await commit(fixture, tree);
  return { ...fixture, tree };
});

/** A second cluster of the first node, whose validator StorageProofs becomes after the manager, with no bonds. */
export async function createHandedOver(fixture: WithValidator, rules: object): Promise<WithValidator> {
  const { storageProofs, termsRegistry, manager, otherManager, provider1, testUSD, nodeId } = fixture;
  const notices = { leavingNotice: LEAVING_NOTICE, validatorNotice: HOUR };
  const terms = { validator: manager, bondPerVnode: 0, maxSlashBps: 0, ...notices };
  const managed = termsRegistry.connect(manager);
  await managed.createClusterWithTerms(terms, testUSD, 1, 0, "");
  await termsRegistry.connect(provider1).acceptTerms(2, nodeId);
  await managed.fillCluster(2, [nodeId]);
  await storageProofs.connect(manager).setUp(2, { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: otherManager, ...rules });
  await managed.offerValidator(2, storageProofs);
  return { ...fixture, clusterId: 2n };
}

/** Lets the validator that was offered take office. */
export async function takeOffice({ termsRegistry, clusterId }: WithValidator): Promise<void> {
  await time.increase(HOUR);
  await termsRegistry.finishValidator(clusterId);
}

/** Another node that agreed and posted a bond, and is in no cluster. Returns its id. */
export async function addNode({ nodeRegistry, termsRegistry, provider2, clusterId }: WithValidator): Promise<bigint> {
  const { lastId } = await nodeRegistry.listNodes(0, 256, ZeroAddress);
  await nodeRegistry.connect(provider2).createNode(DEFAULTS.rentPerMonth, DEFAULTS.capacity, "");
  await termsRegistry.connect(provider2).acceptTerms(clusterId, lastId + 1n);
  await termsRegistry.connect(provider2).postBond(clusterId, lastId + 1n, BOND);
  return lastId + 1n;
}

/** The manager takes all vnodes of the first node, and gives them to a new one. */
export async function exclude(world: WithValidator): Promise<void> {
  const { clusterRegistry, manager, clusterId, nodeId } = world;
  await clusterRegistry.connect(manager).replaceNodes(clusterId, nodeId, await addNode(world));
}

type World = Base & { clusterId: bigint; nodeId: bigint };

/** Commits the node to a tree, and approves it. */
export async function commit({ storageProofs, provider1, otherManager, clusterId, nodeId }: World, tree: Pick<Tree, "root" | "leafCount">) {
  await storageProofs.connect(provider1).commit(clusterId, nodeId, tree.root, tree.leafCount);
  await storageProofs.connect(otherManager).approveCommitment(clusterId, nodeId, tree.root, tree.leafCount);
}

/** Opens a challenge and waits for the block that decides; returns the positions. */
export async function challenge({ storageProofs, clusterId, nodeId }: World): Promise<bigint[]> {
  await storageProofs.challenge(clusterId, nodeId);
  await mine(RULES.delay + 1n);
  return [...(await storageProofs.positionsOf(clusterId, nodeId))];
}

export async function answer(world: World, tree: { prove: (position: bigint) => Proof }): Promise<ContractTransactionResponse> {
  const { storageProofs, clusterId, nodeId } = world;
  const positions = await storageProofs.positionsOf(clusterId, nodeId);
  return storageProofs.answer(
    clusterId,
    nodeId,
    positions.map((position) => tree.prove(position)),
  );
}

/** Lets the deadline of the open challenge go by. */
export async function letWindowPass({ storageProofs, clusterId, nodeId }: World): Promise<void> {
  const { deadline } = await storageProofs.proofStatusOf(clusterId, nodeId);
  await time.increaseTo(deadline + 1n);
}

/** Lets the time of the next challenge come. */
export async function letPeriodPass({ storageProofs, clusterId, nodeId }: World): Promise<void> {
  const { openedAt } = await storageProofs.proofStatusOf(clusterId, nodeId);
  if (openedAt !== 0n && openedAt + RULES.period > BigInt(await time.latest())) await time.increaseTo(openedAt + RULES.period);
}

/** Challenges the node, and reports that it did not answer. */
export async function miss(world: World): Promise<ContractTransactionResponse> {
  await letPeriodPass(world);
  await world.storageProofs.challenge(world.clusterId, world.nodeId);
  await letWindowPass(world);
  return world.storageProofs.reportMiss(world.clusterId, world.nodeId);
}

/** Challenges the node, and lets it answer. */
export async function answerNext(world: World, tree: Tree): Promise<ContractTransactionResponse> {
  await letPeriodPass(world);
  await challenge(world);
  return answer(world, tree);
}

/** The seed that follows from a block, and the positions that follow from a seed: as the documentation says. */
export async function seedFrom({ storageProofs, clusterId, nodeId }: World, blockNumber: bigint): Promise<string> {
  const block = await ethers.provider.getBlock(Number(blockNumber));
  const values = [block!.hash, await storageProofs.getAddress(), clusterId, nodeId];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address", "uint32", "uint32"], values));
}

export function positionsFrom(seed: string, count: bigint, leafCount: bigint): bigint[] {
  const coder = AbiCoder.defaultAbiCoder();
  return Array.from(
    { length: Number(count) },
    (_, index) => BigInt(keccak256(coder.encode(["bytes32", "uint256"], [seed, index]))) % leafCount,
  );
}
