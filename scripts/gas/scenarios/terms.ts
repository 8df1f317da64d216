import { time } from "@nomicfoundation/hardhat-network-helpers";
import { MaxUint256, ZeroHash } from "ethers";

import { type Meter } from "../meter";
import { DAY, MANAGEMENT_FEE_BPS, TOKEN, type World, params } from "../world";

const WEEK = 7 * DAY;
const BOND = 5n * TOKEN;
const CODE = 17;
/** As long as a link to a file by its hash. */
const REFERENCE = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const MOST_NODES = 256;
const MOST_VNODES = 65_535;

export async function measureTerms(world: World, meter: Meter): Promise<void> {
  await world.enrich(world.people.provider);
  await world.accounts.connect(world.people.provider).deposit(world.token, 1_000_000n * TOKEN);
  await measureFilling(world, meter);
  const formed = await measureBonds(world, meter);
  await measureQuality(world, meter, formed);
  await measureSlashes(world, meter, formed);
  await measureExits(world, meter);
  await measureValidators(world, meter);
}

interface Formed {
  clusterId: bigint;
  bucketId: bigint;
  nodeIds: bigint[];
}

/** A cluster with terms, its vnodes vacant. The validator is the stranger. */
async function create(world: World, vnodes: number, bondPerVnode: bigint, bytes = 0) {
  const { manager, stranger } = world.people;
  const notices = { leavingNotice: WEEK, validatorNotice: WEEK };
  const terms = { validator: stranger, bondPerVnode, maxSlashBps: 2_000, ...notices };
  return world.terms.connect(manager).createClusterWithTerms(terms, world.token, vnodes, MANAGEMENT_FEE_BPS, params(bytes));
}

async function newest({ clusters, people }: World): Promise<bigint> {
  return (await clusters.listClusters(1, 0, people.manager)).lastId;
}

/** What grows with the number of distinct nodes: filling a cluster. */
async function measureFilling(world: World, meter: Meter): Promise<void> {
  const { manager, provider } = world.people;
  await meter.record("first of the registry, 200 bytes", create(world, 6, BOND, 200));
  await meter.record("200 bytes", create(world, 6, BOND, 200));
  await meter.record("no params", create(world, 6, BOND));
  const nodes = await world.createNodes(MOST_NODES);
  for (const [count, vnodes] of [
    [3, 6],
    [100, 300],
    [MOST_NODES, MOST_VNODES],
  ] as const) {
    await create(world, vnodes, 0n);
    const clusterId = await newest(world);
    const used = nodes.slice(0, count);
    for (const nodeId of used) await world.terms.connect(provider).acceptTerms(clusterId, nodeId);
    const size = `${count} nodes, ${vnodes.toLocaleString("en")} vnodes`;
    await meter.record(size, world.terms.connect(manager).fillCluster(clusterId, used));
  }
}

async function measureBonds(world: World, meter: Meter): Promise<Formed> {
  const { manager, provider } = world.people;
  const terms = world.terms.connect(provider);
  const nodeIds = await world.createNodes(4);
  const [first = 0n, ...others] = nodeIds;
  await create(world, 8, BOND);
  const clusterId = await newest(world);
  await meter.record("", terms.acceptTerms(clusterId, first));
  await meter.record("first", terms.postBond(clusterId, first, 2n * BOND));
  await meter.record("more", terms.postBond(clusterId, first, 2n * BOND));
  const funding = { amount: 4n * BOND, deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };
  for (const [i, nodeId] of others.entries()) {
    const accepted = terms.acceptTermsWithBond(clusterId, nodeId, 4n * BOND, funding);
    await (i === 0 ? meter.record("out of the allowance", accepted) : accepted);
  }
  await world.terms.connect(manager).fillCluster(clusterId, nodeIds);
  await world.clusters.connect(manager).reserveResource(clusterId, 100);
  await meter.record("what covers no vnode", terms.withdrawBond(clusterId, first, BOND));
  const bucketId = await world.createBucket(await world.createPayer(1_000_000n * TOKEN), clusterId, 1);
  return { clusterId, bucketId, nodeIds };
}

async function measureQuality(world: World, meter: Meter, { clusterId, bucketId, nodeIds }: Formed): Promise<void> {
  const { buckets, people } = world;
  const terms = world.terms.connect(people.stranger);
  const [first = 0n, second = 0n] = nodeIds;
  const report = (nodeId: bigint, qualityBps: number) => terms.reportQuality(clusterId, nodeId, qualityBps, CODE, REFERENCE);
  await world.settleDay(bucketId);
  await world.clusters.distributeRevenues(clusterId);
  await meter.record("first of the cluster, just distributed", report(first, 6_000));
  await meter.record("just distributed, nothing to claim", report(first, 4_000));
  await time.increase(DAY);
  await meter.record("in a cluster with unserved time, first of the payer", buckets.settlePayment(bucketId));
  await world.settleDay(bucketId);
  await meter.record("after a day, and a share to claim", report(second, 4_000));
  await time.increase(DAY);
  await meter.record("in a cluster with unserved time", buckets.settlePayment(bucketId));
  await world.clusters.distributeRevenues(clusterId);
  await time.increase(DAY);
  await buckets.settlePayment(bucketId);
  await meter.record("4 nodes, in a cluster with unserved time", world.clusters.distributeRevenues(clusterId));
  const bucketIds = [bucketId, await world.createBucket(await world.createPayer(1_000_000n * TOKEN), clusterId, 1)];
  await time.increase(DAY);
  await buckets.settlePayments(bucketIds);
  await time.increase(DAY);
  const one = await meter.record("1 payer, in a cluster with unserved time", buckets.settlePayments([bucketId]));
  await time.increase(DAY);
  await meter.recordEach("each further payer, in a cluster with unserved time", buckets.settlePayments(bucketIds), one, 1n);
}

async function measureSlashes(world: World, meter: Meter, { clusterId, nodeIds }: Formed): Promise<void> {
  const terms = world.terms.connect(world.people.stranger);
  const [, , third = 0n, fourth = 0n] = nodeIds;
  await meter.record("first of the node", terms.slash(clusterId, third, 1n, CODE, REFERENCE));
  await meter.record("within the seven days", terms.slash(clusterId, third, 1n, CODE, REFERENCE));
  // Four vnodes' worth of bond for two vnodes: only after several weeks is it short.
  for (let week = 0; week < 4; week++) {
    await time.increase(WEEK);
    const { bond } = await terms.getAgreement(clusterId, fourth);
    const slash = terms.slash(clusterId, fourth, bond / 5n, CODE, REFERENCE);
    await (week === 3 ? meter.record("that leaves the bond short", slash) : slash);
  }
  await time.increase(WEEK);
  await meter.record("2 vnodes", terms.vacateUncovered(clusterId, fourth));
}

async function measureExits(world: World, meter: Meter): Promise<void> {
  const { manager, provider, stranger } = world.people;
  const formed = await formCluster(world, 4, 12);
  const { clusterId, bucketId, nodeIds, spare } = formed;
  const [first = 0n, second = 0n] = nodeIds;
  const terms = world.terms.connect(provider);
  await meter.record("", terms.announceExit(clusterId, first));
  await time.increase(WEEK);
  await world.buckets.settlePayment(bucketId);
  await meter.record("3 vnodes, after a day, a share and a bond", terms.finishExit(clusterId, first));
  const managed = world.terms.connect(manager);
  await meter.record("3 vnodes, by a node new to the cluster, just distributed", managed.fillVacancy(clusterId, 0, spare, true));

  await terms.announceExit(clusterId, second);
  await time.increase(WEEK);
  await terms.finishExit(clusterId, second);
  await world.settleDay(bucketId);
  await meter.record("1 vnode, by a node known to the cluster, after a day", managed.fillVacancy(clusterId, 1, spare, false));
  // Withheld until the leaving notice after its exclusion is over.
  const [, , third = 0n] = nodeIds;
  await world.clusters.connect(manager).replaceNodes(clusterId, third, formed.reserve);
  await time.increase(WEEK);
  await meter.record("all, after an exclusion", terms.withdrawBond(clusterId, third, MaxUint256));

  const fourth = nodeIds[3] ?? 0n;
  await world.terms.connect(stranger).reportQuality(clusterId, fourth, 0, CODE, REFERENCE);
  await terms.announceExit(clusterId, fourth);
  await meter.record("3 vnodes, early, nothing to claim", terms.finishExit(clusterId, fourth));
  await time.increase(WEEK);
  await meter.record("the bond of a node that left early", terms.finishExit(clusterId, fourth));

  const large = await world.createNodes(2);
  const [leaving = 0n] = large;
  const [coming = 0n] = await world.createNodes(1);
  const unused = await world.createCluster(large, MOST_VNODES, 1);
  await terms.announceExit(unused, leaving);
  await time.increase(WEEK);
  await meter.record("32,768 vnodes, just distributed, default terms", terms.finishExit(unused, leaving));
  await meter.record("32,768 vnodes, nothing is allocated", managed.fillVacancy(unused, 0, coming, true));
}

/** A cluster with terms on some nodes, that a bucket pays for, and two more nodes whose bonds are posted. */
async function formCluster(world: World, nodeCount: number, vnodes: number) {
  const { manager, provider } = world.people;
  const all = await world.createNodes(nodeCount + 2);
  await create(world, vnodes, BOND);
  const clusterId = await newest(world);
  for (const nodeId of all) {
    await world.terms.connect(provider).acceptTerms(clusterId, nodeId);
    await world.terms.connect(provider).postBond(clusterId, nodeId, BOND * BigInt(vnodes));
  }
  const nodeIds = all.slice(0, nodeCount);
  const [spare = 0n, reserve = 0n] = all.slice(nodeCount);
  await world.terms.connect(manager).fillCluster(clusterId, nodeIds);
  await world.clusters.connect(manager).reserveResource(clusterId, 100);
  const bucketId = await world.createBucket(await world.createPayer(1_000_000n * TOKEN), clusterId, 1);
  return { clusterId, bucketId, nodeIds, spare, reserve };
}

async function measureValidators(world: World, meter: Meter): Promise<void> {
  const { manager, other, stranger } = world.people;
  const terms = world.terms.connect(manager);
  const clusterId = await world.createCluster(await world.createNodes(3), 6, 0);
  await meter.record("first", terms.offerValidator(clusterId, stranger));
  await meter.record("another, before the notice is over", terms.offerValidator(clusterId, other));
  await time.increase(WEEK);
  await meter.record("instead of the manager", terms.finishValidator(clusterId));
  await terms.offerValidator(clusterId, stranger);
  await time.increase(WEEK);
  // Dearer than before, as no announced exit takes a slot any more.
  await meter.record("instead of another: a slot for each former validator, none for each exit", terms.finishValidator(clusterId));
}
