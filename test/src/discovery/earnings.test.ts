import { expect } from "chai";
import { ethers } from "hardhat";

import { ALL, type ClusterEarnings, type Earnings, readEarned, readEarnings } from "../../../src";
import { type Base, NATIVE, usd, withFundedBucket } from "../../fixtures";
import { registriesOf } from "../../helpers/custody";
import { addBucket, addCluster, deposit } from "../../helpers/steps";
import { judge, withPaidTerms } from "../../helpers/terms";
import { DAY } from "../../helpers/time";
import { at, now } from "../../helpers/units";

/** The owner's bucket has paid for a day at an odd price, and fees of 1 % and 2 % are on. */
async function earning() {
  const fixture = await withFundedBucket();
  const { priceRegistry, admin, clusterRegistry, deployer, testUSD } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(100, deployer);
  // A price that divides nothing.
  await priceRegistry.connect(admin).setPrice(testUSD, usd("1.100000000000000007"));
  await at((await now()) + DAY);
  await ethers.provider.send("evm_mine", []);
  return fixture;
}

/** Lets the owner's account run out of funds, and a day pass. */
async function outOfFunds({ accountRegistry, owner, testUSD }: Base): Promise<void> {
  const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
  await at(coveredUntil + DAY);
  await ethers.provider.send("evm_mine", []);
}

async function earningsOf(fixture: Base, { address }: { address: string }): Promise<Earnings> {
  return readEarnings(await registriesOf(fixture), address);
}

/** What somebody earns in the first cluster. */
async function inCluster(fixture: Base, who: { address: string }): Promise<ClusterEarnings> {
  const { clusters } = await earningsOf(fixture, who);
  expect(clusters).to.have.length(1);
  return clusters[0]!;
}

async function scaledBalance({ accountRegistry, testUSD }: Base, who: { address: string }): Promise<bigint> {
  return (await accountRegistry.getAccount(who.address, testUSD)).scaledBalance;
}

const claimableOf = ({ claimable }: ClusterEarnings): bigint => claimable.reduce((total, { scaledAmount }) => total + scaledAmount, 0n);

describe("readEarnings", () => {
  it("finds what was paid late, and which buckets to settle", async () => {
    const fixture = await earning();
    const { accountRegistry, bucketRegistry, owner, provider1 } = fixture;
    const funded = await inCluster(fixture, provider1);
    expect(funded).to.deep.include({ clusterId: 1n, roles: ["provider"], late: 0n, bucketIds: [], isSettled: true });
    expect(funded.claimable).to.deep.equal([{ nodeId: 1n, scaledAmount: 0n }]);
    const scaledRevenue = await accountRegistry.poolOf(1);
    expect(scaledRevenue).to.be.greaterThan(0n);
    // A third of what both fees leave, but for what does not divide.
    expect((scaledRevenue * 99n * 98n) / 10_000n / 3n - funded.revenues).to.be.within(0n, 6n * usd("10") * 10_000n);

    await outOfFunds(fixture);
    const before = await inCluster(fixture, provider1);
    expect(before.bucketIds).to.deep.equal([1n]);
    const { scaledLate } = await accountRegistry.getStream(owner, 1);
    expect((scaledLate * 99n * 98n) / 10_000n / 3n - before.late).to.be.within(-6n * usd("10") * 10_000n, 6n * usd("10") * 10_000n);

    await bucketRegistry.settlePayments([...before.bucketIds]);
    const after = await inCluster(fixture, provider1);
    expect(after).to.deep.include({ late: 0n, bucketIds: [], revenues: before.revenues + before.late });
  });

  it("says to the last scaled unit what distributing and claiming bring, to everyone", async () => {
    const fixture = await earning();
    const { bucketRegistry, clusterRegistry, deployer, manager, provider1, provider2, provider3 } = fixture;
    // Twice, so that something of the first revenues did not divide; then nothing flows any more.
    await clusterRegistry.distributeRevenues(1);
    await outOfFunds(fixture);
    await bucketRegistry.settlePayment(1);
    expect(await clusterRegistry.undistributedOf(1)).to.be.greaterThan(0n);

    const providers = [provider1, provider2, provider3];
    const expected = await Promise.all(providers.map((who) => inCluster(fixture, who)));
    const fees = await Promise.all([manager, deployer].map((who) => inCluster(fixture, who)));
    expect(fees.map(({ roles }) => roles)).to.deep.equal([["manager"], ["network"]]);
    const balances = await Promise.all([manager, deployer].map((who) => scaledBalance(fixture, who)));

    await clusterRegistry.distributeRevenues(1);
    for (const [index, who] of [manager, deployer].entries()) {
      expect(fees[index]!.revenues).to.be.greaterThan(0n);
      expect(await scaledBalance(fixture, who)).to.equal(balances[index]! + fees[index]!.revenues);
    }
    for (const [index, who] of providers.entries()) {
      const due = expected[index]!.revenues + claimableOf(expected[index]!);
      const found = await inCluster(fixture, who);
      expect([found.revenues, claimableOf(found)]).to.deep.equal([0n, due]);
      await clusterRegistry.claimRevenues(1, index + 1);
      expect(await scaledBalance(fixture, who)).to.equal(due);
      expect(claimableOf(await inCluster(fixture, who))).to.equal(0n);
    }
  });

  it("counts what was not served as what it is: not earned", async () => {
    const fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, owner, providers, testUSD } = fixture;
    await judge(fixture, 1n, 5_000n);
    await outOfFunds(fixture);
    const expected = await Promise.all(providers.map((who) => inCluster(fixture, who)));
    for (const { bucketIds, late } of expected) {
      expect(bucketIds).to.deep.equal([1n]);
      expect(late).to.be.greaterThan(0n);
    }
    await bucketRegistry.settlePayment(1);
    const arrived = await Promise.all(providers.map((who) => inCluster(fixture, who)));
    expect(arrived.map(({ revenues }) => revenues)).to.deep.equal(expected.map(({ revenues, late }) => revenues + late));
    // What came back to the owner would flow on.
    await accountRegistry.connect(owner).withdraw(testUSD, ALL, owner);
    const settled = await Promise.all(providers.map((who) => inCluster(fixture, who)));
    await clusterRegistry.distributeRevenues(1);
    for (const [index, who] of providers.entries()) {
      const { revenues } = settled[index]!;
      expect(claimableOf(await inCluster(fixture, who)) - claimableOf(settled[index]!)).to.equal(revenues);
    }
  });

  it("adds up the roles and the nodes of one account, and keeps currencies apart", async () => {
    const fixture = await earning();
    const { bucketRegistry, clusterRegistry, nodeRegistry, manager, owner } = fixture;
    await nodeRegistry.connect(manager).createNode(usd("10"), 100, "");
    await nodeRegistry.connect(manager).createNode(usd("10"), 100, "");
    await nodeRegistry.connect(manager).trustManager(manager);
    const plan = { currency: NATIVE, vnodeCount: 2n, nodeIds: [4n, 5n], managementFeeBps: 1_000n, reserved: 5n };
    const clusterId = await addCluster(fixture, manager, plan);
    await deposit(fixture, owner, NATIVE, 10n ** 18n);
    const bucketId = await addBucket(fixture, owner, clusterId);
    await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("20"));
    await at((await now()) + 1_000n);
    await ethers.provider.send("evm_mine", []);

    const { clusters, accounts } = await earningsOf(fixture, manager);
    expect(clusters.map((one) => [one.clusterId, one.currency, one.roles])).to.deep.equal([
      [1n, await fixture.testUSD.getAddress(), ["manager"]],
      [2n, NATIVE, ["provider", "manager"]],
    ]);
    // All but the network's one percent.
    const earned = await fixture.accountRegistry.poolOf(clusterId);
    expect(clusters[1]!.revenues).to.be.within((earned * 99n) / 100n - usd("20") * 10_000n, (earned * 99n) / 100n + 1n);
    expect(clusters[1]!.claimable.map(({ nodeId }) => nodeId)).to.have.members([4n, 5n]);
    await clusterRegistry.distributeRevenues(clusterId);
    const [, ether] = (await earningsOf(fixture, manager)).accounts.reverse();
    expect(accounts).to.have.length(2);
    expect(ether!.scaledBalance).to.be.greaterThan(0n);
  });

  it("finds nothing where nothing is earned", async () => {
    const fixture = await earning();
    const { clusters, accounts } = await earningsOf(fixture, fixture.stranger);
    expect(clusters).to.deep.equal([]);
    expect(accounts.map(({ balance }) => balance)).to.deep.equal([0n, 0n]);
  });
});

describe("readEarned", () => {
  it("adds up all that was ever credited for nodes and in fees, also by clusters that are gone", async () => {
    const fixture = await earning();
    const { bucketRegistry, clusterRegistry, deployer, manager, owner, provider1, stranger, testUSD } = fixture;
    await bucketRegistry.connect(owner).closeBucket(1);
    await clusterRegistry.connect(manager).removeCluster(1);
    const range = { fromBlock: 0, toBlock: await ethers.provider.getBlockNumber() };
    const registries = await registriesOf(fixture);
    const currency = await testUSD.getAddress();
    for (const who of [provider1, manager, deployer]) {
      const balance = await scaledBalance(fixture, who);
      expect(balance).to.be.greaterThan(0n);
      expect(await readEarned(registries, who.address, range)).to.deep.equal({ [currency]: balance });
    }
    expect(await readEarned(registries, stranger.address, range)).to.deep.equal({});
  });
});
