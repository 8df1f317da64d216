import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { base, DEFAULTS, MONTH, testUsd, usd, withCluster } from "../fixtures";
import { MAX_CLUSTER_RATE } from "../helpers/clusters";

// Weights at the ends of their range, and what somebody can do to them at the right moment.

const MAX_RENT_PER_UNIT = 2n ** 128n - 1n;
const LARGEST_RENT = 2n ** 88n - 1n;
const DAY = 86_400;
/** More than 10 USD a month are in a second, in base units. */
const SECOND = 4n;

describe("attacks on revenues", () => {
  it("what streams to a cluster whose nodes gave in to a rent of zero waits, and goes to whoever gets weight next", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, testUSD } = await base();
    for (const provider of [provider1, manager]) {
      await nodeRegistry.connect(provider).createNode(usd("10"), 100, "");
      await nodeRegistry.connect(provider).trustManager(manager);
    }
    const theirs = clusterRegistry.connect(manager);
    await theirs.createCluster(testUSD, 1, [1], 0, "");
    await theirs.reserveResource(1, 1);
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(owner).createBucket(1, "");
    const start = BigInt(await time.latest()) + 10n;
    await time.setNextBlockTimestamp(start);
    await bucketRegistry.connect(owner).allocate(1, 1, usd("10"));
    await nodeRegistry.connect(provider1).changeNodeRent(1, 0);
    await time.setNextBlockTimestamp(start + BigInt(DAY) - 1n);
    await bucketRegistry.settlePayment(1);
    await time.setNextBlockTimestamp(start + BigInt(DAY));
    await theirs.acceptRent(1, 1, 0);
    // What the node has earned so far is its own, to the second.
    const earned = (await accountRegistry.getAccount(provider1, testUSD)).balance;
    expect(earned).to.be.closeTo(testUsd("10") / 31n, SECOND);
    await time.setNextBlockTimestamp(start + MONTH);
    await bucketRegistry.connect(owner).release(1, 1);

    await theirs.distributeRevenues(1);
    expect(await clusterRegistry.claimable(1, 1)).to.equal(0n);
    expect((await clusterRegistry.getCluster(1)).revenues).to.be.closeTo(testUsd("10") - earned, 1n);
    // The manager's own node.
    await theirs.replaceNodes(1, 1, 2);
    await theirs.distributeRevenues(1);
    expect(await clusterRegistry.claimable(1, 2)).to.be.closeTo(testUsd("10") - earned, 1n);
    expect((await clusterRegistry.getCluster(1)).revenues).to.equal(0n);
  });

  it("a provider's raise in the block before replaceNode binds the cluster, but no owner's bucket, and the manager can move away again", async () => {
    const { bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, clusterId } = await withCluster();
    const theirs = clusterRegistry.connect(manager);
    const usual = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
    await nodeRegistry.connect(provider1).createNode(usd("1"), 100, "");
    await bucketRegistry.connect(owner).createBucket(clusterId, "");

    await nodeRegistry.connect(provider1).changeNodeRent(4, LARGEST_RENT);
    const raised = usual - DEFAULTS.rentPerMonth + LARGEST_RENT;
    await expect(theirs.replaceNode(clusterId, 0, 4))
      .to.emit(clusterRegistry, "VnodeReplaced")
      .withArgs(clusterId, 1, 4, 0, LARGEST_RENT, raised);
    await expect(bucketRegistry.connect(owner).allocate(1, 1, usual))
      .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
      .withArgs(clusterId, raised, usual);

    await expect(theirs.replaceNode(clusterId, 0, 1))
      .to.emit(clusterRegistry, "VnodeReplaced")
      .withArgs(clusterId, 4, 1, 0, DEFAULTS.rentPerMonth, usual);
    await expect(bucketRegistry.connect(owner).allocate(1, 1, usual))
      .to.emit(bucketRegistry, "ResourceAllocated")
      .withArgs(1, clusterId, owner, 1, usual);
  });

  it("a hundred years at the highest speed, the highest rate and the largest custody lose nothing", async () => {
    const { accountRegistry, priceRegistry, admin, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1 } =
      await base();
    const token = await ethers.deployContract("NoAllowanceToken", [0]);
    const wholeToken = MONTH * 10n ** 36n;
    const maximum = (2n ** 224n - 1n) / wholeToken;
    await token.setBalance(owner, maximum + 1n);
    await priceRegistry.connect(admin).addCurrency(token, 10n ** 10n, ZeroAddress, 0);
    const listedAt = BigInt(await time.latest());
    const perSecond = 10n ** 26n;

    await nodeRegistry.connect(provider1).createNode(MAX_CLUSTER_RATE / 256n, 256, "");
    await nodeRegistry.connect(provider1).trustManager(manager);
    await clusterRegistry.connect(manager).createCluster(token, 256, [1], 3_000, "");
    await clusterRegistry.connect(manager).reserveResource(1, 1);
    const rate = MAX_CLUSTER_RATE;
    await expect(accountRegistry.connect(owner).deposit(token, maximum + 1n))
      .to.be.revertedWithCustomError(accountRegistry, "CustodyExceeded")
      .withArgs(token, maximum + 1n, maximum);
    await accountRegistry.connect(owner).deposit(token, maximum);
    await bucketRegistry.connect(owner).createBucket(1, "");
    await bucketRegistry.connect(owner).allocate(1, 1, MAX_RENT_PER_UNIT);
    const start = BigInt(await time.latest());
    let distributedAt = start;
    for (let decade = 0; decade < 10; ++decade) {
      await time.increase(3_652.5 * DAY);
      await bucketRegistry.settlePayment(1);
      await clusterRegistry.distributeRevenues(1);
      distributedAt = BigInt(await time.latest());
      await clusterRegistry.claimRevenues(1, 1);
    }

    const now = BigInt(await time.latest());
    const distributed = rate * perSecond * (distributedAt - start);
    const waiting = rate * perSecond * (now - distributedAt);
    const balance = async (account: { address: string }): Promise<bigint> =>
      (await accountRegistry.getAccount(account.address, token)).scaledBalance;
    expect(await balance(manager)).to.equal((distributed * 3n) / 10n);
    expect(await balance(provider1)).to.equal((distributed * 7n) / 10n);
    expect(await accountRegistry.poolOf(1)).to.equal(waiting);
    expect(await balance(owner)).to.equal(maximum * wholeToken - distributed - waiting);
    expect((await accountRegistry.getListing(token)).index).to.equal(perSecond * (now - listedAt));
  });
});
