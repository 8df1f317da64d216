import { expect } from "chai";

import { DEFAULTS, usd, type WithCluster, withCluster } from "../fixtures";
import { MAX_RENT, MAX_UINT32 } from "../helpers/clusters";
import { fields } from "./nodes";

// In all of this: three nodes of rent 10 and capacity 100, of which a cluster has reserved 2 vnodes x 10.
const RESERVED = 20n;

describe("NodeRegistry: changing a node", () => {
  let fixture: WithCluster;

  beforeEach(async () => {
    fixture = await withCluster();
  });

  const nodeWith = (changes: { rentPerMonth?: bigint; capacity?: bigint; params?: string }): Record<string, unknown> =>
    fields({
      nodeId: 1n,
      provider: fixture.provider1,
      rentPerMonth: DEFAULTS.rentPerMonth,
      capacity: DEFAULTS.capacity,
      reserved: RESERVED,
      clusters: 1n,
      ...changes,
    });

  const calls = {
    changeNodeParams: (nodeId: number) => fixture.nodeRegistry.connect(fixture.provider2).changeNodeParams(nodeId, ""),
    changeNodeRent: (nodeId: number) => fixture.nodeRegistry.connect(fixture.provider2).changeNodeRent(nodeId, 1),
    changeNodeCapacity: (nodeId: number) => fixture.nodeRegistry.connect(fixture.provider2).changeNodeCapacity(nodeId, 1),
    removeNode: (nodeId: number) => fixture.nodeRegistry.connect(fixture.provider2).removeNode(nodeId),
  };

  for (const [name, call] of Object.entries(calls)) {
    describe(name, () => {
      for (const nodeId of [0, 4]) {
        context(`when there is no node ${nodeId}`, () => {
          it("reverts", async () => {
            await expect(call(nodeId)).to.be.revertedWithCustomError(fixture.nodeRegistry, "NodeUnknown").withArgs(nodeId);
          });
        });
      }

      context("when the caller provides another node", () => {
        it("reverts", async () => {
          const { nodeRegistry, provider1, provider2 } = fixture;
          await expect(call(1))
            .to.be.revertedWithCustomError(nodeRegistry, "CallerNotProvider")
            .withArgs(1, provider2.address, provider1.address);
        });
      });
    });
  }

  describe("changeNodeParams", () => {
    it("refuses params that are too long", async () => {
      const { nodeRegistry, provider1 } = fixture;
      await expect(nodeRegistry.connect(provider1).changeNodeParams(1, "x".repeat(24_001)))
        .to.be.revertedWithCustomError(nodeRegistry, "ParamsTooLong")
        .withArgs(24_001, 24_000);
    });

    it("changes the params alone", async () => {
      const { nodeRegistry, provider1 } = fixture;
      await expect(nodeRegistry.connect(provider1).changeNodeParams(1, '{"url":"b"}'))
        .to.emit(nodeRegistry, "NodeParamsChanged")
        .withArgs(1, '{"url":"b"}');
      expect(fields(await nodeRegistry.getNode(1))).to.deep.equal(nodeWith({ params: '{"url":"b"}' }));
    });
  });

  describe("changeNodeRent", () => {
    it("refuses more than 88 bits", async () => {
      const { nodeRegistry, provider1 } = fixture;
      await expect(nodeRegistry.connect(provider1).changeNodeRent(1, MAX_RENT + 1n))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeRentTooHigh")
        .withArgs(MAX_RENT + 1n, MAX_RENT);
    });

    for (const rent of [0n, usd("11"), MAX_RENT]) {
      it(`changes the rent to ${rent}, and not in the clusters that it is in`, async () => {
        const { clusterRegistry, nodeRegistry, provider1 } = fixture;
        await expect(nodeRegistry.connect(provider1).changeNodeRent(1, rent)).to.emit(nodeRegistry, "NodeRentChanged").withArgs(1, rent);
        expect(fields(await nodeRegistry.getNode(1))).to.deep.equal(nodeWith({ rentPerMonth: rent }));
        expect(await nodeRegistry.rentOf(1)).to.equal(rent);
        // Six vnodes at 10 USD, as before.
        expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("60"));
      });
    }
  });

  describe("changeNodeCapacity", () => {
    it("refuses less than what is reserved", async () => {
      const { nodeRegistry, provider1 } = fixture;
      await expect(nodeRegistry.connect(provider1).changeNodeCapacity(1, RESERVED - 1n))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeCapacityBelowReserved")
        .withArgs(1, RESERVED - 1n, RESERVED);
    });

    for (const capacity of [RESERVED, MAX_UINT32]) {
      it(`changes the capacity to ${capacity}`, async () => {
        const { nodeRegistry, provider1 } = fixture;
        await expect(nodeRegistry.connect(provider1).changeNodeCapacity(1, capacity))
          .to.emit(nodeRegistry, "NodeCapacityChanged")
          .withArgs(1, capacity);
        expect(fields(await nodeRegistry.getNode(1))).to.deep.equal(nodeWith({ capacity }));
      });
    }

    it("takes zero when nothing is reserved", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider1 } = fixture;
      await clusterRegistry.connect(manager).releaseResource(1, DEFAULTS.reservedPerVnode);
      await expect(nodeRegistry.connect(provider1).changeNodeCapacity(1, 0)).to.emit(nodeRegistry, "NodeCapacityChanged").withArgs(1, 0);
      expect((await nodeRegistry.getNode(1)).capacity).to.equal(0);
    });
  });

  describe("removeNode", () => {
    it("refuses while clusters use the node, whether or not they have reserved anything", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider1, testUSD } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 1, [1], 0, "");
      await expect(nodeRegistry.connect(provider1).removeNode(1)).to.be.revertedWithCustomError(nodeRegistry, "NodeInUse").withArgs(1, 2);
      await clusterRegistry.connect(manager).removeCluster(1);
      await expect(nodeRegistry.connect(provider1).removeNode(1)).to.be.revertedWithCustomError(nodeRegistry, "NodeInUse").withArgs(1, 1);
    });

    it("removes the node once no cluster uses it, and leaves the others", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider1, provider2 } = fixture;
      await clusterRegistry.connect(manager).removeCluster(1);
      await expect(nodeRegistry.connect(provider1).removeNode(1)).to.emit(nodeRegistry, "NodeRemoved").withArgs(1);
      await expect(nodeRegistry.getNode(1)).to.be.revertedWithCustomError(nodeRegistry, "NodeUnknown").withArgs(1);
      await expect(nodeRegistry.connect(provider1).removeNode(1)).to.be.revertedWithCustomError(nodeRegistry, "NodeUnknown").withArgs(1);
      expect(await nodeRegistry.providerOf(2)).to.equal(provider2);
    });
  });
});
