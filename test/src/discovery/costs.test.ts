import { expect } from "chai";
import { ethers } from "hardhat";

import { type AccountCost, type Costs, COVERED_FOREVER, depositToCover, readCosts } from "../../../src";
import { type Base, DEFAULTS, MONTH, NATIVE, type WithFundedBucket, testUsd, usd, withCluster, withFundedBucket } from "../../fixtures";
import { registriesOf } from "../../helpers/custody";
import { addCluster } from "../../helpers/steps";
import { DAY } from "../../helpers/time";
import { at, now } from "../../helpers/units";

/** What an owner's only account costs. */
async function onlyCost(fixture: Base, owner = fixture.owner): Promise<{ costs: Costs; account: AccountCost }> {
  const costs = await readCosts(await registriesOf(fixture), owner.address);
  expect(costs.accounts).to.have.length(1);
  return { costs, account: costs.accounts[0]! };
}

/** Until when the owner is covered with so much more, deposited at a time; the chain is then as it was before. */
async function coveredWith({ accountRegistry, owner }: Base, currency: string, amount: bigint, when: bigint): Promise<bigint> {
  const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
  await at(when);
  const value = currency === NATIVE ? amount : 0n;
  if (amount > 0n) await accountRegistry.connect(owner).deposit(currency, amount, { value });
  else await ethers.provider.send("evm_mine", []);
  const { coveredUntil } = await accountRegistry.getAccount(owner, currency);
  await ethers.provider.send("evm_revert", [snapshot]);
  return coveredUntil;
}

/** Expects that the deposit which is said to be needed covers, and that one base unit less does not. */
async function expectExact(fixture: Base, until: bigint, when: bigint): Promise<void> {
  const { costs, account } = await onlyCost(fixture);
  const amount = depositToCover(account, account.pace, costs.timestamp, until);
  expect(amount).to.be.greaterThan(1n);
  expect(await coveredWith(fixture, account.currency, amount, when)).to.be.at.least(until);
  expect(await coveredWith(fixture, account.currency, amount - 1n, when)).to.be.lessThan(until);
}

describe("readCosts", () => {
  it("says what each bucket pays, in USD and in tokens, and until when the account covers it", async () => {
    const fixture = await withFundedBucket();
    const { bucketRegistry, owner, testUSD } = fixture;
    await bucketRegistry.connect(owner).createBucket(1, "");
    const { costs, account } = await onlyCost(fixture);
    const present = await fixture.accountRegistry.getAccount(owner, testUSD);
    expect(account).to.deep.include({
      account: owner.address,
      currency: await testUSD.getAddress(),
      balance: present.balance,
      ratePerMonth: usd("60"),
      tokensPerMonth: testUsd("60"),
      coveredUntil: present.coveredUntil,
    });
    expect(account.buckets.map(({ bucketId, ratePerMonth, tokensPerMonth }) => [bucketId, ratePerMonth, tokensPerMonth])).to.deep.equal([
      [1n, usd("60"), testUsd("60")],
      [2n, 0n, 0n],
    ]);
    expect(costs.timestamp).to.equal(await now());
  });

  it("tells what tokens a cluster quotes", async () => {
    const fixture = await withFundedBucket();
    await fixture.priceRegistry.connect(fixture.admin).setPrice(fixture.testUSD, usd("1.7"));
    const { account } = await onlyCost(fixture);
    expect(account.tokensPerMonth).to.equal((await fixture.clusterRegistry.quote(1, 1)).tokensPerMonth);
  });

  it("keeps currencies apart, and leaves out those that have nothing to do with the owner", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, manager, otherOwner, owner } = fixture;
    const clusterId = await addCluster(fixture, manager, {
      currency: NATIVE,
      vnodeCount: 3n,
      nodeIds: [1n, 2n, 3n],
      managementFeeBps: 0n,
      reserved: 5n,
    });
    await bucketRegistry.connect(owner).createBucket(clusterId, "");
    const registries = await registriesOf(fixture);
    const { accounts } = await readCosts(registries, owner.address);
    expect(accounts.map(({ currencyInfo, buckets }) => [currencyInfo.symbol, buckets.map(({ bucketId }) => bucketId)])).to.deep.equal([
      ["ETH", [2n]],
      ["TestUSD", [1n]],
    ]);
    expect((await readCosts(registries, otherOwner.address)).accounts).to.deep.equal([]);
    await accountRegistry.connect(otherOwner).deposit(NATIVE, 5n, { value: 5n });
    const { account } = await onlyCost(fixture, otherOwner);
    expect(account).to.deep.include({ currency: NATIVE, balance: 5n, ratePerMonth: 0n, coveredUntil: COVERED_FOREVER, buckets: [] });
  });
});

describe("depositToCover", () => {
  it("is exact, whenever the deposit arrives", async () => {
    const fixture = await withFundedBucket();
    const start = await now();
    for (const wait of [1n, 1_000n, 5n * DAY]) await expectExact(fixture, start + 100n * DAY, start + wait);
  });

  it("is exact to the second", async () => {
    const fixture = await withFundedBucket();
    const { costs, account } = await onlyCost(fixture);
    for (const until of [account.coveredUntil + 1n, account.coveredUntil + 61n]) await expectExact(fixture, until, costs.timestamp + 60n);
  });

  // Rents and prices that divide nothing.
  for (const [rent, price] of [
    ["0.02", "0.55"],
    ["7.000000000000000003", "1.999999999999999999"],
    ["0.000001000000000001", "0.7"],
    ["1234567.891", "1.3"],
  ] as const) {
    it(`is exact at a rent of ${rent} and a price of ${price}`, async () => {
      const fixture = await withRent(usd(rent));
      await fixture.priceRegistry.connect(fixture.admin).setPrice(fixture.testUSD, usd(price));
      const { costs, account } = await onlyCost(fixture);
      // Far enough for a deposit of more than one base unit, and near enough for what the owner has.
      const aBaseUnit = account.pace.scale / (account.ratePerMonth * account.pace.indexPerSecond) + 1n;
      await expectExact(fixture, account.coveredUntil + 3n * aBaseUnit + 1_000n, costs.timestamp + 10n);
    });
  }

  it("is exact in a currency of 18 decimals", async () => {
    const fixture = await withCluster();
    const { accountRegistry, bucketRegistry, manager, owner } = fixture;
    const plan = { currency: NATIVE, vnodeCount: 7n, nodeIds: [1n, 2n, 3n], managementFeeBps: 0n, reserved: 5n };
    const clusterId = await addCluster(fixture, manager, plan);
    await accountRegistry.connect(owner).deposit(NATIVE, 10n ** 18n, { value: 10n ** 18n });
    await bucketRegistry.connect(owner).createBucket(clusterId, "");
    await bucketRegistry.connect(owner).allocate(1, 1, usd("70"));
    const start = await now();
    await expectExact(fixture, start + 90n * DAY, start + 777n);
  });

  it("is exact for an account out of funds at the time that it was asked for, and covers for longer when it arrives later", async () => {
    const fixture = await withFundedBucket();
    const { testUSD } = fixture;
    await at((await now()) + 30n * DAY);
    await ethers.provider.send("evm_mine", []);
    const { costs, account } = await onlyCost(fixture);
    expect(account).to.deep.include({ balance: 0n, coveredUntil: costs.timestamp });
    const until = costs.timestamp + MONTH;
    const amount = depositToCover(account, account.pace, costs.timestamp, until);
    expect(amount).to.equal(testUsd("60"));
    const currency = await testUSD.getAddress();
    const soon = costs.timestamp + 1n;
    expect(await coveredWith(fixture, currency, amount, soon)).to.be.within(until, until + 1n);
    expect(await coveredWith(fixture, currency, amount, soon + DAY)).to.be.at.least(until + DAY);
    // A second later, for a second less: that is the least.
    const less = depositToCover(account, account.pace, soon, until);
    expect(await coveredWith(fixture, currency, less, soon)).to.be.at.least(until);
    expect(await coveredWith(fixture, currency, less - 1n, soon)).to.be.lessThan(until);
  });

  it("is nothing where it is covered anyway, and for a time that is past", async () => {
    const fixture = await withFundedBucket();
    const { costs, account } = await onlyCost(fixture);
    expect(depositToCover(account, account.pace, costs.timestamp, account.coveredUntil)).to.equal(0n);
    expect(depositToCover(account, account.pace, costs.timestamp, account.coveredUntil + 1n)).to.be.greaterThan(0n);
    expect(depositToCover({ scaledBalance: 0n, ratePerMonth: 5n }, account.pace, 1_000n, 1_000n)).to.equal(0n);
    expect(depositToCover({ scaledBalance: 0n, ratePerMonth: 0n }, account.pace, 0n, 1_000n)).to.equal(0n);
  });
});

/** The owner pays a cluster of nodes at a rent, with ten tokens in the account. */
async function withRent(rent: bigint): Promise<WithFundedBucket> {
  const fixture = await withCluster();
  const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, testUSD } = fixture;
  await nodeRegistry.connect(provider1).createNode(rent, 100, "");
  await clusterRegistry.connect(manager).createCluster(testUSD, 1, [4], 0, "");
  await clusterRegistry.connect(manager).reserveResource(2, 10);
  await accountRegistry.connect(owner).deposit(testUSD, DEFAULTS.deposit);
  await bucketRegistry.connect(owner).createBucket(2, "");
  await bucketRegistry.connect(owner).allocate(1, 1, rent);
  return { ...fixture, bucketId: 1n };
}
