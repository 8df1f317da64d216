import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { base, type Base, withCluster } from "../fixtures";
import { vnodesOf } from "../helpers/clusters";

describe("NodeRegistry: trust", () => {
  let fixture: Base;

  beforeEach(async () => {
    fixture = await base();
  });

  describe("isTrusted", () => {
    it("is false at first", async () => {
      const { manager, nodeRegistry, provider1 } = fixture;
      expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(false);
      // Nobody is trusted by nobody, even where ids or addresses are zero.
      expect(await nodeRegistry.isTrusted(ZeroAddress, ZeroAddress)).to.equal(false);
    });
  });

  describe("trustManager", () => {
    it("refuses the zero address", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.trustManager(ZeroAddress)).to.be.revertedWithCustomError(nodeRegistry, "ManagerZero").withArgs();
    });

    it("is the caller's word about one manager, and nobody else's", async () => {
      const { manager, nodeRegistry, otherManager, provider1, provider2 } = fixture;
      await expect(nodeRegistry.connect(provider1).trustManager(manager))
        .to.emit(nodeRegistry, "ManagerTrusted")
        .withArgs(provider1, manager);
      expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(true);
      expect(await nodeRegistry.isTrusted(provider1, otherManager)).to.equal(false);
      expect(await nodeRegistry.isTrusted(provider2, manager)).to.equal(false);
      expect(await nodeRegistry.isTrusted(manager, provider1)).to.equal(false);
    });

    it("can be said again", async () => {
      const { manager, nodeRegistry, provider1 } = fixture;
      await nodeRegistry.connect(provider1).trustManager(manager);
      await expect(nodeRegistry.connect(provider1).trustManager(manager))
        .to.emit(nodeRegistry, "ManagerTrusted")
        .withArgs(provider1, manager);
      expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(true);
    });

    it("may be about the caller", async () => {
      const { nodeRegistry, provider1 } = fixture;
      await nodeRegistry.connect(provider1).trustManager(provider1);
      expect(await nodeRegistry.isTrusted(provider1, provider1)).to.equal(true);
    });
  });

  describe("distrustManager", () => {
    it("refuses the zero address", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.distrustManager(ZeroAddress)).to.be.revertedWithCustomError(nodeRegistry, "ManagerZero").withArgs();
    });

    it("takes back the trust in one manager", async () => {
      const { manager, nodeRegistry, otherManager, provider1 } = fixture;
      await nodeRegistry.connect(provider1).trustManager(manager);
      await nodeRegistry.connect(provider1).trustManager(otherManager);
      await expect(nodeRegistry.connect(provider1).distrustManager(manager))
        .to.emit(nodeRegistry, "ManagerDistrusted")
        .withArgs(provider1, manager);
      expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(false);
      expect(await nodeRegistry.isTrusted(provider1, otherManager)).to.equal(true);
    });

    it("does not matter where there was no trust", async () => {
      const { manager, nodeRegistry, provider1 } = fixture;
      await expect(nodeRegistry.connect(provider1).distrustManager(manager))
        .to.emit(nodeRegistry, "ManagerDistrusted")
        .withArgs(provider1, manager);
      expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(false);
    });

    it("leaves the manager the vnodes that it has, and what it can reserve for them", async () => {
      const clustered = await withCluster();
      const { clusterRegistry, manager, nodeRegistry, provider1 } = clustered;
      await nodeRegistry.connect(provider1).distrustManager(manager);
      expect(await vnodesOf(clustered, 1n)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      await clusterRegistry.connect(manager).reserveResource(1, 5);
      // Two vnodes x (10 + 5).
      expect((await nodeRegistry.getNode(1)).reserved).to.equal(30);
    });
  });
});
