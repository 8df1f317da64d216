import { time } from "@nomicfoundation/hardhat-network-helpers";

import { type Meter } from "../meter";
import { DAY, MANAGEMENT_FEE_BPS, RENT, type World, params } from "../world";

/** The most distinct nodes, and vnodes, that a cluster can have. */
const MOST_NODES = 256;
const MOST_VNODES = 65_535;
const CROWD = 100;

export async function measureClusters(world: World, meter: Meter): Promise<void> {
  await measureSizes(world, meter);
  await measureReplacements(world, meter);
  await measureRents(world, meter);
  await measureRevenues(world, meter);
  await measureManagement(world, meter);
}

/** What grows with the number of distinct nodes: creating, reserving, releasing, removing. */
async function measureSizes(world: World, meter: Meter): Promise<void> {
  const clusters = world.clusters.connect(world.people.manager);
  const nodes = await world.createNodes(MOST_NODES);
  const create = (count: number, vnodes: number) =>
    clusters.createCluster(world.token, vnodes, nodes.slice(0, count), MANAGEMENT_FEE_BPS, params(200));
  const newest = async () => (await clusters.listClusters(1, 0, world.people.manager)).lastId;

  const sizes = [
    { count: 3, vnodes: 6, create: 300_000, reserve: 58_500 },
    { count: 3, vnodes: 300, create: 300_000, reserve: 58_500 },
    { count: 100, vnodes: 300, reserve: 670_000 },
    { count: MOST_NODES, vnodes: MOST_VNODES },
  ];
  await meter.record("first of the registry, 1 node, 1 vnode, 200 bytes", create(1, 1));
  for (const { count, vnodes, create: reachCreate, reserve: reachReserve } of sizes) {
    const size = `${count} nodes, ${vnodes.toLocaleString("en")} vnodes`;
    await meter.record(`${size}, 200 bytes`, create(count, vnodes), reachCreate);
    const clusterId = await newest();
    await clusters.reserveResource(clusterId, 1);
    await meter.record(size, clusters.reserveResource(clusterId, 1), reachReserve);
    await meter.record(size, clusters.releaseResource(clusterId, 1));
    await meter.record(`${size}, 200 bytes`, clusters.removeCluster(clusterId));
  }
}

async function measureReplacements(world: World, meter: Meter): Promise<void> {
  const clusters = world.clusters.connect(world.people.manager);
  const { clusterId, bucketId, nodeIds } = await world.createPaidCluster(3, 12);
  const [first = 0n, second = 0n, third = 0n] = nodeIds;
  const [fourth = 0n, fifth = 0n] = await world.createNodes(2);
  // Two rounds, so that everything that is written has been written before.
  const distribute = async () => {
    await world.settleDay(bucketId);
    await clusters.distributeRevenues(clusterId);
  };
  await distribute();
  for (const nodeId of nodeIds) await clusters.claimRevenues(clusterId, nodeId);
  await distribute();
  await meter.record("by a node new to the cluster, just distributed", clusters.replaceNode(clusterId, 0, fourth), 184_800);
  await distribute();
  const known = "by a node known to the cluster, just distributed";
  await meter.record(`${known}, both with shares to claim`, clusters.replaceNode(clusterId, 1, third));
  await meter.record(`${known}, nothing to claim`, clusters.replaceNode(clusterId, 4, third));
  await world.settleDay(bucketId);
  await meter.record("by a node known to the cluster, after a day", clusters.replaceNode(clusterId, 3, second), 159_500);
  await distribute();
  await meter.record("1 vnode, just distributed", clusters.replaceNodes(clusterId, fourth, fifth), 170_000);
  await world.settleDay(bucketId);
  await meter.record("several vnodes, after a day", clusters.replaceNodes(clusterId, first, fourth));

  const large = await world.createPaidCluster(3, 3_000);
  const [node = 0n] = large.nodeIds;
  const [spare = 0n] = await world.createNodes(1);
  await world.settleDay(large.bucketId);
  await clusters.distributeRevenues(large.clusterId);
  await clusters.claimRevenues(large.clusterId, node);
  await world.settleDay(large.bucketId);
  await clusters.distributeRevenues(large.clusterId);
  await meter.record("1,000 vnodes, just distributed", clusters.replaceNodes(large.clusterId, node, spare), 170_000);
}

async function measureRents(world: World, meter: Meter): Promise<void> {
  const { nodes, people } = world;
  const clusters = world.clusters.connect(people.manager);
  const { clusterId, bucketId, nodeIds } = await world.createPaidCluster(3, 6);
  const [node = 0n, other = 0n] = nodeIds;
  await world.settleDay(bucketId);
  await clusters.distributeRevenues(clusterId);
  for (const nodeId of nodeIds) await clusters.claimRevenues(clusterId, nodeId);
  for (const nodeId of [node, other]) await nodes.connect(people.provider).changeNodeRent(nodeId, RENT / 2n);
  await meter.record("just distributed", clusters.acceptRent(clusterId, node, RENT));
  await world.settleDay(bucketId);
  await meter.record("after a day", clusters.acceptRent(clusterId, other, RENT));
  const unused = await world.createCluster(nodeIds, 6, 0);
  await nodes.connect(people.provider).changeNodeRent(node, RENT / 4n);
  await meter.record("nothing is allocated", clusters.acceptRent(unused, node, RENT));
}

async function measureRevenues(world: World, meter: Meter): Promise<void> {
  const { clusters } = world;
  for (const count of [3, 100]) {
    const { clusterId, nodeIds } = await world.createPaidCluster(count, 300);
    const [node = 0n] = nodeIds;
    await time.increase(DAY);
    await meter.record(`${count} nodes, first`, clusters.distributeRevenues(clusterId));
    await meter.record(`${count} nodes, first of the node`, clusters.claimRevenues(clusterId, node));
    await time.increase(DAY);
    await meter.record(`${count} nodes`, clusters.distributeRevenues(clusterId), 80_000);
    await meter.record(`${count} nodes`, clusters.claimRevenues(clusterId, node), 53_000);
  }
  const { clusterId } = await world.createPaidCluster(3, 6);
  await world.createCrowd(clusterId, CROWD - 1);
  for (const [days, description] of [
    [1, "first"],
    [1, "no end was passed"],
    [33, "a month later, all ends were passed"],
  ] as const) {
    await time.increase(days * DAY);
    await meter.record(`3 nodes, ${CROWD} payers, ${description}`, clusters.distributeRevenues(clusterId));
  }
}

async function measureManagement(world: World, meter: Meter): Promise<void> {
  const { manager, other, admin, stranger } = world.people;
  const clusters = world.clusters.connect(manager);
  const { clusterId, bucketId } = await world.createPaidCluster(3, 6);
  await meter.record("none to 200 bytes", clusters.changeClusterParams(clusterId, params(200)));
  await meter.record("200 bytes to others", clusters.changeClusterParams(clusterId, params(200).toUpperCase()));
  await meter.record("closed", clusters.closeCluster(clusterId, true));
  await meter.record("opened", clusters.closeCluster(clusterId, false));
  await meter.record("just distributed", clusters.lowerManagementFee(clusterId, MANAGEMENT_FEE_BPS - 1));
  await world.settleDay(bucketId);
  await meter.record("after a day", clusters.lowerManagementFee(clusterId, MANAGEMENT_FEE_BPS - 2));
  await meter.record("first", clusters.offerManagement(clusterId, stranger));
  await meter.record("to somebody else", clusters.offerManagement(clusterId, other));
  await world.settleDay(bucketId);
  await meter.record("after a day", world.clusters.connect(other).acceptManagement(clusterId));
  await meter.record("", world.clusters.connect(admin).setNetworkFee(200, stranger));
}
