import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { base, testUsd } from "../fixtures";
import { FULL_QUALITY } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { scaled } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// Weights as far apart as they can be, and pools as small as they can be.

const DEAR = 10n ** 26n;

describe("attacks by weights that are minute", () => {
  it("a weight of one wei beside 10^27 has its share once, by two claims, by leaving and by coming back", async () => {
    const fixture = await base();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, provider2, testUSD } = fixture;
    for (const [provider, rent] of [
      [provider1, 1n],
      [provider2, DEAR],
    ] as const) {
      await nodeRegistry.connect(provider).createNode(rent, 100, "");
      await nodeRegistry.connect(provider).trustManager(manager);
    }
    const theirs = clusterRegistry.connect(manager);
    await theirs.createCluster(testUSD, 11, [1, 2], 0, "");
    await theirs.reserveResource(1, 1);
    // Ten vnodes on the dear node, one on the other.
    for (const vnode of [0, 2, 4, 6, 8]) await theirs.replaceNode(1, vnode, 2);
    const rent = 10n * DEAR + 1n;
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(rent);
    const weight = rent * FULL_QUALITY;
    await bucketRegistry.connect(owner).createBucket(1, "");

    let left = 0n;
    /** A hundred thousand dollars, which last for less than a day; returns what a wei of rent earns of it, and of what was left over. */
    const earn = async (): Promise<bigint> => {
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("100000"));
      const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      const pool = await accountRegistry.poolOf(1);
      await bucketRegistry.connect(owner).allocate(1, 1, rent);
      await at((await now()) + DAY);
      await bucketRegistry.connect(owner).release(1, 1);
      const paid = (scaledBalance / rent) * rent;
      expect(await accountRegistry.poolOf(1)).to.equal(pool + paid);
      await clusterRegistry.distributeRevenues(1);
      const share = ((paid + left) / weight) * FULL_QUALITY;
      left = (paid + left) % weight;
      expect(await clusterRegistry.undistributedOf(1)).to.equal(left);
      return share;
    };
    const balances = (): Promise<bigint[]> =>
      Promise.all([provider1, provider2].map(async (provider) => (await accountRegistry.getAccount(provider, testUSD)).scaledBalance));

    let perWei = await earn();
    for (const nodeId of [1, 2]) {
      await expect(clusterRegistry.claimRevenues(1, nodeId)).to.emit(clusterRegistry, "RevenuesClaimed");
      await expect(clusterRegistry.claimRevenues(1, nodeId)).not.to.emit(clusterRegistry, "RevenuesClaimed");
    }
    expect(await balances()).to.deep.equal([perWei, 10n * DEAR * perWei]);

    // It is paid as it leaves, earns nothing while it is away, and comes back with nothing.
    perWei += await earn();
    await theirs.replaceNode(1, 10, 2);
    expect(await balances()).to.deep.equal([perWei, 10n * DEAR * perWei]);
    await expect(clusterRegistry.claimRevenues(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster").withArgs(1, 1);
    await theirs.replaceNode(1, 10, 1);
    for (const nodeId of [1, 2]) {
      await expect(clusterRegistry.claimRevenues(1, nodeId)).not.to.emit(clusterRegistry, "RevenuesClaimed");
    }
    expect(await balances()).to.deep.equal([perWei, 10n * DEAR * perWei]);
    perWei += await earn();
    for (const nodeId of [1, 2]) await clusterRegistry.claimRevenues(1, nodeId);
    expect(await balances()).to.deep.equal([perWei, 10n * DEAR * perWei]);
    await expectExactCustody(fixture);
  });
});

describe("attacks by distributing tiny pools", () => {
  it("distributing the smallest pool there can be, every second, dodges less than a scaled unit of each fee each time", async () => {
    const fixture = await base();
    const {
      accountRegistry,
      priceRegistry,
      admin,
      bucketRegistry,
      clusterRegistry,
      manager,
      nodeRegistry,
      otherManager,
      owner,
      provider1,
    } = fixture;
    const token = await ethers.deployContract("StandardToken", [24]);
    // Nearly the highest price, so that next to nothing streams; and not quite, so that it does not divide by the fees.
    await priceRegistry.connect(admin).addCurrency(token, 7n * 10n ** 24n, ZeroAddress, 0);
    const perSecond = 10n ** 36n / (7n * 10n ** 24n);
    await token.mint(owner, 10n ** 24n);
    await token.connect(owner).approve(accountRegistry, 10n ** 24n);
    await accountRegistry.connect(owner).deposit(token, 10n ** 24n);
    await clusterRegistry.connect(admin).setNetworkFee(137, otherManager);
    await nodeRegistry.connect(provider1).createNode(1, 1, "");
    await nodeRegistry.connect(provider1).trustManager(manager);
    await clusterRegistry.connect(manager).createCluster(token, 1, [1], 211, "");
    await clusterRegistry.connect(manager).reserveResource(1, 1);
    await bucketRegistry.connect(owner).createBucket(1, "");
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(1, 1, 1);

    const seconds = 100n;
    for (let second = 1n; second <= seconds; ++second) {
      await at(start + 2n * second - 1n);
      await bucketRegistry.settlePayment(1);
      await at(start + 2n * second);
      await clusterRegistry.distributeRevenues(1);
    }
    // A wei of a dollar a month, for two seconds: what is earned is distributed, settled or not.
    const networkOfTwo = (2n * perSecond * 137n) / 10_000n;
    const managementOfTwo = ((2n * perSecond - networkOfTwo) * 211n) / 10_000n;
    const balanceOf = async (person: { address: string }): Promise<bigint> =>
      (await accountRegistry.getAccount(person.address, token)).scaledBalance;
    expect(await balanceOf(otherManager)).to.equal(seconds * networkOfTwo);
    expect(await balanceOf(manager)).to.equal(seconds * managementOfTwo);
    const all = 2n * seconds * perSecond;
    const atOnce = (all * 137n) / 10_000n;
    expect(atOnce - (await balanceOf(otherManager))).to.be.lessThan(seconds);
    // A base unit of a token of 24 decimals, worth 7 x 10^-18 dollars, is far more than that.
    expect(scaled(1n, 24n)).to.be.greaterThan(10n ** 16n * seconds);
    await clusterRegistry.claimRevenues(1, 1);
    expect((await balanceOf(provider1)) + (await balanceOf(manager)) + (await balanceOf(otherManager))).to.equal(all);
    await expectExactCustody(fixture, 3);
  });
});
