import { admit, personOf } from "../gas/people";
import { ANY_RENT, MANAGEMENT_FEE_BPS, RENT, TOKEN, type World, params } from "../gas/world";
import { depositForAll, inChunks, sendAll } from "./crowd";
import { type Size, nodesOf, providerOf, standings } from "./size";

/** How long params are: of a node, of a cluster, of a bucket. */
export const PARAMS_BYTES = { node: 120, cluster: 300, bucket: 200 };

const VNODES = 64;
const CAPACITY = 2 ** 32 - 1;
const DEPOSIT = 100_000n * TOKEN;
/** As many nodes as are created in a transaction. */
const CHUNK = 50;

/** Fills an empty world: afterwards everything has an id, everyone has deposited, and every bucket pays. */
export async function populate(world: World, size: Size): Promise<void> {
  await createNodes(world, size);
  await createClusters(world, size);
  await createBuckets(world, size);
}

/** Lets more people, with a bucket each, pay for a cluster of the world's manager. */
export async function crowd(
  world: World,
  clusterId: bigint,
  buckets: number,
  depositOf: (index: number) => bigint = () => DEPOSIT,
): Promise<void> {
  await world.clusters.connect(world.people.manager).reserveResource(clusterId, buckets);
  const payers = Array.from({ length: buckets }, (_, index) => personOf("payer", index));
  await depositForAll(world, payers, depositOf);
  let { lastId } = await world.buckets.listBuckets(1, 0, world.people.owner);
  for (const payer of payers) {
    await admit(payer);
    await createBucket(world, payer, clusterId, ++lastId);
  }
}

/** Adds clusters to a filled world, each like its first and by the same manager, and nodes of its first provider. */
export async function grow(world: World, from: Size, to: Pick<Size, "nodes" | "clusters">): Promise<Size> {
  await addNodes(world, 0, to.nodes - from.nodes);
  for (let cluster = from.clusters; cluster < to.clusters; cluster++) await addCluster(world, personOf("manager", 0), nodesOf(0, from));
  return { ...from, ...to };
}

async function createNodes(world: World, { nodes }: Size): Promise<void> {
  const providers = Array.from({ length: nodes }, (_, node) => providerOf(node));
  for (const provider of new Set(providers)) {
    await admit(personOf("provider", provider));
    await addNodes(world, provider, providers.filter((other) => other === provider).length);
  }
}

async function createClusters(world: World, size: Size): Promise<void> {
  const { nodes, clusters } = world;
  for (let cluster = 0; cluster < size.clusters; cluster++) {
    const manager = personOf("manager", cluster);
    await admit(manager);
    for (const provider of new Set(nodesOf(cluster, size).map(providerOf))) {
      await sendAll(personOf("provider", provider), nodes, [nodes.interface.encodeFunctionData("trustManager", [manager])]);
    }
    await addCluster(world, manager, nodesOf(cluster, size));
    await sendAll(manager, clusters, [clusters.interface.encodeFunctionData("reserveResource", [cluster + 1, size.buckets])]);
  }
}

async function addNodes({ nodes }: World, provider: number, count: number): Promise<void> {
  const create = nodes.interface.encodeFunctionData("createNode", [RENT, CAPACITY, params(PARAMS_BYTES.node)]);
  const creations = Array.from({ length: count }, () => create);
  await inChunks(creations, CHUNK, (chunk) => sendAll(personOf("provider", provider), nodes, chunk));
}

async function addCluster({ clusters, token }: World, manager: string, members: readonly number[]): Promise<void> {
  const nodeIds = members.map((node) => node + 1);
  const terms = [await token.getAddress(), VNODES, nodeIds, MANAGEMENT_FEE_BPS, params(PARAMS_BYTES.cluster)] as const;
  await sendAll(manager, clusters, [clusters.interface.encodeFunctionData("createCluster", [...terms])]);
}

async function createBuckets(world: World, size: Size): Promise<void> {
  const owners = Array.from({ length: size.owners }, (_, index) => personOf("owner", index));
  for (const owner of owners) await admit(owner);
  await depositForAll(world, owners, () => DEPOSIT);
  for (const [index, { owner, cluster }] of standings(size).entries()) {
    await createBucket(world, personOf("owner", owner), BigInt(cluster + 1), BigInt(index + 1));
  }
}

/** Creates a bucket, whose id is known as ids are given in order, and lets it pay. */
async function createBucket({ buckets }: World, owner: string, clusterId: bigint, bucketId: bigint): Promise<void> {
  await sendAll(owner, buckets, [
    buckets.interface.encodeFunctionData("createBucket", [clusterId, params(PARAMS_BYTES.bucket)]),
    buckets.interface.encodeFunctionData("allocate", [bucketId, 1, ANY_RENT]),
  ]);
}
