import { expect } from "chai";

import { MONTH, testUsd, usd } from "../fixtures";
import {
  changeRent,
  countFromNow,
  createCluster,
  createNodes,
  SCALED_PER_BASE_UNIT,
  scaledBalances,
  scaledClaimable,
  payFor,
  startPaying,
  stopPaying,
  useCheaperNode,
  withRevenue,
  type WithRevenue,
} from "../helpers/clusters";

/** TestUSD in scaled units. */
const scaled = (amount: string): bigint => testUsd(amount) * SCALED_PER_BASE_UNIT;

describe("ClusterRegistry: claimRevenues", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    fixture = await withRevenue();
  });

  it("refuses a node that is not in the cluster", async () => {
    const { clusterRegistry, manager } = fixture;
    const other = await createCluster(fixture, 1n, [1n]);
    for (const nodeId of [0, 2, 4]) {
      await expect(clusterRegistry.connect(manager).claimRevenues(other, nodeId))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster")
        .withArgs(other, nodeId);
    }
  });

  it("changes nothing before anything is distributed", async () => {
    const { clusterRegistry, provider1 } = fixture;
    await payFor(fixture.payer, MONTH);
    await expect(clusterRegistry.claimRevenues(1, 1)).not.to.emit(clusterRegistry, "RevenuesClaimed");
    expect(await scaledBalances(fixture, [provider1])).to.deep.equal([0n]);
  });

  context("given a month of 60 USD, distributed", () => {
    beforeEach(async () => {
      await payFor(fixture.payer, MONTH);
      await fixture.clusterRegistry.distributeRevenues(1);
    });

    it("credits the node's share to its provider, whoever asks for it", async () => {
      const { clusterRegistry, otherOwner, provider1, provider2, provider3 } = fixture;
      await expect(clusterRegistry.connect(otherOwner).claimRevenues(1, 2))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 2, provider2, scaled("19.404"));
      expect(await scaledBalances(fixture, [provider1, provider2, provider3])).to.deep.equal([0n, scaled("19.404"), 0n]);
      expect(await clusterRegistry.claimable(1, 1)).to.equal(testUsd("19.404"));
      expect(await clusterRegistry.claimable(1, 2)).to.equal(0);
    });

    it("credits nothing the second time", async () => {
      const { clusterRegistry, provider1 } = fixture;
      await clusterRegistry.claimRevenues(1, 1);
      await expect(clusterRegistry.claimRevenues(1, 1)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      expect(await scaledBalances(fixture, [provider1])).to.deep.equal([scaled("19.404")]);
    });

    it("credits what was earned since the last time", async () => {
      const { clusterRegistry, provider1 } = fixture;
      await clusterRegistry.claimRevenues(1, 1);
      await payFor(fixture.payer, MONTH / 2n);
      await clusterRegistry.distributeRevenues(1);
      await expect(clusterRegistry.claimRevenues(1, 1))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 1, provider1, scaled("9.702"));
      expect(await scaledClaimable(fixture, 1n, 2n)).to.equal(scaled("29.106"));
    });

    it("lets the provider withdraw it", async () => {
      const { accountRegistry, clusterRegistry, provider1, testUSD } = fixture;
      await clusterRegistry.claimRevenues(1, 1);
      await accountRegistry.connect(provider1).withdraw(testUSD, testUsd("19.404"), provider1);
      expect(await testUSD.balanceOf(provider1)).to.equal(testUsd("19.404"));
    });

    it("credits an account that is out of funds without letting it pay for the past", async () => {
      const { accountRegistry, clusterRegistry, nodeRegistry, otherOwner, testUSD } = fixture;
      // The provider of node 4 has a bucket of its own, in another cluster, and nothing to pay it with.
      const [nodeId] = await createNodes(nodeRegistry, fixture.provider1, [{ rent: usd("10"), capacity: 10n }]);
      const other = await createCluster(fixture, 1n, [nodeId!], { perVnode: 10n });
      const bucketRegistry = fixture.bucketRegistry.connect(fixture.provider1);
      await bucketRegistry.createBucket(other, "");
      await bucketRegistry.allocate(2, 10, usd("10"));
      await clusterRegistry.connect(otherOwner).claimRevenues(1, 1);
      const { scaledBalance } = await accountRegistry.getAccount(fixture.provider1, testUSD);
      expect(scaledBalance).to.equal(scaled("19.404"));
    });
  });

  context("given nodes of different weights", () => {
    it("shares by rent and vnodes", async () => {
      const { clusterRegistry, manager, nodeRegistry, provider1 } = fixture;
      // Vnodes 0, 3, 6 on the first, 1, 4 on the second, 2, 5 on the third: weights 3, 4 and 14.
      const nodeIds = await createNodes(
        nodeRegistry,
        provider1,
        ["1", "2", "7"].map((rent) => ({ rent: usd(rent), capacity: 100n })),
      );
      const clusterId = await createCluster(fixture, 7n, nodeIds, { perVnode: 10n });
      const payer = await startPaying(fixture, clusterId, 10n, 0n);
      expect(payer.rate).to.equal(usd("210"));
      await payFor(payer, MONTH);
      await clusterRegistry.distributeRevenues(clusterId);
      // 210 less 1 %; there is no management fee here.
      const shares = await Promise.all(nodeIds.map((nodeId) => scaledClaimable(fixture, clusterId, nodeId)));
      expect(shares).to.deep.equal([scaled("29.7"), scaled("39.6"), scaled("138.6")]);
      for (const nodeId of nodeIds) await clusterRegistry.connect(manager).claimRevenues(clusterId, nodeId);
      expect(await scaledBalances(fixture, [provider1])).to.deep.equal([scaled("207.9")]);
    });

    it("gives nothing to a node that asks nothing", async () => {
      const { clusterRegistry, provider1, provider2 } = fixture;
      const free = await useCheaperNode(fixture, 1n, 1n, 0n);
      await countFromNow(fixture.payer);
      const before = await scaledBalances(fixture, [provider1]);
      await clusterRegistry.claimRevenues(1, 2);
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      await expect(clusterRegistry.claimRevenues(1, free)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      await expect(clusterRegistry.claimRevenues(1, 2))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 2, provider2, scaled("29.106"));
      expect(await scaledBalances(fixture, [provider1])).to.deep.equal(before);
    });

    it("gives a node that asked nothing no share of the time before it asked something", async () => {
      const { clusterRegistry } = fixture;
      const free = await useCheaperNode(fixture, 1n, 1n, 0n);
      await stopPaying(fixture, fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      await changeRent(fixture, 1n, free, usd("1000"));
      expect(await clusterRegistry.claimable(1, free)).to.equal(0);
      await expect(clusterRegistry.claimRevenues(1, free)).not.to.emit(clusterRegistry, "RevenuesClaimed");
    });
  });
});
