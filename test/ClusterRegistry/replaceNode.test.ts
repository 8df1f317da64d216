import { expect } from "chai";

import { DEFAULTS, usd, type WithCluster, withCluster } from "../fixtures";
import {
  createCluster,
  createNodes,
  freeCapacities,
  MAX_RATE,
  MAX_RENT,
  MAX_UINT32,
  PATIENCE,
  startPaying,
  vnodesOf,
  withManyNodes,
} from "../helpers/clusters";

// In all of this, unless said otherwise: vnodes 0 to 5 on nodes 1, 2, 3, 1, 2, 3, all of rent 10 and capacity 100, with 10 reserved for
// each vnode; nodes 4, 5 and so on are the first provider's, and in no cluster.

describe("ClusterRegistry: replaceNode", () => {
  let fixture: WithCluster;

  const use = (nodes: { rent?: bigint; capacity?: bigint }[]): Promise<bigint[]> =>
    createNodes(
      fixture.nodeRegistry,
      fixture.provider1,
      nodes.map(({ rent, capacity }) => ({ rent: rent ?? DEFAULTS.rentPerMonth, capacity: capacity ?? DEFAULTS.capacity })),
    );
  const reserved = async (nodeId: bigint): Promise<[reserved: bigint, clusters: bigint]> => {
    const node = await fixture.nodeRegistry.getNode(nodeId);
    return [node.reserved, node.clusters];
  };
  const members = async (): Promise<bigint[][]> => {
    const items = await fixture.clusterRegistry.getMembers(1);
    return items.map(({ nodeId, vnodes, rentPerMonth }) => [nodeId, vnodes, rentPerMonth / 10n ** 18n]);
  };
  const replace = (...moves: [vnodeIndex: number, newNodeId: number][]): Promise<unknown> =>
    fixture.clusterRegistry.multicall(
      moves.map(([index, nodeId]) => fixture.clusterRegistry.interface.encodeFunctionData("replaceNode", [1, index, nodeId])),
    );

  beforeEach(async () => {
    const shared = await withCluster();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  context("when there is no such vnode", () => {
    for (const index of [6n, MAX_UINT32]) {
      it(`reverts for ${index}`, async () => {
        const { clusterRegistry } = fixture;
        await expect(clusterRegistry.replaceNode(1, index, 2))
          .to.be.revertedWithCustomError(clusterRegistry, "VnodeUnknown")
          .withArgs(1, index, 6);
      });
    }
  });

  context("when the vnode is on the node already", () => {
    it("reverts by round robin", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.replaceNode(1, 3, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodeAlreadyOnNode")
        .withArgs(1, 3, 1);
    });

    it("reverts where it was moved to", async () => {
      const { clusterRegistry } = fixture;
      await clusterRegistry.replaceNode(1, 3, 2);
      await expect(clusterRegistry.replaceNode(1, 3, 2))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodeAlreadyOnNode")
        .withArgs(1, 3, 2);
    });
  });

  context("when there is no such node", () => {
    for (const nodeId of [0n, 4n]) {
      it(`reverts for ${nodeId}`, async () => {
        const { clusterRegistry } = fixture;
        await expect(clusterRegistry.replaceNode(1, 0, nodeId))
          .to.be.revertedWithCustomError(clusterRegistry, "NodeUnknown")
          .withArgs(nodeId);
      });
    }
  });

  context("when the new node's provider does not trust the manager", () => {
    it("reverts for a node that is new", async () => {
      const { clusterRegistry, manager, nodeRegistry, otherOwner } = fixture;
      await nodeRegistry.connect(otherOwner).createNode(1, 100, "");
      await expect(clusterRegistry.replaceNode(1, 0, 4))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
        .withArgs(4, otherOwner.address, manager.address);
    });

    it("reverts for a node that is in the cluster", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider2 } = fixture;
      await nodeRegistry.connect(provider2).distrustManager(manager);
      await expect(clusterRegistry.replaceNode(1, 0, 2))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
        .withArgs(2, provider2.address, manager.address);
    });

    it("lets the vnodes of a distrustful provider go", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider2 } = fixture;
      await nodeRegistry.connect(provider2).distrustManager(manager);
      await clusterRegistry.replaceNode(1, 1, 1);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 1n, 3n, 1n, 2n, 3n]);
    });
  });

  context("when the new node's capacity is lacking", () => {
    it("reverts for a node that is new", async () => {
      const { clusterRegistry } = fixture;
      await use([{ capacity: 9n }]);
      await expect(clusterRegistry.replaceNode(1, 0, 4))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(4, 10, 9);
    });

    it("reverts for a node that is in the cluster", async () => {
      const { clusterRegistry, nodeRegistry, provider2 } = fixture;
      await nodeRegistry.connect(provider2).changeNodeCapacity(2, 29);
      await expect(clusterRegistry.replaceNode(1, 0, 2))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
        .withArgs(2, 10, 9);
    });

    it("takes a node with just enough of it", async () => {
      const { clusterRegistry } = fixture;
      await use([{ capacity: 10n }]);
      await clusterRegistry.replaceNode(1, 0, 4);
      expect(await freeCapacities(fixture, [1n, 4n])).to.deep.equal([90n, 0n]);
    });
  });

  context("when the new node is dearer", () => {
    beforeEach(async () => {
      await use([{ rent: usd("10") + 1n }]);
    });

    it("reverts while buckets are allocated", async () => {
      const { clusterRegistry } = fixture;
      await startPaying(fixture, 1n, 1n, 0n);
      await expect(clusterRegistry.replaceNode(1, 0, 4))
        .to.be.revertedWithCustomError(clusterRegistry, "RentNotLower")
        .withArgs(1, 4, usd("10") + 1n, usd("10"));
    });

    it("reverts while buckets are allocated, for a node that is in the cluster", async () => {
      const { clusterRegistry } = fixture;
      await clusterRegistry.replaceNode(1, 0, 4);
      await startPaying(fixture, 1n, 1n, 0n);
      await expect(clusterRegistry.replaceNode(1, 1, 4))
        .to.be.revertedWithCustomError(clusterRegistry, "RentNotLower")
        .withArgs(1, 4, usd("10") + 1n, usd("10"));
    });

    it("raises the rent while nothing is allocated", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.replaceNode(1, 0, 4))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(1, 1, 4, 0, usd("10") + 1n, usd("60") + 1n);
      expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("60") + 1n);
    });

    it("raises the rent once nothing is allocated any more", async () => {
      const { bucketRegistry, clusterRegistry, owner } = fixture;
      const { bucketId } = await startPaying(fixture, 1n, 1n, 0n);
      await bucketRegistry.connect(owner).release(bucketId, 1);
      await clusterRegistry.replaceNode(1, 0, 4);
      expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("60") + 1n);
    });
  });

  context("when the new node asks as much or less", () => {
    for (const [rent, rentPerUnit] of [
      [usd("10"), usd("60")],
      [usd("10") - 1n, usd("60") - 1n],
      [0n, usd("50")],
    ] as const) {
      it(`takes a rent of ${rent} while buckets are allocated`, async () => {
        const { clusterRegistry } = fixture;
        await use([{ rent }]);
        await startPaying(fixture, 1n, 1n, 0n);
        await expect(clusterRegistry.replaceNode(1, 0, 4))
          .to.emit(clusterRegistry, "VnodeReplaced")
          .withArgs(1, 1, 4, 0, rent, rentPerUnit);
        expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(rentPerUnit);
      });
    }

    it("takes the rent at which a node joined, whatever it asks now", async () => {
      const { clusterRegistry, nodeRegistry, provider2 } = fixture;
      await nodeRegistry.connect(provider2).changeNodeRent(2, usd("99"));
      await startPaying(fixture, 1n, 1n, 0n);
      await expect(clusterRegistry.replaceNode(1, 0, 2))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(1, 1, 2, 0, usd("10"), usd("60"));
    });
  });

  context("when the rents add up to more than can be counted", () => {
    it("reverts", async function () {
      this.timeout(PATIENCE);
      const { clusterRegistry } = fixture;
      const [dear, dearToo, cheap] = (await use([{ rent: MAX_RENT }, { rent: MAX_RENT }, { rent: 255n }])) as [bigint, bigint, bigint];
      // Nothing is reserved, so capacity does not matter; 256 vnodes of the highest rent leave room for 255 wei.
      const clusterId = await createCluster(fixture, 257n, [cheap]);
      const moves = Array.from({ length: 256 }, (_, i) =>
        clusterRegistry.interface.encodeFunctionData("replaceNode", [clusterId, i, dear]),
      );
      await clusterRegistry.multicall(moves.slice(0, 128));
      await clusterRegistry.multicall(moves.slice(128));
      expect((await clusterRegistry.getCluster(clusterId)).rentPerUnit).to.equal(MAX_RATE);
      await expect(clusterRegistry.replaceNode(clusterId, 256, dearToo))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterRentTooHigh")
        .withArgs(257n * MAX_RENT, MAX_RATE);
    });
  });

  describe("where vnodes lead", () => {
    it("moves one vnode between nodes of the cluster, with its reservation", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.replaceNode(1, 3, 2))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(1, 1, 2, 3, usd("10"), usd("60"));
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 2n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([10n, 1n]);
      expect(await reserved(2n)).to.deep.equal([30n, 1n]);
      expect(await members()).to.deep.equal([
        [1n, 1n, 10n],
        [2n, 3n, 10n],
        [3n, 2n, 10n],
      ]);
    });

    it("moves one vnode to a new node, which joins in a place of its own", async () => {
      const { clusterRegistry } = fixture;
      await use([{ rent: usd("7") }]);
      await expect(clusterRegistry.replaceNode(1, 3, 4))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(1, 1, 4, 3, usd("7"), usd("57"));
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 4n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([10n, 1n]);
      expect(await reserved(4n)).to.deep.equal([10n, 1n]);
      expect(await members()).to.deep.equal([
        [1n, 1n, 10n],
        [2n, 2n, 10n],
        [3n, 2n, 10n],
        [4n, 1n, 7n],
      ]);
      expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(4);
    });

    it("moves a node's last vnode to a node of the cluster, and the old node leaves", async () => {
      const { clusterRegistry } = fixture;
      await replace([0, 2], [3, 3]);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 3n, 3n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([0n, 0n]);
      expect(await members()).to.deep.equal([
        [2n, 3n, 10n],
        [3n, 3n, 10n],
      ]);
      expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(2);
      await expect(clusterRegistry.claimRevenues(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster").withArgs(1, 1);
    });

    it("moves a node's last vnode to a new node, which takes its place", async () => {
      await use([{ rent: usd("7") }]);
      await replace([0, 2], [3, 4]);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 3n, 4n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([0n, 0n]);
      expect(await reserved(4n)).to.deep.equal([10n, 1n]);
      expect(await members()).to.deep.equal([
        [4n, 1n, 7n],
        [2n, 3n, 10n],
        [3n, 2n, 10n],
      ]);
    });

    it("gives a free place to the next node that joins, the last that became free first", async () => {
      await use([{}, {}, {}]);
      // Nodes 1 and then 2 leave; what comes next stands in the places 2, then 1, then a new one.
      await replace([0, 3], [3, 3], [1, 3], [4, 3]);
      expect(await members()).to.deep.equal([[3n, 6n, 10n]]);
      await replace([5, 4]);
      expect(await members()).to.deep.equal([
        [4n, 1n, 10n],
        [3n, 5n, 10n],
      ]);
      await replace([0, 5], [1, 6]);
      expect(await members()).to.deep.equal([
        [5n, 1n, 10n],
        [4n, 1n, 10n],
        [3n, 3n, 10n],
        [6n, 1n, 10n],
      ]);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([5n, 6n, 3n, 3n, 3n, 4n]);
    });

    it("moves a vnode away and back, where a node leaves and comes back", async () => {
      await replace([0, 2], [3, 2], [0, 1], [3, 1]);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([20n, 1n]);
      expect(await reserved(2n)).to.deep.equal([20n, 1n]);
      expect(await members()).to.deep.equal([
        [1n, 2n, 10n],
        [2n, 2n, 10n],
        [3n, 2n, 10n],
      ]);
    });

    it("moves all vnodes onto one node", async () => {
      await replace([0, 3], [1, 3], [3, 3], [4, 3]);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([3n, 3n, 3n, 3n, 3n, 3n]);
      expect(await reserved(3n)).to.deep.equal([60n, 1n]);
    });

    it("moves the only vnode of a cluster from node to node", async () => {
      const clusterId = await createCluster(fixture, 1n, [1n], { perVnode: 5n });
      await fixture.clusterRegistry.replaceNode(clusterId, 0, 2);
      await fixture.clusterRegistry.replaceNode(clusterId, 0, 3);
      expect(await vnodesOf(fixture, clusterId)).to.deep.equal([3n]);
      expect(await reserved(2n)).to.deep.equal([20n, 1n]);
      expect(await reserved(3n)).to.deep.equal([25n, 2n]);
      expect((await fixture.clusterRegistry.getCluster(clusterId)).nodeCount).to.equal(1);
    });

    it("leaves other clusters on the same nodes alone", async () => {
      const clusterId = await createCluster(fixture, 3n, fixture.nodeIds, { perVnode: 7n });
      await replace([0, 2], [3, 2]);
      expect(await vnodesOf(fixture, clusterId)).to.deep.equal([1n, 2n, 3n]);
      expect(await reserved(1n)).to.deep.equal([7n, 1n]);
      expect(await reserved(2n)).to.deep.equal([47n, 2n]);
    });

    it("moves nothing but the vnode where nothing is reserved", async () => {
      await use([{ capacity: 0n }]);
      const clusterId = await createCluster(fixture, 2n, [1n]);
      await fixture.clusterRegistry.replaceNode(clusterId, 1, 4);
      expect(await vnodesOf(fixture, clusterId)).to.deep.equal([1n, 4n]);
      expect(await reserved(4n)).to.deep.equal([0n, 1n]);
    });
  });

  describe("the ancestor's numbers: twelve vnodes over six nodes of capacity 100, 15 reserved for each", () => {
    it("leaves 100, 70, 70, 70, 55 and 55 free when vnodes 0 and 6 are replaced", async () => {
      const nodeIds = await use([{}, {}, {}, {}, {}, {}]);
      const clusterId = await createCluster(fixture, 12n, nodeIds, { perVnode: 15n });
      expect(await freeCapacities(fixture, nodeIds)).to.deep.equal([70n, 70n, 70n, 70n, 70n, 70n]);
      await fixture.clusterRegistry.replaceNode(clusterId, 0, nodeIds[4]!);
      await fixture.clusterRegistry.replaceNode(clusterId, 6, nodeIds[5]!);
      expect(await freeCapacities(fixture, nodeIds)).to.deep.equal([100n, 70n, 70n, 70n, 55n, 55n]);
    });
  });
});

describe("ClusterRegistry: replaceNode in a cluster that is full", () => {
  it("refuses one node more than 256, until one has left", async function () {
    this.timeout(PATIENCE);
    const fixture = await withManyNodes();
    const { manager, manyNodeIds } = fixture;
    const nodeIds = manyNodeIds.slice(0, 256);
    const [first, second] = nodeIds as [bigint, bigint];
    const extra = manyNodeIds[256]!;
    const clusterRegistry = fixture.clusterRegistry.connect(manager);
    const clusterId = await createCluster(fixture, 258n, nodeIds.slice(0, 255));
    // Vnodes 0 and 255 are on the first node, 1 and 256 on the second, 2 and 257 on the third.
    await clusterRegistry.replaceNode(clusterId, 257, nodeIds[255]!);
    expect((await clusterRegistry.getCluster(clusterId)).nodeCount).to.equal(256);
    await expect(clusterRegistry.replaceNode(clusterId, 0, extra))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull")
      .withArgs(clusterId, 256);

    // A node that leaves makes way in the same call,
    await clusterRegistry.replaceNode(clusterId, 2, extra);
    await clusterRegistry.replaceNode(clusterId, 2, nodeIds[2]!);
    // and a place that became free is there for the next.
    await clusterRegistry.replaceNode(clusterId, 2, first);
    await clusterRegistry.replaceNode(clusterId, 256, extra);
    expect((await clusterRegistry.getCluster(clusterId)).nodeCount).to.equal(256);
    await expect(clusterRegistry.replaceNode(clusterId, 0, nodeIds[2]!))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull")
      .withArgs(clusterId, 256);

    const expected = Array.from({ length: 258 }, (_, i) => nodeIds[i % 255]);
    [expected[2], expected[256], expected[257]] = [first, extra, nodeIds[255]];
    expect(await vnodesOf(fixture, clusterId)).to.deep.equal(expected);
    expect((await clusterRegistry.getMembers(clusterId)).find(({ nodeId }) => nodeId === second)?.vnodes).to.equal(1);
  });
});
