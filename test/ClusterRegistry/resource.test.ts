import { expect } from "chai";

import { DEFAULTS, type WithCluster, withCluster } from "../fixtures";
import { createCluster, createNodes, freeCapacities, MAX_UINT32, startPaying } from "../helpers/clusters";
import { clusterWith, fields } from "./clusters";

// In all of this: six vnodes on three nodes of capacity 100, 10 reserved for each vnode, so that 80 of each node are free.

describe("ClusterRegistry: reserving resource", () => {
  let fixture: WithCluster;

  beforeEach(async () => {
    const shared = await withCluster();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  const free = (): Promise<bigint[]> => freeCapacities(fixture, fixture.nodeIds);

  describe("reserveResource", () => {
    it("refuses zero", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.reserveResource(1, 0)).to.be.revertedWithCustomError(clusterRegistry, "ResourceZero").withArgs();
    });

    it("refuses one unit more than a node has free, and takes nothing of the others", async () => {
      const { clusterRegistry, nodeRegistry, provider2 } = fixture;
      await expect(clusterRegistry.reserveResource(1, 41))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(1, 82, 80);
      await nodeRegistry.connect(provider2).changeNodeCapacity(2, 99);
      await expect(clusterRegistry.reserveResource(1, 40))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(2, 80, 79);
      expect(await free()).to.deep.equal([80n, 79n, 80n]);
    });

    it("refuses the most that can be asked for", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.reserveResource(1, MAX_UINT32))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceTooLarge")
        .withArgs(1, MAX_UINT32 + 10n, MAX_UINT32);
      await expect(clusterRegistry.reserveResource(1, MAX_UINT32 - 10n))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(1, 2n * (MAX_UINT32 - 10n), 80);
    });

    it("reserves up to the last unit of every node, and then no more", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.reserveResource(1, 40)).to.emit(clusterRegistry, "ResourceReserved").withArgs(1, 50);
      expect(await free()).to.deep.equal([0n, 0n, 0n]);
      expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(await clusterWith(fixture, { resourcePerVnode: 50n }));
      await expect(clusterRegistry.reserveResource(1, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(1, 2, 0);
    });

    it("competes with other clusters for the nodes", async () => {
      const { clusterRegistry, nodeIds } = fixture;
      const other = await createCluster(fixture, 4n, nodeIds);
      await expect(clusterRegistry.reserveResource(other, 41))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(1, 82, 80);
      await clusterRegistry.reserveResource(other, 40);
      // Two vnodes of the other cluster are on the first node, and one on each other.
      expect(await free()).to.deep.equal([0n, 40n, 40n]);
    });

    it("counts up to 32 bits", async () => {
      const { clusterRegistry, nodeRegistry, provider1 } = fixture;
      const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent: 1n, capacity: MAX_UINT32 }]);
      const clusterId = await createCluster(fixture, 1n, [nodeId!], { perVnode: MAX_UINT32 });
      expect((await clusterRegistry.getCluster(clusterId)).resourcePerVnode).to.equal(MAX_UINT32);
      expect((await nodeRegistry.getNode(nodeId!)).reserved).to.equal(MAX_UINT32);
      await expect(clusterRegistry.reserveResource(clusterId, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceTooLarge")
        .withArgs(clusterId, MAX_UINT32 + 1n, MAX_UINT32);
    });
  });

  describe("releaseResource", () => {
    it("refuses zero", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.releaseResource(1, 0)).to.be.revertedWithCustomError(clusterRegistry, "ResourceZero").withArgs();
    });

    it("refuses more than is reserved", async () => {
      const { clusterRegistry } = fixture;
      for (const perVnode of [11n, MAX_UINT32]) {
        await expect(clusterRegistry.releaseResource(1, perVnode))
          .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceInUse")
          .withArgs(1, perVnode, 10);
      }
    });

    it("refuses what buckets use", async () => {
      const { clusterRegistry } = fixture;
      await startPaying(fixture, 1n, 3n, 0n);
      await expect(clusterRegistry.releaseResource(1, 8))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceInUse")
        .withArgs(1, 8, 7);
    });

    it("releases all that buckets do not use", async () => {
      const { clusterRegistry } = fixture;
      await startPaying(fixture, 1n, 3n, 0n);
      await expect(clusterRegistry.releaseResource(1, 7)).to.emit(clusterRegistry, "ResourceReleased").withArgs(1, 3);
      expect(await free()).to.deep.equal([94n, 94n, 94n]);
      expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(
        await clusterWith(fixture, { resourcePerVnode: 3n, resourceUsed: 3n }),
      );
    });

    it("releases everything where there are no buckets, and leaves the nodes in the cluster", async () => {
      const { clusterRegistry, nodeRegistry } = fixture;
      await expect(clusterRegistry.releaseResource(1, DEFAULTS.reservedPerVnode))
        .to.emit(clusterRegistry, "ResourceReleased")
        .withArgs(1, 0);
      expect(await free()).to.deep.equal([100n, 100n, 100n]);
      expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(await clusterWith(fixture, { resourcePerVnode: 0n }));
      expect((await nodeRegistry.getNode(1)).clusters).to.equal(1);
    });
  });
});
