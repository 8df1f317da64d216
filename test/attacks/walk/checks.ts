import { expect } from "chai";

import { NATIVE } from "../../fixtures";
import { claimable, rentPerUnit, reservations, resourceUsed, sum, type Token, vnodesByNode } from "./model";
import { WHOLE_TOKEN, type World } from "./world";

const ALL = 2n ** 32n - 1n;
/** Steps move none but the first 14. */
const VNODES_COMPARED = 20;

/** Compares all that the registries hold with the model. */
export async function expectAsInModel(world: World): Promise<void> {
  await expectClusters(world);
  await expectNodes(world);
  await expectBuckets(world);
  for (const token of world.model.tokens) await expectNothingLost(world, token);
}

/** Vnodes, weights, reservations, and the share of each node to the fine unit. */
async function expectClusters({ clusterRegistry, model }: World): Promise<void> {
  const { items } = await clusterRegistry.listClusters(1, ALL, NATIVE);
  expect(items.map(({ clusterId }) => Number(clusterId))).to.deep.equal([...model.clusters.keys()]);
  for (const status of items) {
    const id = Number(status.clusterId);
    const cluster = model.clusters.get(id)!;
    const counts = vnodesByNode(cluster);
    const { clusterId, closed, managementFeeBps, nodeCount, resourcePerVnode, resourceUsed: used, rentPerUnit: rent } = status;
    expect({ closed, managementFeeBps, nodeCount, resourcePerVnode, used, rent }, `cluster ${id}`).to.deep.equal({
      closed: cluster.closed,
      managementFeeBps: cluster.managementFeeBps,
      nodeCount: BigInt(counts.size),
      resourcePerVnode: cluster.resourcePerVnode,
      used: resourceUsed(model, id),
      rent: rentPerUnit(cluster),
    });

    const nodeIds = await clusterRegistry.getVnodes(clusterId, 0, VNODES_COMPARED);
    expect(nodeIds.map(Number), `vnodes of cluster ${id}`).to.deep.equal(cluster.vnodes.slice(0, VNODES_COMPARED));

    const members = await clusterRegistry.getMembers(clusterId);
    const found = members.map(({ nodeId, vnodes, rentPerMonth, fineClaimable }) => [nodeId, vnodes, rentPerMonth, fineClaimable]);
    const expected = [...counts].map(([node, count]) => [BigInt(node), BigInt(count), cluster.rents.get(node), claimable(cluster, node)]);
    expect(found, `nodes of cluster ${id}`).to.have.deep.members(expected);
    expect(await clusterRegistry.undividedOf(clusterId), `undivided of cluster ${id}`).to.equal(cluster.undivided);
  }
}

async function expectNodes({ model, nodeRegistry }: World): Promise<void> {
  const { items } = await nodeRegistry.listNodes(1, ALL, NATIVE);
  const reservedByNode = reservations(model);
  const found = items.map(({ nodeId, rentPerMonth, reserved, clusters }) => [nodeId, rentPerMonth, reserved, clusters]);
  const expected = [...model.rents].map(([node, rent]) => {
    const clusters = [...model.clusters.values()].filter(({ rents }) => rents.has(node)).length;
    return [BigInt(node), rent, reservedByNode.get(node) ?? 0n, BigInt(clusters)];
  });
  expect(found, "nodes").to.deep.equal(expected);
}

async function expectBuckets({ bucketRegistry, model }: World): Promise<void> {
  const { items } = await bucketRegistry.listBuckets(1, ALL, NATIVE);
  const found = items.map(({ bucketId, owner, resource, ratePerMonth }) => [bucketId, owner, resource, ratePerMonth]);
  const expected = [...model.buckets].map(([id, { owner, resource, rate }]) => [BigInt(id), owner.address, resource, rate]);
  expect(found, "buckets").to.deep.equal(expected);
}

/** Every fine unit that was deposited and not withdrawn is in one place: an account, a stream, a pool or a share. */
async function expectNothingLost({ accountRegistry, clusterRegistry, everyone, model, payers }: World, token: Token): Promise<void> {
  const places: bigint[] = [];
  for (const account of everyone) places.push((await accountRegistry.getAccount(account, token.address)).fineBalance);
  for (const [id, cluster] of model.clusters) {
    if (cluster.token !== token) continue;
    for (const payer of payers) places.push((await accountRegistry.getStream(payer, id)).fineOwed);
    places.push(await accountRegistry.poolOf(id), await clusterRegistry.undividedOf(id));
    for (const node of cluster.rents.keys()) places.push(claimable(cluster, node));
  }
  const { held, owed } = await accountRegistry.custody(token.address);
  expect(held, "held").to.equal(owed);
  expect(sum(places), `a currency of ${token.decimals} decimals`).to.equal((owed * WHOLE_TOKEN) / 10n ** token.decimals);
}
