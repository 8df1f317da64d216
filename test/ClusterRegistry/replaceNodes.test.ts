import { expect } from "chai";

import { DEFAULTS, usd, type WithCluster, withCluster } from "../fixtures";
import { createCluster, createNodes, MAX_GAS, MAX_RATE, MAX_RENT, MAX_UINT16, startPaying, vnodesOf } from "../helpers/clusters";

// In all of this: vnodes 0 to 5 on nodes 1, 2, 3, 1, 2, 3, all of rent 10 and capacity 100, with 10 reserved for each vnode; node 4 is the
// first provider's, and in no cluster.

describe("ClusterRegistry: replaceNodes", () => {
  let fixture: WithCluster;

  const use = async (rent: bigint, capacity: bigint = DEFAULTS.capacity): Promise<void> => {
    await createNodes(fixture.nodeRegistry, fixture.provider1, [{ rent, capacity }]);
  };
  const reserved = async (nodeId: number): Promise<[reserved: bigint, clusters: bigint]> => {
    const node = await fixture.nodeRegistry.getNode(nodeId);
    return [node.reserved, node.clusters];
  };

  beforeEach(async () => {
    const shared = await withCluster();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  it("refuses an old node that is not in the cluster, or does not exist", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("10"));
    for (const nodeId of [0, 4, 5]) {
      await expect(clusterRegistry.replaceNodes(1, nodeId, 4))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster")
        .withArgs(1, nodeId);
    }
  });

  it("refuses a new node that is in the cluster, the old one included", async () => {
    const { clusterRegistry } = fixture;
    for (const nodeId of [1, 2]) {
      await expect(clusterRegistry.replaceNodes(1, 1, nodeId))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeAlreadyInCluster")
        .withArgs(1, nodeId);
    }
  });

  it("refuses a new node that does not exist", async () => {
    const { clusterRegistry } = fixture;
    for (const nodeId of [0, 4]) {
      await expect(clusterRegistry.replaceNodes(1, 1, nodeId))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeUnknown")
        .withArgs(nodeId);
    }
  });

  it("refuses a node whose provider does not trust the manager", async () => {
    const { clusterRegistry, manager, nodeRegistry, otherOwner } = fixture;
    await nodeRegistry.connect(otherOwner).createNode(1, 100, "");
    await expect(clusterRegistry.replaceNodes(1, 1, 4))
      .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
      .withArgs(4, otherOwner.address, manager.address);
  });

  it("refuses a node without capacity for all the vnodes, and takes one with just enough", async () => {
    const { clusterRegistry, nodeRegistry, provider1 } = fixture;
    await use(usd("10"), 19n);
    await expect(clusterRegistry.replaceNodes(1, 1, 4))
      .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
      .withArgs(4, 20, 19);
    await nodeRegistry.connect(provider1).changeNodeCapacity(4, 20);
    await clusterRegistry.replaceNodes(1, 1, 4);
    expect(await reserved(4)).to.deep.equal([20n, 1n]);
  });

  it("refuses a dearer node while buckets are allocated", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("10") + 1n);
    await startPaying(fixture, 1n, 1n, 0n);
    await expect(clusterRegistry.replaceNodes(1, 1, 4))
      .to.be.revertedWithCustomError(clusterRegistry, "RentNotLower")
      .withArgs(1, 4, usd("10") + 1n, usd("10"));
  });

  it("takes a dearer node while nothing is allocated", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("11"));
    await expect(clusterRegistry.replaceNodes(1, 1, 4))
      .to.emit(clusterRegistry, "NodeReplaced")
      .withArgs(1, 1, 4, 2, usd("11"), usd("62"));
  });

  it("refuses rents that add up to more than can be counted", async () => {
    const { clusterRegistry } = fixture;
    await use(MAX_RENT);
    const clusterId = await createCluster(fixture, 257n, [1n]);
    await expect(clusterRegistry.replaceNodes(clusterId, 1, 4))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterRentTooHigh")
      .withArgs(257n * MAX_RENT, MAX_RATE);
  });

  it("moves all the vnodes of a node with their reservation, and the old node leaves", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("7"));
    await startPaying(fixture, 1n, 1n, 0n);
    await expect(clusterRegistry.replaceNodes(1, 1, 4))
      .to.emit(clusterRegistry, "NodeReplaced")
      .withArgs(1, 1, 4, 2, usd("7"), usd("54"));
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([4n, 2n, 3n, 4n, 2n, 3n]);
    expect(await reserved(1)).to.deep.equal([0n, 0n]);
    expect(await reserved(4)).to.deep.equal([20n, 1n]);
    const { nodeCount, rentPerUnit } = await clusterRegistry.getCluster(1);
    expect([nodeCount, rentPerUnit]).to.deep.equal([3n, usd("54")]);
    await expect(clusterRegistry.claimable(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster").withArgs(1, 1);
  });

  it("moves vnodes that were moved one by one, too, and none that were moved away", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("10"));
    await clusterRegistry.replaceNode(1, 0, 2);
    await clusterRegistry.replaceNode(1, 5, 1);
    await clusterRegistry.replaceNode(1, 2, 1);
    // Node 3 has left, and node 1 has vnodes 2, 3 and 5.
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 1n, 1n, 2n, 1n]);
    await clusterRegistry.replaceNodes(1, 1, 4);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 4n, 4n, 2n, 4n]);
    expect(await reserved(4)).to.deep.equal([30n, 1n]);
  });

  it("moves them back", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("10"));
    await clusterRegistry.replaceNodes(1, 1, 4);
    await clusterRegistry.replaceNodes(1, 4, 1);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    expect(await reserved(1)).to.deep.equal([20n, 1n]);
    expect(await reserved(4)).to.deep.equal([0n, 0n]);
  });

  it("costs the same for 65,535 vnodes as for one", async () => {
    const { clusterRegistry } = fixture;
    await use(usd("10"));
    const gasOf = async (clusterId: bigint): Promise<bigint> => {
      const receipt = await (await clusterRegistry.replaceNodes(clusterId, 1, 4)).wait();
      return receipt!.gasUsed;
    };
    const [small, large] = [await createCluster(fixture, 1n, [1n]), await createCluster(fixture, MAX_UINT16, [1n])];
    // Node 4 enters its first cluster, which costs more than to enter another.
    await clusterRegistry.replaceNodes(1, 1, 4);
    const [gasOfSmall, gasOfLarge] = [await gasOf(small), await gasOf(large)];
    expect(gasOfLarge).to.be.lessThan(MAX_GAS);
    // The calldata and the numbers differ in a few bytes.
    expect(gasOfLarge).to.be.closeTo(gasOfSmall, 1_000);
    expect(await vnodesOf(fixture, small)).to.deep.equal([4n]);
    const nodeIds = await clusterRegistry.getVnodes(large, 65_530, 10);
    expect([...nodeIds]).to.deep.equal([4n, 4n, 4n, 4n, 4n]);
  });
});
