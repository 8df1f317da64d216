import { AbiCoder, type BigNumberish, concat, id, keccak256, toBeHex } from "ethers";
import { mine, setStorageAt, time } from "@nomicfoundation/hardhat-network-helpers";

import { SparseTree } from "../../../test/validators/trees";
import { type Cost, type Meter } from "../meter";
import { DAY, MANAGEMENT_FEE_BPS, TOKEN, type World } from "../world";

const HOUR = 3_600;
const DELAY = 3;
const RULES = {
  period: DAY,
  window: 2 * HOUR,
  positions: 4,
  delay: DELAY,
  answersPerMiss: 1,
  slashFrom: 2,
  slashBps: 500,
  qualityAfter: [8_000, 5_000, 0],
};
const BOND = 100n * TOKEN;
/** What positions follow from, the same in every run: a block's hash is not. */
const SEED = id("the same positions in every run");
const [SLOT_OF_ROOT, SLOT_OF_SEED] = [3n, 5n];
const [MEBIBYTE, TERABYTE] = [12, 32];

type Id = [clusterId: bigint, nodeId: bigint];

export async function measureStorageProofs(world: World, meter: Meter): Promise<void> {
  const judged = await measureSetUp(world, meter);
  const four = await measureAnswer(world, meter, judged, TERABYTE, "4 positions of a terabyte (2^32 leaves of 256 bytes)", 4 * 120_000);
  await measureAnswer(world, meter, judged, MEBIBYTE, "4 positions of a MiB");
  await measureMisses(world, meter, judged);
  await measureConsequences(world, meter, judged);
  await measureEach(world, meter, four);
}

/** A cluster that is judged by StorageProofs, with a node that posted a bond, and a bucket that pays. */
async function createJudged(world: World): Promise<Id> {
  const { terms, clusters, proofs, token, people } = world;
  const [nodeId = 0n] = await world.createNodes(1);
  const judged = {
    validator: proofs,
    bondPerVnode: BOND,
    maxSlashBps: 2_000,
    leavingNotice: DAY,
    validatorNotice: DAY,
  };
  const managed = terms.connect(people.manager);
  const clusterId = (await clusters.listClusters(1, 0, people.manager)).lastId + 1n;
  await managed.createClusterWithTerms(judged, token, 1, MANAGEMENT_FEE_BPS, "");
  await world.enrich(people.provider);
  await world.accounts.connect(people.provider).deposit(token, 2n * BOND);
  await terms.connect(people.provider).acceptTerms(clusterId, nodeId);
  await terms.connect(people.provider).postBond(clusterId, nodeId, 2n * BOND);
  await managed.fillCluster(clusterId, [nodeId]);
  await clusters.connect(people.manager).reserveResource(clusterId, 10);
  await world.accounts.connect(people.owner).deposit(token, 100_000n * TOKEN);
  await world.createBucket(people.owner, clusterId, 1);
  return [clusterId, nodeId];
}

async function measureSetUp(world: World, meter: Meter): Promise<Id> {
  const { proofs, people } = world;
  const [clusterId, nodeId] = await createJudged(world);
  const rules = { ...RULES, approver: people.other };
  const own = proofs.connect(people.provider);
  await meter.record("three qualities", proofs.connect(people.manager).setUp(clusterId, rules));
  await meter.record("first", own.setProver(nodeId, people.stranger));
  await meter.record("first", own.commit(clusterId, nodeId, id("one"), 1));
  await meter.record("another, before it is approved", own.commit(clusterId, nodeId, id("a tree"), 2n ** 32n));
  await meter.record("first", proofs.connect(people.other).approveCommitment(clusterId, nodeId, id("a tree"), 2n ** 32n));
  return [clusterId, nodeId];
}

async function commitTo({ proofs, people }: World, judged: Id, levels: number): Promise<void> {
  const commitment: [string, BigNumberish] = [id(`a tree of ${levels} levels`), 2n ** BigInt(levels)];
  await proofs.connect(people.provider).commit(...judged, ...commitment);
  await proofs.connect(people.other).approveCommitment(...judged, ...commitment);
}

/** Draws a challenge about a tree of 2^levels leaves, of which only those that are asked for are there, and returns the answer. */
async function draw({ proofs }: World, judged: Id, levels: number) {
  await mine(DELAY + 1);
  await proofs.draw(...judged);
  const coder = AbiCoder.defaultAbiCoder();
  const records = keccak256(coder.encode(["uint32", "uint256"], [judged[0], 1]));
  const record = BigInt(keccak256(coder.encode(["uint32", "bytes32"], [judged[1], records])));
  const set = async (slot: bigint, value: string) => setStorageAt(await proofs.getAddress(), toBeHex(record + slot, 32), value);
  await set(SLOT_OF_SEED, SEED);
  const positions = await proofs.positionsOf(...judged);
  const tree = new SparseTree(levels, new Map(positions.map((position) => [position, leafAt(position)])));
  await set(SLOT_OF_ROOT, tree.root);
  return positions.map((position) => tree.prove(position));
}

/** 256 bytes. */
function leafAt(position: bigint): string {
  return concat(Array.from({ length: 8 }, (_, word) => id(`${position} ${word}`)));
}

async function letPeriodPass({ proofs }: World, judged: Id): Promise<void> {
  const { openedAt } = await proofs.proofStatusOf(...judged);
  if (openedAt !== 0n && openedAt + BigInt(DAY) > BigInt(await time.latest())) await time.increaseTo(openedAt + BigInt(DAY));
}

async function letWindowPass({ proofs }: World, judged: Id): Promise<void> {
  await time.increaseTo((await proofs.proofStatusOf(...judged)).deadline + 1n);
}

async function measureAnswer(world: World, meter: Meter, judged: Id, levels: number, description: string, reach?: number): Promise<Cost> {
  const { proofs } = world;
  await commitTo(world, judged, levels);
  await letPeriodPass(world, judged);
  const { challenges } = await proofs.proofStatusOf(...judged);
  await meter.record(challenges === 0n ? "first of a node" : "", proofs.challenge(...judged));
  const answer = await draw(world, judged, levels);
  return meter.record(description, proofs.answer(...judged, answer), reach);
}

/** What each position of a terabyte costs, by what 64 cost more than 4. */
async function measureEach(world: World, meter: Meter, four: Cost): Promise<void> {
  const { proofs, people } = world;
  const judged = await createJudged(world);
  await proofs.connect(people.manager).setUp(judged[0], { ...RULES, positions: 64, approver: people.other });
  await commitTo(world, judged, TERABYTE);
  await proofs.challenge(...judged);
  const answer = await draw(world, judged, TERABYTE);
  await meter.recordEach("each of 60 positions more of a terabyte", proofs.answer(...judged, answer), four, 60n, 120_000);
}

async function measureMisses(world: World, meter: Meter, judged: Id): Promise<void> {
  const { proofs } = world;
  await letPeriodPass(world, judged);
  await proofs.challenge(...judged);
  await mine(DELAY + 1);
  await meter.record("", proofs.draw(...judged));
  await letWindowPass(world, judged);
  await meter.record("lowers the quality", proofs.reportMiss(...judged));
  await letPeriodPass(world, judged);
  await proofs.challenge(...judged);
  await letWindowPass(world, judged);
  await meter.record("lowers the quality once more, and slashes the bond", proofs.reportMiss(...judged));
  await letPeriodPass(world, judged);
  await proofs.challenge(...judged);
  await letPeriodPass(world, judged);
  await meter.record("the one before was missed, which slashes the bond", proofs.challenge(...judged));
  await time.increase(HOUR);
  // Its block is forgotten: by the EVM itself, and by the contract of EIP-2935.
  await mine(8_300, { interval: 0 });
  await meter.record("", proofs.connect(world.people.other).redraw(...judged));
  const answer = await draw(world, judged, MEBIBYTE);
  await meter.record("4 positions of a MiB, takes a miss back", proofs.answer(...judged, answer));
}

async function measureConsequences(world: World, meter: Meter, judged: Id): Promise<void> {
  const { proofs, terms, clusters, people } = world;
  await meter.record("", proofs.connect(people.other).requestCommitment(...judged));
  await time.increase(DAY + 1);
  await proofs.challenge(...judged);
  const answer = await draw(world, judged, MEBIBYTE);
  await meter.record("lowers the quality", proofs.reportNoCommitment(...judged));
  await proofs.answer(...judged, answer);
  // What is slashed may not go to the manager: this one is refused at first.
  await clusters.connect(people.admin).setNetworkFee(0, people.manager);
  await letPeriodPass(world, judged);
  await proofs.challenge(...judged);
  await letWindowPass(world, judged);
  await proofs.reportMiss(...judged);
  await clusters.connect(people.admin).setNetworkFee(0, people.admin);
  await meter.record("", proofs.enforceSlash(...judged));
  // Another validator takes office, lowers the quality, and hands the office back.
  await terms.connect(people.manager).offerValidator(judged[0], people.stranger);
  await time.increase(DAY);
  await terms.finishValidator(judged[0]);
  await terms.connect(people.stranger).reportQuality(...judged, 9_000, 0, "");
  await terms.connect(people.manager).offerValidator(judged[0], proofs);
  await time.increase(DAY);
  await terms.finishValidator(judged[0]);
  await meter.record("", proofs.enforceQuality(...judged));
}
