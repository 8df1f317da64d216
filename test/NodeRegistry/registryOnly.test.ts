import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { deployments } from "hardhat";

import { type INodeRegistry, type NodeRegistry, NodeRegistry__factory } from "../../cache/typechain-types";
import { base } from "../fixtures";
import { MAX_RENT, MAX_UINT32 } from "../helpers/clusters";

// A registry of its own, in which a person stands in for the cluster registry: what that one asks for can be seen alone.

interface Stage {
  nodeRegistry: NodeRegistry;
  clusterRegistry: HardhatEthersSigner;
  provider: HardhatEthersSigner;
  otherProvider: HardhatEthersSigner;
  manager: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

/** Nodes 1 and 2 of one provider, 3 of another; both trust the manager. */
const stage = deployments.createFixture(async (): Promise<Stage> => {
  const { deployer: clusterRegistry, manager, provider1: provider, provider2: otherProvider, stranger } = await base();
  const nodeRegistry = await new NodeRegistry__factory(clusterRegistry).deploy(clusterRegistry);
  await nodeRegistry.connect(provider).createNode(10, 100, "");
  await nodeRegistry.connect(provider).createNode(MAX_RENT, MAX_UINT32, "");
  await nodeRegistry.connect(otherProvider).createNode(30, 300, "");
  await nodeRegistry.connect(provider).trustManager(manager);
  await nodeRegistry.connect(otherProvider).trustManager(manager);
  return { nodeRegistry, clusterRegistry, provider, otherProvider, manager, stranger };
});

/** As `NodeSlot` packs a node and its number of vnodes. */
const place = (nodeId: bigint, vnodes: bigint): bigint => (nodeId << 16n) | vnodes;

describe("NodeRegistry: what is the cluster registry's", () => {
  let fixture: Stage;

  beforeEach(async () => {
    fixture = await stage();
  });

  const use = async (nodeId: bigint): Promise<{ reserved: bigint; clusters: bigint }> => {
    const { reserved, clusters } = await fixture.nodeRegistry.getNode(nodeId);
    return { reserved, clusters };
  };

  const transferOf = (changes: Partial<INodeRegistry.ReservationTransferStruct>): INodeRegistry.ReservationTransferStruct => ({
    from: 1,
    to: 3,
    resource: 40,
    fromLeaves: false,
    toJoins: false,
    manager: fixture.manager.address,
    ...changes,
  });

  describe("CLUSTER_REGISTRY", () => {
    it("is what the registry was deployed with", async () => {
      expect(await fixture.nodeRegistry.CLUSTER_REGISTRY()).to.equal(fixture.clusterRegistry);
    });

    it("is the cluster registry in a deployment", async () => {
      const { clusterRegistry, nodeRegistry } = await base();
      expect(await nodeRegistry.CLUSTER_REGISTRY()).to.equal(clusterRegistry);
    });
  });

  context("when anybody else calls", () => {
    const calls = {
      addToCluster: (registry: NodeRegistry) => registry.addToCluster([1], fixture.manager),
      reserveFor: (registry: NodeRegistry) => registry.reserveFor([place(1n, 1n)], 1),
      releaseFrom: (registry: NodeRegistry) => registry.releaseFrom([place(1n, 1n)], 0, false),
      transferReservation: (registry: NodeRegistry) => registry.transferReservation(transferOf({ resource: 0 })),
    };
    for (const [name, call] of Object.entries(calls)) {
      it(`refuses ${name}, even of a provider and of its manager`, async () => {
        const { manager, nodeRegistry, provider, stranger } = fixture;
        for (const caller of [stranger, provider, manager]) {
          await expect(call(nodeRegistry.connect(caller)))
            .to.be.revertedWithCustomError(nodeRegistry, "CallerNotRegistry")
            .withArgs(caller.address);
        }
      });
    }

    it("refuses through multicall, too", async () => {
      const { manager, nodeRegistry, stranger } = fixture;
      const data = nodeRegistry.interface.encodeFunctionData("addToCluster", [[1], manager.address]);
      await expect(nodeRegistry.connect(stranger).multicall([data]))
        .to.be.revertedWithCustomError(nodeRegistry, "CallerNotRegistry")
        .withArgs(stranger.address);
    });
  });

  describe("addToCluster", () => {
    it("refuses nodes that do not exist", async () => {
      const { manager, nodeRegistry } = fixture;
      for (const nodeId of [0, 4]) {
        await expect(nodeRegistry.addToCluster([1, nodeId], manager))
          .to.be.revertedWithCustomError(nodeRegistry, "NodeUnknown")
          .withArgs(nodeId);
      }
    });

    it("refuses a manager whom one of the providers does not trust", async () => {
      const { manager, nodeRegistry, otherProvider } = fixture;
      await nodeRegistry.connect(otherProvider).distrustManager(manager);
      await expect(nodeRegistry.addToCluster([1, 3], manager))
        .to.be.revertedWithCustomError(nodeRegistry, "ManagerNotTrusted")
        .withArgs(3, otherProvider.address, manager.address);
    });

    it("counts the cluster and returns what the nodes ask", async () => {
      const { manager, nodeRegistry } = fixture;
      expect([...(await nodeRegistry.addToCluster.staticCall([3, 1, 2], manager))]).to.deep.equal([30n, 10n, MAX_RENT]);
      await nodeRegistry.addToCluster([3, 1], manager);
      await nodeRegistry.addToCluster([3], manager);
      expect(await use(1n)).to.deep.equal({ reserved: 0n, clusters: 1n });
      expect(await use(2n)).to.deep.equal({ reserved: 0n, clusters: 0n });
      expect(await use(3n)).to.deep.equal({ reserved: 0n, clusters: 2n });
    });
  });

  describe("reserveFor", () => {
    it("refuses one unit more than is free, counting what is reserved already", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.reserveFor([place(1n, 1n)], 101))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeCapacityExceeded")
        .withArgs(1, 101, 100);
      await nodeRegistry.reserveFor([place(1n, 1n)], 99);
      await expect(nodeRegistry.reserveFor([place(1n, 2n)], 1))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeCapacityExceeded")
        .withArgs(1, 2, 1);
    });

    it("refuses the most that can be asked for", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.reserveFor([place(2n, 65_535n)], MAX_UINT32))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeCapacityExceeded")
        .withArgs(2, 65_535n * MAX_UINT32, MAX_UINT32);
    });

    it("reserves for each vnode, up to the last unit", async () => {
      const { nodeRegistry } = fixture;
      await nodeRegistry.reserveFor([place(1n, 4n), place(3n, 12n)], 25);
      expect(await use(1n)).to.deep.equal({ reserved: 100n, clusters: 0n });
      expect(await use(3n)).to.deep.equal({ reserved: 300n, clusters: 0n });
      await nodeRegistry.reserveFor([place(2n, 1n)], MAX_UINT32);
      expect(await use(2n)).to.deep.equal({ reserved: MAX_UINT32, clusters: 0n });
    });
  });

  describe("releaseFrom", () => {
    it("frees for each vnode, and lets the nodes stay", async () => {
      const { manager, nodeRegistry } = fixture;
      await nodeRegistry.addToCluster([1, 3], manager);
      await nodeRegistry.reserveFor([place(1n, 4n), place(3n, 2n)], 25);
      await nodeRegistry.releaseFrom([place(1n, 4n), place(3n, 2n)], 10, false);
      expect(await use(1n)).to.deep.equal({ reserved: 60n, clusters: 1n });
      expect(await use(3n)).to.deep.equal({ reserved: 30n, clusters: 1n });
    });

    it("lets the nodes leave with all that was reserved", async () => {
      const { manager, nodeRegistry } = fixture;
      await nodeRegistry.addToCluster([1, 2], manager);
      await nodeRegistry.reserveFor([place(1n, 1n), place(2n, 1n)], 100);
      await nodeRegistry.releaseFrom([place(1n, 1n), place(2n, 1n)], 100, true);
      expect(await use(1n)).to.deep.equal({ reserved: 0n, clusters: 0n });
      expect(await use(2n)).to.deep.equal({ reserved: 0n, clusters: 0n });
    });
  });

  describe("transferReservation", () => {
    beforeEach(async () => {
      const { manager, nodeRegistry } = fixture;
      await nodeRegistry.addToCluster([1], manager);
      await nodeRegistry.reserveFor([place(1n, 1n)], 100);
    });

    it("refuses to give to a node that does not exist", async () => {
      const { nodeRegistry } = fixture;
      for (const to of [0, 4]) {
        await expect(nodeRegistry.transferReservation(transferOf({ to })))
          .to.be.revertedWithCustomError(nodeRegistry, "NodeUnknown")
          .withArgs(to);
      }
    });

    it("refuses to give to a node whose provider does not trust the manager", async () => {
      const { nodeRegistry, otherProvider, stranger } = fixture;
      await expect(nodeRegistry.transferReservation(transferOf({ manager: stranger.address })))
        .to.be.revertedWithCustomError(nodeRegistry, "ManagerNotTrusted")
        .withArgs(3, otherProvider.address, stranger.address);
    });

    it("refuses to give more than is free", async () => {
      const { nodeRegistry } = fixture;
      await nodeRegistry.reserveFor([place(3n, 1n)], 261);
      await expect(nodeRegistry.transferReservation(transferOf({})))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeCapacityExceeded")
        .withArgs(3, 40, 39);
    });

    it("takes from a node whose provider no longer trusts the manager", async () => {
      const { manager, nodeRegistry, provider } = fixture;
      await nodeRegistry.connect(provider).distrustManager(manager);
      await nodeRegistry.transferReservation(transferOf({}));
      expect(await use(1n)).to.deep.equal({ reserved: 60n, clusters: 1n });
    });

    for (const fromLeaves of [false, true]) {
      for (const toJoins of [false, true]) {
        it(`moves what is reserved, when the old node ${fromLeaves ? "leaves" : "stays"} and the new one ${toJoins ? "joins" : "was there"}`, async () => {
          const { nodeRegistry } = fixture;
          const request = transferOf({ fromLeaves, toJoins });
          // The rent there is of no interest where the node keeps the one that it joined at.
          expect(await nodeRegistry.transferReservation.staticCall(request)).to.equal(toJoins ? 30 : 0);
          await nodeRegistry.transferReservation(request);
          expect(await use(1n)).to.deep.equal({ reserved: 60n, clusters: fromLeaves ? 0n : 1n });
          expect(await use(3n)).to.deep.equal({ reserved: 40n, clusters: toJoins ? 1n : 0n });
        });
      }
    }
  });
});
