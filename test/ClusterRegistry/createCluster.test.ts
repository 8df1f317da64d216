import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { DEFAULTS, NATIVE, usd, type WithNodes, withNodes } from "../fixtures";
import {
  createNodes,
  MAX_GAS,
  MAX_RATE,
  MAX_RENT,
  MAX_UINT16,
  MAX_UINT32,
  MEASURING_COVERAGE,
  PATIENCE,
  vnodesOf,
  withManyNodes,
} from "../helpers/clusters";
import { clusterWith, fields } from "./clusters";

const FEE = DEFAULTS.managementFeeBps;

describe("ClusterRegistry: createCluster", () => {
  let fixture: WithNodes;

  beforeEach(async () => {
    const shared = await withNodes();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  for (const vnodeCount of [0n, MAX_UINT16 + 1n, MAX_UINT32]) {
    context(`when it is to have ${vnodeCount} vnodes`, () => {
      it("reverts", async () => {
        const { clusterRegistry, nodeIds, testUSD } = fixture;
        await expect(clusterRegistry.createCluster(testUSD, vnodeCount, nodeIds, FEE, ""))
          .to.be.revertedWithCustomError(clusterRegistry, "ClusterVnodeCountInvalid")
          .withArgs(vnodeCount, MAX_UINT16);
      });
    });
  }

  context("when there are no nodes", () => {
    it("reverts", async () => {
      const { clusterRegistry, testUSD } = fixture;
      await expect(clusterRegistry.createCluster(testUSD, 6, [], FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodeCountInvalid")
        .withArgs(0, 6);
    });
  });

  context("when there are more nodes than vnodes", () => {
    it("reverts", async () => {
      const { clusterRegistry, nodeIds, testUSD } = fixture;
      await expect(clusterRegistry.createCluster(testUSD, 2, nodeIds, FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodeCountInvalid")
        .withArgs(3, 2);
    });
  });

  context("when the management fee is above its cap", () => {
    for (const fee of [3_001n, MAX_UINT16]) {
      it(`reverts at ${fee} basis points`, async () => {
        const { clusterRegistry, nodeIds, testUSD } = fixture;
        await expect(clusterRegistry.createCluster(testUSD, 6, nodeIds, fee, ""))
          .to.be.revertedWithCustomError(clusterRegistry, "ManagementFeeTooHigh")
          .withArgs(fee, 3_000);
      });
    }
  });

  context("when the currency is not listed", () => {
    it("reverts", async () => {
      const { clusterRegistry, nodeIds, stranger } = fixture;
      await expect(clusterRegistry.createCluster(stranger, 6, nodeIds, FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });
  });

  for (const nodeId of [0n, 4n]) {
    context(`when there is no node ${nodeId}`, () => {
      it("reverts", async () => {
        const { clusterRegistry, testUSD } = fixture;
        await expect(clusterRegistry.createCluster(testUSD, 6, [1n, nodeId], FEE, ""))
          .to.be.revertedWithCustomError(clusterRegistry, "NodeUnknown")
          .withArgs(nodeId);
      });
    });
  }

  context("when a node is in the list twice", () => {
    for (const nodeIds of [
      [2n, 2n],
      [1n, 2n, 3n, 2n],
    ]) {
      it(`reverts for [${nodeIds.join(", ")}]`, async () => {
        const { clusterRegistry, testUSD } = fixture;
        await expect(clusterRegistry.createCluster(testUSD, 6, nodeIds, FEE, ""))
          .to.be.revertedWithCustomError(clusterRegistry, "NodeAlreadyInCluster")
          .withArgs(1, 2);
      });
    }
  });

  context("when a provider does not trust the caller", () => {
    it("reverts, whoever else trusts it", async () => {
      const { clusterRegistry, nodeIds, nodeRegistry, otherManager, provider1, provider2, testUSD } = fixture;
      await nodeRegistry.connect(provider1).trustManager(otherManager);
      await expect(clusterRegistry.connect(otherManager).createCluster(testUSD, 6, nodeIds, FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
        .withArgs(2, provider2.address, otherManager.address);
    });

    it("reverts for a provider itself", async () => {
      const { clusterRegistry, provider1, testUSD } = fixture;
      await expect(clusterRegistry.connect(provider1).createCluster(testUSD, 6, [1], FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
        .withArgs(1, provider1.address, provider1.address);
    });
  });

  context("when the params are too long", () => {
    it("reverts", async () => {
      const { clusterRegistry, nodeIds, testUSD } = fixture;
      await expect(clusterRegistry.createCluster(testUSD, 6, nodeIds, FEE, "x".repeat(24_001)))
        .to.be.revertedWithCustomError(clusterRegistry, "ParamsTooLong")
        .withArgs(24_001, 24_000);
    });
  });

  context("given nodes of the highest rent", () => {
    beforeEach(async () => {
      await createNodes(fixture.nodeRegistry, fixture.provider1, [{ rent: MAX_RENT, capacity: 1n }]);
    });

    it("reverts where the rents add up to more than can be counted", async () => {
      const { clusterRegistry, testUSD } = fixture;
      await expect(clusterRegistry.createCluster(testUSD, 257, [4], FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterRentTooHigh")
        .withArgs(257n * MAX_RENT, MAX_RATE);
    });

    it("takes as many as fit", async () => {
      const { clusterRegistry, testUSD } = fixture;
      await clusterRegistry.createCluster(testUSD, 256, [4], FEE, "");
      expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(2n ** 96n - 256n);
    });
  });

  it("makes the caller the manager of a cluster with what it was given", async () => {
    const { clusterRegistry, manager, nodeIds, nodeRegistry, provider2, testUSD } = fixture;
    await nodeRegistry.connect(provider2).changeNodeRent(2, usd("20"));
    await expect(clusterRegistry.createCluster(testUSD, 7, nodeIds, FEE, '{"replication":3}'))
      .to.emit(clusterRegistry, "ClusterCreated")
      .withArgs(1, manager, testUSD, 7, FEE, nodeIds, [usd("10"), usd("20"), usd("10")], '{"replication":3}');
    expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(
      await clusterWith(fixture, {
        vnodeCount: 7n,
        resourcePerVnode: 0n,
        // Three vnodes at 10 USD, two at 20, two at 10.
        rentPerUnit: usd("90"),
        params: '{"replication":3}',
      }),
    );
  });

  it("lets vnodes go round robin over the nodes, in the order that they are listed", async () => {
    const { clusterRegistry, testUSD } = fixture;
    await clusterRegistry.createCluster(testUSD, 8, [3, 1, 2], FEE, "");
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([3n, 1n, 2n, 3n, 1n, 2n, 3n, 1n]);
    const members = await clusterRegistry.getMembers(1);
    expect(members.map(({ nodeId, vnodes }) => [nodeId, vnodes])).to.deep.equal([
      [3n, 3n],
      [1n, 3n],
      [2n, 2n],
    ]);
  });

  it("counts the cluster at each of its nodes, and reserves nothing", async () => {
    const { clusterRegistry, nodeRegistry, testUSD } = fixture;
    await clusterRegistry.createCluster(testUSD, 6, [1, 2], FEE, "");
    await clusterRegistry.createCluster(testUSD, 6, [2], FEE, "");
    const nodes = await Promise.all([1, 2, 3].map((nodeId) => nodeRegistry.getNode(nodeId)));
    expect(nodes.map(({ clusters, reserved }) => [clusters, reserved])).to.deep.equal([
      [1n, 0n],
      [2n, 0n],
      [0n, 0n],
    ]);
  });

  it("takes the smallest: one vnode, one node, no fee, no params, paid in the native currency", async () => {
    const { clusterRegistry, manager } = fixture;
    await expect(clusterRegistry.createCluster(NATIVE, 1, [2], 0, ""))
      .to.emit(clusterRegistry, "ClusterCreated")
      .withArgs(1, manager, NATIVE, 1, 0, [2], [usd("10")], "");
    expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(
      await clusterWith(fixture, {
        currency: NATIVE,
        vnodeCount: 1n,
        nodeCount: 1n,
        resourcePerVnode: 0n,
        rentPerUnit: usd("10"),
        managementFeeBps: 0n,
      }),
    );
  });

  it("takes the highest fee", async () => {
    const { clusterRegistry, nodeIds, testUSD } = fixture;
    await clusterRegistry.createCluster(testUSD, 6, nodeIds, 3_000, "");
    expect((await clusterRegistry.getCluster(1)).managementFeeBps).to.equal(3_000);
  });

  it("takes nodes that ask nothing", async () => {
    const { clusterRegistry, nodeRegistry, provider1, testUSD } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, 0);
    await clusterRegistry.createCluster(testUSD, 6, [1], FEE, "");
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(0);
  });

  it("gives ids in order from 1, and none twice", async () => {
    const { clusterRegistry, manager, nodeIds, testUSD } = fixture;
    await clusterRegistry.createCluster(testUSD, 6, nodeIds, FEE, "");
    await clusterRegistry.removeCluster(1);
    await expect(clusterRegistry.createCluster(testUSD, 6, [0], FEE, "")).to.be.revertedWithCustomError(clusterRegistry, "NodeUnknown");
    expect(await clusterRegistry.createCluster.staticCall(testUSD, 6, nodeIds, FEE, "")).to.equal(2);
    expect((await clusterRegistry.listClusters(0, 10, manager)).lastId).to.equal(1);
  });

  it("can be called several times in a transaction", async () => {
    const { clusterRegistry, nodeIds, testUSD } = fixture;
    const calls = [
      clusterRegistry.interface.encodeFunctionData("createCluster", [testUSD.target, 6, nodeIds, 0, ""]),
      clusterRegistry.interface.encodeFunctionData("reserveResource", [1, 10]),
      clusterRegistry.interface.encodeFunctionData("createCluster", [testUSD.target, 3, nodeIds, 0, ""]),
    ];
    await clusterRegistry.multicall(calls);
    const [items] = await clusterRegistry.listClusters(1, 2, ZeroAddress);
    expect(items.map(({ vnodeCount, resourcePerVnode }) => [vnodeCount, resourcePerVnode])).to.deep.equal([
      [6n, 10n],
      [3n, 0n],
    ]);
  });
});

describe("ClusterRegistry: the largest clusters", () => {
  it("have no more than 256 nodes", async function () {
    this.timeout(PATIENCE);
    const { clusterRegistry, manager, manyNodeIds, testUSD } = await withManyNodes();
    for (const vnodeCount of [257n, MAX_UINT16]) {
      await expect(clusterRegistry.connect(manager).createCluster(testUSD, vnodeCount, manyNodeIds, FEE, ""))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodeCountInvalid")
        .withArgs(257, 256);
    }
  });

  // Instrumented contracts need more gas than there is.
  if (MEASURING_COVERAGE) return;
  it("are created, filled, emptied and removed within the gas that a transaction may use", async function () {
    this.timeout(PATIENCE);
    const fixture = await withManyNodes();
    const { manager, manyNodeIds, nodeRegistry, testUSD } = fixture;
    const nodeIds = manyNodeIds.slice(0, 256);
    const clusterRegistry = fixture.clusterRegistry.connect(manager);
    const gasOf = async (call: ReturnType<typeof clusterRegistry.removeCluster>): Promise<bigint> => (await (await call).wait())!.gasUsed;

    // 65,535 = 255 x 256 + 255: 256 vnodes on each node, but 255 on the last.
    expect(await gasOf(clusterRegistry.createCluster(testUSD, MAX_UINT16, nodeIds, FEE, "x".repeat(24_000)))).to.be.lessThan(MAX_GAS);
    const last = await clusterRegistry.getVnodes(1, 65_000, MAX_UINT32);
    expect([...last]).to.deep.equal(Array.from({ length: 535 }, (_, i) => nodeIds[(65_000 + i) % 256]));
    const members = await clusterRegistry.getMembers(1);
    expect(members.map(({ vnodes: count }) => count)).to.deep.equal([...Array<bigint>(255).fill(256n), 255n]);
    const { nodeCount, rentPerUnit } = await clusterRegistry.getCluster(1);
    expect([nodeCount, rentPerUnit]).to.deep.equal([256n, usd("655350")]);

    // One unit of each of 256 vnodes is more than their capacity of 100.
    await expect(clusterRegistry.reserveResource(1, 1))
      .to.be.revertedWithCustomError(clusterRegistry, "NodeCapacityExceeded")
      .withArgs(nodeIds[0], 256, 100);
    const grow = nodeIds.map((nodeId) => nodeRegistry.interface.encodeFunctionData("changeNodeCapacity", [nodeId, 1_000]));
    await nodeRegistry.connect(fixture.provider1).multicall(grow);
    expect(await gasOf(clusterRegistry.reserveResource(1, 3))).to.be.lessThan(MAX_GAS);
    expect((await nodeRegistry.getNode(nodeIds[0]!)).reserved).to.equal(768);
    expect((await nodeRegistry.getNode(nodeIds[255]!)).reserved).to.equal(765);
    expect(await gasOf(clusterRegistry.releaseResource(1, 1))).to.be.lessThan(MAX_GAS);
    expect((await nodeRegistry.getNode(nodeIds[255]!)).reserved).to.equal(510);
    expect(await gasOf(clusterRegistry.removeCluster(1))).to.be.lessThan(MAX_GAS);
    expect((await nodeRegistry.getNode(nodeIds[255]!)).reserved).to.equal(0);
  });
});
