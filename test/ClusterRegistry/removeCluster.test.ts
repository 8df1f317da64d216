import { expect } from "chai";

import { DEFAULTS, MONTH, testUsd, usd } from "../fixtures";
import {
  countFromNow,
  createCluster,
  createNodes,
  SCALED_PER_BASE_UNIT,
  scaledBalances,
  freeCapacities,
  FULL_QUALITY,
  INDEX_PER_SECOND,
  payFor,
  startPaying,
  stopPaying,
  useCheaperNode,
  vnodesOf,
  withRevenue,
  type WithRevenue,
} from "../helpers/clusters";

/** TestUSD in scaled units. */
const scaled = (amount: string): bigint => testUsd(amount) * SCALED_PER_BASE_UNIT;

describe("ClusterRegistry: removeCluster", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    const shared = await withRevenue();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  it("refuses while a bucket uses it", async () => {
    const { bucketRegistry, clusterRegistry, owner } = fixture;
    await bucketRegistry.connect(owner).allocate(1, 3, usd("60"));
    await expect(clusterRegistry.removeCluster(1)).to.be.revertedWithCustomError(clusterRegistry, "ClusterInUse").withArgs(1, 4);
  });

  context("given that nothing was earned", () => {
    it("frees the nodes' capacity, and lets them leave", async () => {
      const { clusterRegistry, nodeIds, nodeRegistry, stranger } = fixture;
      const clusterId = await createCluster(fixture, 6n, nodeIds, { perVnode: 5n });
      await expect(clusterRegistry.removeCluster(clusterId))
        .to.emit(clusterRegistry, "ClusterRemoved")
        .withArgs(clusterId, stranger, 0)
        .and.not.to.emit(clusterRegistry, "RevenuesDistributed");
      // Two vnodes x 10 in the first cluster.
      expect(await freeCapacities(fixture, nodeIds)).to.deep.equal([80n, 80n, 80n]);
      expect((await nodeRegistry.getNode(1)).clusters).to.equal(1);
      await expect(clusterRegistry.getCluster(clusterId))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterUnknown")
        .withArgs(clusterId);
      expect(await clusterRegistry.currencyIdOf(clusterId)).to.equal(0);
    });
  });

  context("given a pool", () => {
    beforeEach(async () => {
      expect(await stopPaying(fixture, fixture.payer, MONTH)).to.equal(scaled("60"));
    });

    it("distributes it, and pays every node", async () => {
      const { accountRegistry, clusterRegistry, manager, provider1, provider2, provider3, stranger } = fixture;
      await expect(clusterRegistry.removeCluster(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("58.212") / (usd("60") * FULL_QUALITY))
        .and.to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 1, provider1, scaled("19.404"))
        .and.to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 2, provider2, scaled("19.404"))
        .and.to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 3, provider3, scaled("19.404"))
        .and.to.emit(clusterRegistry, "ClusterRemoved")
        .withArgs(1, stranger, 0);
      expect(await scaledBalances(fixture, [stranger, manager, provider1, provider2, provider3])).to.deep.equal([
        scaled("0.6"),
        scaled("1.188"),
        scaled("19.404"),
        scaled("19.404"),
        scaled("19.404"),
      ]);
      expect(await accountRegistry.poolOf(1)).to.equal(0);
      expect(await freeCapacities(fixture, fixture.nodeIds)).to.deep.equal([100n, 100n, 100n]);
    });

    it("pays a node that has claimed before what it has earned since", async () => {
      const { clusterRegistry, provider1, provider2 } = fixture;
      await clusterRegistry.distributeRevenues(1);
      await clusterRegistry.claimRevenues(1, 1);
      await clusterRegistry.removeCluster(1);
      expect(await scaledBalances(fixture, [provider1, provider2])).to.deep.equal([scaled("19.404"), scaled("19.404")]);
    });

    it("lets nobody claim afterwards", async () => {
      const { clusterRegistry, provider1 } = fixture;
      await clusterRegistry.removeCluster(1);
      await expect(clusterRegistry.claimRevenues(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "ClusterUnknown").withArgs(1);
      await expect(clusterRegistry.distributeRevenues(1)).to.be.revertedWithCustomError(clusterRegistry, "ClusterUnknown").withArgs(1);
      expect(await scaledBalances(fixture, [provider1])).to.deep.equal([scaled("19.404")]);
    });

    it("leaves its buckets with nothing that they could do but close", async () => {
      const { bucketRegistry, clusterRegistry, owner } = fixture;
      await clusterRegistry.removeCluster(1);
      const buckets = bucketRegistry.connect(owner);
      await expect(buckets.allocate(1, 1, usd("60")))
        .to.be.revertedWithCustomError(buckets, "ClusterUnknown")
        .withArgs(1);
      await buckets.settlePayment(1);
      await expect(buckets.closeBucket(1)).to.emit(buckets, "BucketClosed").withArgs(1, owner, 1);
    });

    it("leaves nobody who could take over its management", async () => {
      const { clusterRegistry, otherManager } = fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await clusterRegistry.removeCluster(1);
      await expect(clusterRegistry.connect(otherManager).acceptManagement(1))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterUnknown")
        .withArgs(1);
    });
  });

  context("given what did not divide", () => {
    it("gives it to the network's account", async () => {
      const { clusterRegistry, manager, provider1, stranger } = fixture;
      // Weights of 2 x (3 USD + 1 wei), 20 and 20 USD.
      const rent = usd("3") + 1n;
      const weight = (2n * rent + usd("40")) * FULL_QUALITY;
      await useCheaperNode(fixture, 1n, 1n, rent);
      await countFromNow(fixture.payer);
      const [network, management, paid] = (await scaledBalances(fixture, [stranger, manager, provider1])) as [bigint, bigint, bigint];
      const pool = await stopPaying(fixture, fixture.payer, 1_001n);
      const shares = (pool * 9_702n) / 10_000n;
      const left = shares % weight;
      expect(left).not.to.equal(0n);
      await expect(clusterRegistry.removeCluster(1)).to.emit(clusterRegistry, "ClusterRemoved").withArgs(1, stranger, left);
      expect(await scaledBalances(fixture, [stranger, manager, provider1])).to.deep.equal([
        network + pool / 100n + left,
        management + (pool * 198n) / 10_000n,
        paid + 2n * rent * FULL_QUALITY * (shares / weight),
      ]);
    });
  });

  context("given no weight at all", () => {
    it("gives the whole pool to the network's account, whatever the fees", async () => {
      const { accountRegistry, clusterRegistry, manager, provider1, provider2, provider3, stranger } = fixture;
      for (const nodeId of [1n, 2n, 3n]) await useCheaperNode(fixture, 1n, nodeId, 0n);
      await countFromNow(fixture.payer);
      const people = [stranger, manager, provider1, provider2, provider3];
      const before = await scaledBalances(fixture, people);
      await stopPaying(fixture, fixture.payer, MONTH);
      // The nodes that were replaced have had their shares.
      expect(before.every((amount) => amount !== 0n)).to.equal(true);
      await expect(clusterRegistry.removeCluster(1))
        .to.emit(clusterRegistry, "ClusterRemoved")
        .withArgs(1, stranger, scaled("60"))
        .and.not.to.emit(clusterRegistry, "RevenuesDistributed");
      const after = await scaledBalances(fixture, people);
      expect(after.map((amount, i) => amount - before[i]!)).to.deep.equal([scaled("60"), 0n, 0n, 0n, 0n]);
      expect(await accountRegistry.poolOf(1)).to.equal(0);
    });

    it("gives a pool and what had not divided before to the network's account", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      const clusterId = await createCluster(fixture, 1n, [1n], { perVnode: 1n });
      const rent = usd("3") + 1n;
      const payer = await startPaying(fixture, clusterId, 1n, 0n);
      const cheaper = await useCheaperNode(fixture, clusterId, 1n, rent);
      // What was paid before has divided.
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(0);
      await countFromNow(payer);
      const [before] = (await scaledBalances(fixture, [stranger])) as [bigint];
      const [free] = await createNodes(fixture.nodeRegistry, fixture.provider1, [{ rent: 0n, capacity: DEFAULTS.capacity }]);
      const first = await payFor(payer, 1_001n);
      // This distributes by the old weight, and leaves what does not divide.
      await clusterRegistry.replaceNodes(clusterId, cheaper, free!);
      const left = ((first * 99n) / 100n) % (rent * FULL_QUALITY);
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(left);
      expect(left).not.to.equal(0n);
      const all = await stopPaying(fixture, payer, MONTH);
      expect(all).to.equal(usd("10") * INDEX_PER_SECOND * MONTH);
      await expect(clusterRegistry.connect(manager).removeCluster(clusterId))
        .to.emit(clusterRegistry, "ClusterRemoved")
        .withArgs(clusterId, stranger, all + left);
      expect(await scaledBalances(fixture, [stranger])).to.deep.equal([before + first / 100n + all + left]);
    });
  });

  context("given places that are free", () => {
    it("frees every node that is still there, and none twice", async () => {
      const { clusterRegistry, nodeRegistry, provider1 } = fixture;
      const nodes = Array<{ rent: bigint; capacity: bigint }>(7).fill({ rent: usd("10"), capacity: DEFAULTS.capacity });
      const nodeIds = await createNodes(nodeRegistry, provider1, nodes);
      const clusterId = await createCluster(fixture, 8n, nodeIds, { perVnode: 9n });
      // The second and the sixth leave; a vnode of the first, which has two, goes to the third.
      for (const [index, to] of [
        [1, nodeIds[2]],
        [5, nodeIds[6]],
        [7, nodeIds[2]],
      ] as const) {
        await clusterRegistry.replaceNode(clusterId, index, to!);
      }
      expect(await freeCapacities(fixture, nodeIds)).to.deep.equal([91n, 100n, 73n, 91n, 91n, 100n, 82n]);
      await clusterRegistry.removeCluster(clusterId);
      expect(await freeCapacities(fixture, nodeIds)).to.deep.equal(Array<bigint>(7).fill(100n));
      for (const nodeId of nodeIds) expect((await nodeRegistry.getNode(nodeId)).clusters).to.equal(0);
    });
  });

  it("leaves no trace in the next cluster", async () => {
    const { clusterRegistry, nodeIds } = fixture;
    await clusterRegistry.replaceNode(1, 0, 2);
    await stopPaying(fixture, fixture.payer, MONTH);
    await clusterRegistry.removeCluster(1);
    const clusterId = await createCluster(fixture, 6n, nodeIds);
    expect(clusterId).to.equal(2n);
    expect(await vnodesOf(fixture, clusterId)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    expect(await clusterRegistry.claimable(clusterId, 2)).to.equal(0);
  });
});
