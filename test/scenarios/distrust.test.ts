import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { testUsd, usd, withFundedBucket } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";

import { scaled } from "../helpers/streams";
import { at, now } from "../helpers/units";

describe("Scenario: a provider distrusts a manager", () => {
  it("gives it no more vnodes, and takes nothing from anyone", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, testUSD, clusterId, bucketId, nodeIds } = fixture;
    const { manager, provider1, provider2 } = fixture;
    const start = await now();
    const [node1] = nodeIds;
    await nodeRegistry.connect(provider1).distrustManager(manager);
    expect(await nodeRegistry.isTrusted(provider1, manager)).to.equal(false);

    // No vnode more.
    const asManager = clusterRegistry.connect(manager);
    for (const refused of [() => asManager.createCluster(testUSD, 1, [node1], 0, ""), () => asManager.replaceNode(clusterId, 1, node1)]) {
      await expect(refused()).to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted").withArgs(node1, provider1, manager);
    }

    // The vnodes that it has stay, may reserve more, and earn.
    expect(await clusterRegistry.getVnodes(clusterId, 0, 6)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    await asManager.reserveResource(clusterId, 40);
    expect((await nodeRegistry.getNode(node1)).reserved).to.equal(100n);
    await at(start + 446_400n);
    await bucketRegistry.settlePayment(bucketId);
    await clusterRegistry.distributeRevenues(clusterId);
    await clusterRegistry.claimRevenues(clusterId, node1);
    // A third of 10 TestUSD less 2 %.
    const share = scaled(testUsd("9.8")) / 3n;
    expect((await accountRegistry.getAccount(provider1, testUSD)).scaledBalance).to.equal(share);
    await expectExactCustody(fixture);
    await expect(accountRegistry.connect(provider1).withdraw(testUSD, MaxUint256, provider1)).to.changeTokenBalance(
      testUSD,
      provider1,
      3_266_666n,
    );

    // The manager can give them up at any time, and then not have them back.
    await nodeRegistry.connect(provider2).createNode(usd("10"), 100, "");
    await asManager.replaceNodes(clusterId, node1, 4);
    expect((await nodeRegistry.getNode(node1)).reserved).to.equal(0n);
    await expect(asManager.replaceNode(clusterId, 0, node1))
      .to.be.revertedWithCustomError(clusterRegistry, "ManagerNotTrusted")
      .withArgs(node1, provider1, manager);
    await nodeRegistry.connect(provider1).removeNode(node1);
    expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(1n);
    await expectExactCustody(fixture);
  });
});
