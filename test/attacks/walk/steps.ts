import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { allocate, type Bucket, claimable, type Cluster, release, rentPerUnit } from "./model";
import type { Random } from "../../helpers/random";
import { drawRent, NODES, send, type World } from "./world";

/** Does something with the contracts and, where it went through, the same with the model. */
export type Step = () => Promise<unknown>;

const MAX128 = 2n ** 128n - 1n;
const DAY = 86_400;
const YEAR = 365 * DAY;
const MAX_CLUSTERS = 6;
const MAX_BUCKETS = 26;

/** What managers and providers do: vnodes, rents and fees. */
export function networkSteps(world: World, random: Random) {
  const { bucketRegistry, clusterRegistry, manager, model, nodeRegistry, provider } = world;
  const { buckets, clusters, rents, tokens } = model;
  const theirs = clusterRegistry.connect(manager);
  const anyCluster = (): [number, Cluster] => random.pick([...clusters]);
  const anyNode = (): number => random.between(1, NODES);
  const anyMember = ({ rents: members }: Cluster): number => random.pick([...members.keys()]);
  let lastId = 0;

  return {
    async createCluster() {
      if (clusters.size === MAX_CLUSTERS) return;
      const nodes = random.shuffled([...rents.keys()]).slice(0, random.between(1, 8));
      const vnodeCount = random.pick([nodes.length, nodes.length + random.between(0, 11), nodes.length + random.between(0, 4), 65_535]);
      const token = random.pick(tokens);
      const managementFeeBps = random.pick([0n, 3_000n, 333n]);
      await send(world, () => theirs.createCluster(token.address, vnodeCount, nodes, managementFeeBps, ""));
      clusters.set(++lastId, {
        token,
        managementFeeBps,
        closed: false,
        vnodes: Array.from({ length: vnodeCount }, (_, i) => nodes[i % nodes.length]!),
        rents: new Map(nodes.map((node) => [node, rents.get(node)!])),
        resourcePerVnode: 0n,
        earned: new Map(),
        paid: new Map(),
        undivided: 0n,
      });
    },

    async removeCluster() {
      if (!random.chance(8)) return;
      const [id] = anyCluster();
      await send(world, () => theirs.removeCluster(id));
      clusters.delete(id);
    },

    async closeCluster() {
      const [id, cluster] = anyCluster();
      const closed = random.chance(25);
      await send(world, () => theirs.closeCluster(id, closed));
      cluster.closed = closed;
    },

    async reserveResource() {
      const [id, cluster] = anyCluster();
      const more = random.pick([5n, 1_000n, 1_000n]);
      await send(world, () => theirs.reserveResource(id, more));
      cluster.resourcePerVnode += more;
    },

    async releaseResource() {
      const [id, cluster] = anyCluster();
      await send(world, () => theirs.releaseResource(id, 1));
      cluster.resourcePerVnode -= 1n;
    },

    async replaceNode() {
      const [id, cluster] = anyCluster();
      const vnode = random.between(0, Math.min(cluster.vnodes.length, 14) - 1);
      const to = anyNode();
      await send(world, () => theirs.replaceNode(id, vnode, to));
      const from = cluster.vnodes[vnode]!;
      cluster.vnodes[vnode] = to;
      if (!cluster.rents.has(to)) cluster.rents.set(to, rents.get(to)!);
      if (!cluster.vnodes.includes(from)) cluster.rents.delete(from);
    },

    async replaceNodes() {
      const [id, cluster] = anyCluster();
      const from = anyMember(cluster);
      const others = [...rents.keys()].filter((node) => !cluster.rents.has(node));
      if (others.length === 0) return;
      const to = random.pick(others);
      await send(world, () => theirs.replaceNodes(id, from, to));
      cluster.vnodes = cluster.vnodes.map((node) => (node === from ? to : node));
      cluster.rents.delete(from);
      cluster.rents.set(to, rents.get(to)!);
    },

    async changeNodeRent() {
      const node = anyNode();
      const rent = drawRent(random);
      await send(world, () => nodeRegistry.connect(provider).changeNodeRent(node, rent));
      rents.set(node, rent);
    },

    async acceptRent() {
      const [id, cluster] = anyCluster();
      const node = anyMember(cluster);
      await send(world, () => theirs.acceptRent(id, node, MAX128));
      cluster.rents.set(node, rents.get(node)!);
    },

    async lowerManagementFee() {
      const [id, cluster] = anyCluster();
      const fee = cluster.managementFeeBps - 1n;
      if (fee < 0n) return;
      await send(world, () => theirs.lowerManagementFee(id, fee));
      cluster.managementFeeBps = fee;
    },

    async distributeRevenues() {
      const [id] = anyCluster();
      const itsBuckets = [...buckets].filter(([, { clusterId }]) => clusterId === id).map(([bucketId]) => bucketId);
      if (random.chance(75)) await send(world, () => bucketRegistry.settlePayments(itsBuckets));
      await send(world, () => clusterRegistry.distributeRevenues(id));
    },

    async claimRevenues() {
      const claims = [...clusters].flatMap(([id, cluster]) =>
        [...cluster.rents.keys()].filter((node) => claimable(cluster, node) > 0n).map((node) => ({ id, node })),
      );
      if (claims.length === 0) return;
      const { id, node } = random.pick(claims);
      await send(world, () => clusterRegistry.claimRevenues(id, node));
    },
  } satisfies Record<string, Step>;
}

/** What owners and those around them do: buckets, deposits, prices and time. */
export function moneySteps(world: World, random: Random) {
  const { accountRegistry, admin, bucketRegistry, manager, model, payers, stranger } = world;
  const { buckets, clusters, tokens } = model;
  const anyBucket = (): [number, Bucket] => random.pick([...buckets]);
  const anyPayer = (): HardhatEthersSigner => random.pick(payers);
  /** One that holds something, if there is any. */
  const anyHeldBucket = (): [number, Bucket] => {
    const held = [...buckets].filter(([, { resource }]) => resource !== 0n);
    return held.length === 0 ? anyBucket() : random.pick(held);
  };
  let lastId = 0;

  return {
    async createBucket() {
      if (buckets.size === MAX_BUCKETS) return;
      const clusterId = random.pick([...clusters.keys()]);
      const owner = anyPayer();
      await send(world, () => bucketRegistry.connect(owner).createBucket(clusterId, ""));
      buckets.set(++lastId, { owner, clusterId, resource: 0n, rate: 0n });
    },

    async closeBucket() {
      if (!random.chance(16)) return;
      const [id, { owner }] = anyBucket();
      await send(world, () => bucketRegistry.connect(owner).closeBucket(id));
      buckets.delete(id);
    },

    async allocate() {
      const [id, bucket] = anyBucket();
      const more = random.pick([1n, 2n, 300n]);
      await send(world, () => bucketRegistry.connect(bucket.owner).allocate(id, more, MAX128));
      const cluster = clusters.get(bucket.clusterId)!;
      expect(cluster.closed, "allocated in a closed cluster").to.equal(false);
      allocate(bucket, more, rentPerUnit(cluster));
    },

    async release() {
      const [id, bucket] = anyHeldBucket();
      const less = random.pick([1n, 1n, bucket.resource]);
      await send(world, () => bucketRegistry.connect(bucket.owner).release(id, less));
      release(bucket, less);
    },

    async reclaim() {
      const [id, bucket] = anyHeldBucket();
      const events = await send(world, () => bucketRegistry.connect(manager).reclaim(id));
      if (events.includes("ResourceDeallocated")) release(bucket, bucket.resource);
    },

    async endBucket() {
      const [id, bucket] = anyHeldBucket();
      const events = await send(world, () => bucketRegistry.connect(manager).endBucket(id));
      if (events.includes("ResourceDeallocated")) release(bucket, bucket.resource);
    },

    async passBucket() {
      const [id, bucket] = anyBucket();
      const to = anyPayer();
      await send(world, () => bucketRegistry.connect(bucket.owner).offerBucket(id, to));
      await send(world, () => bucketRegistry.connect(to).acceptBucket(id, MAX128));
      bucket.owner = to;
    },

    async settlePayments() {
      const ids = [anyBucket(), anyBucket(), anyBucket()].map(([id]) => id);
      await send(world, () => bucketRegistry.settlePayments(ids));
    },

    async deposit() {
      const [, { owner, clusterId }] = anyHeldBucket();
      const { address, decimals, maximum } = clusters.get(clusterId)?.token ?? random.pick(tokens);
      const amount = random.pick([1n, 10n ** decimals, 1_000n * 10n ** decimals, maximum / 5n]);
      await send(world, () => accountRegistry.connect(stranger).depositFor(owner, address, amount));
    },

    async withdraw() {
      if (!random.chance(33)) return;
      const [payer, { address }, amount] = [anyPayer(), random.pick(tokens), random.pick([1n, MaxUint256])];
      await send(world, () => accountRegistry.connect(payer).withdraw(address, amount, stranger));
    },

    async setPrice() {
      const { address } = random.pick(tokens);
      const { minPrice, maxPrice } = await accountRegistry.getCurrency(address);
      const price = random.pick([minPrice, maxPrice]);
      await send(world, () => accountRegistry.connect(admin).setPrice(address, price));
    },

    async wait() {
      const seconds = random.pick([1, 1, 3_600, DAY, 31 * DAY, 10 * YEAR]);
      // The index is kept in its range for 421 years at the lowest of prices.
      if (world.now + seconds < world.start + 400 * YEAR) world.now += seconds;
    },
  } satisfies Record<string, Step>;
}
