import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { base, DEFAULTS, testUsd, usd, withCluster, withFundedBucket, withNodes } from "../fixtures";

describe("fixtures", function () {
  it("begin with everything deployed and owners who can pay", async function () {
    const { accountRegistry, priceRegistry, accessManager, testUSD, owner, otherOwner } = await base();
    expect(await priceRegistry.authority()).to.equal(accessManager);
    for (const person of [owner, otherOwner]) {
      expect(await testUSD.balanceOf(person)).to.equal(testUsd("1000000"));
      expect(await testUSD.allowance(person, accountRegistry)).to.equal(ethers.MaxUint256);
    }
  });

  it("name every person once", async function () {
    const { deployer, admin, provider1, provider2, provider3, manager, otherManager, owner, otherOwner, stranger } = await base();
    const people = [deployer, admin, provider1, provider2, provider3, manager, otherManager, owner, otherOwner, stranger];
    expect(new Set(people.map(({ address }) => address)).size).to.equal(people.length);
  });

  it("add nodes that trust the manager, then a cluster, then a bucket that pays", async function () {
    const { nodeRegistry, nodeIds, provider3, manager } = await withNodes();
    expect((await nodeRegistry.getNode(nodeIds[2])).provider).to.equal(provider3);
    expect(await nodeRegistry.isTrusted(provider3, manager)).to.equal(true);

    const { clusterRegistry, clusterId } = await withCluster();
    const cluster = await clusterRegistry.getCluster(clusterId);
    expect([cluster.manager, cluster.vnodeCount, cluster.resourcePerVnode]).to.deep.equal([manager.address, 6n, 10n]);
    expect(cluster.rentPerUnit).to.equal(usd("60"));

    const { accountRegistry, bucketRegistry, bucketId, testUSD, owner } = await withFundedBucket();
    const now = BigInt(await time.latest());
    const { coveredUntil, ratePerMonth } = await bucketRegistry.getBucket(bucketId);
    expect(ratePerMonth).to.equal(usd("60"));
    expect(coveredUntil - now).to.equal(446_400n);
    expect((await accountRegistry.getAccount(owner, testUSD)).balance).to.equal(DEFAULTS.deposit);
  });

  it("go back to where they began, in any order", async function () {
    const first = await withFundedBucket();
    await first.bucketRegistry.connect(first.owner).closeBucket(first.bucketId);
    const { bucketRegistry, nodeRegistry } = await base();
    expect((await bucketRegistry.listBuckets(1, 10, ethers.ZeroAddress)).lastId).to.equal(0n);
    expect((await nodeRegistry.listNodes(1, 10, ethers.ZeroAddress)).lastId).to.equal(0n);
    const second = await withFundedBucket();
    expect((await second.bucketRegistry.getBucket(second.bucketId)).resource).to.equal(1n);
  });
});
