import { expect } from "chai";

import { DEFAULTS, type WithCluster, withCluster } from "../fixtures";
import { MAX_UINT32 } from "../helpers/clusters";
import { EVERYONE, fields } from "./nodes";

describe("NodeRegistry: views", () => {
  let fixture: WithCluster;

  beforeEach(async () => {
    fixture = await withCluster();
  });

  for (const view of ["getNode", "providerOf", "rentOf"] as const) {
    describe(view, () => {
      for (const nodeId of [0n, 4n, MAX_UINT32]) {
        it(`refuses node ${nodeId}, which does not exist`, async () => {
          const { nodeRegistry } = fixture;
          await expect(nodeRegistry[view](nodeId)).to.be.revertedWithCustomError(nodeRegistry, "NodeUnknown").withArgs(nodeId);
        });
      }
    });
  }

  describe("getNode", () => {
    it("says what is reserved and in how many clusters it is", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider2, testUSD } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, [2], 0, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      expect(fields(await nodeRegistry.getNode(2))).to.deep.equal(
        fields({
          nodeId: 2n,
          provider: provider2,
          rentPerMonth: DEFAULTS.rentPerMonth,
          capacity: DEFAULTS.capacity,
          // Two vnodes x 10, and three x 1.
          reserved: 23n,
          clusters: 2n,
        }),
      );
    });
  });

  describe("providerOf and rentOf", () => {
    it("say what getNode says", async () => {
      const { nodeRegistry, provider1, provider3 } = fixture;
      await nodeRegistry.connect(provider3).changeNodeRent(3, 5);
      expect(await nodeRegistry.providerOf(1)).to.equal(provider1);
      expect(await nodeRegistry.providerOf(3)).to.equal(provider3);
      expect(await nodeRegistry.rentOf(1)).to.equal(DEFAULTS.rentPerMonth);
      expect(await nodeRegistry.rentOf(3)).to.equal(5);
    });
  });

  describe("listNodes", () => {
    it("returns all that getNode returns", async () => {
      const { nodeRegistry } = fixture;
      await nodeRegistry.connect(fixture.provider1).changeNodeParams(1, '{"url":"a"}');
      const [items] = await nodeRegistry.listNodes(1, 100, EVERYONE);
      const expected = await Promise.all([1, 2, 3].map((nodeId) => nodeRegistry.getNode(nodeId)));
      expect(items.map(fields)).to.deep.equal(expected.map(fields));
      expect(items[0]?.params).to.equal('{"url":"a"}');
    });
  });
});
