import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type ContractTransactionResponse, MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import { DEFAULTS, testUsd, usd, withFundedBucket, type WithFundedBucket, withNodes } from "../fixtures";
import { PATIENCE, scaledBalances } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { scaled, streamed } from "../helpers/streams";
import { CODE, REF, withPaidTerms } from "../helpers/terms";
import { DAY, HOUR } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

// Parties that are several at once, calls in every order, buckets that change hands at every moment.

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
/** For how long the fixtures' deposit lasts. */
const COVERED = 446_400n;

describe("attacks by order", function () {
  this.timeout(PATIENCE);

  const permutations = <T>(items: readonly T[]): T[][] =>
    items.length === 0 ? [[]] : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));

  // At the end of the account's funds in each order; where nothing changes within the second, in every fifth.
  for (const [moment, seconds, step] of [
    ["while it is funded", DAY, 5],
    ["in its last tick", COVERED - 1_000n, 1],
    ["in the second in which it runs out", COVERED, 1],
    ["long after it ran out", 20n * DAY, 5],
  ] as const) {
    it(`the calls of one second ${moment} give everybody the same in ${120 / step} of their 120 orders`, async () => {
      const fixture = await withFundedBucket();
      const { accountRegistry, admin, bucketRegistry, clusterRegistry, manager, otherOwner, owner, stranger, testUSD } = fixture;
      const { provider1, provider2, provider3, termsRegistry } = fixture;
      await clusterRegistry.connect(admin).setNetworkFee(137, stranger);
      const start = await now();
      await at(start + HOUR);
      // Half of a third of the cluster is not served.
      await termsRegistry.connect(manager).reportQuality(1, 1, 5_000, CODE, REF);
      const time = start + seconds - 1n;
      const gas = { gasLimit: 800_000n };
      type Send = (overrides: object) => Promise<ContractTransactionResponse>;
      const calls: Record<string, Send> = {
        touch: (overrides) => accountRegistry.connect(stranger).touchAccount(owner, testUSD, overrides),
        settle: (overrides) => bucketRegistry.connect(admin).settlePayment(1, overrides),
        distribute: (overrides) => clusterRegistry.connect(provider1).distributeRevenues(1, overrides),
        claim: (overrides) => clusterRegistry.connect(provider2).claimRevenues(1, 2, overrides),
        deposit: (overrides) => accountRegistry.connect(otherOwner).depositFor(owner, testUSD, 10n, overrides),
      };
      const people = [owner, manager, stranger, provider1, provider2, provider3];
      const outcomes: { order: string[]; balances: bigint[] }[] = [];
      const snapshot = await takeSnapshot();
      for (const order of permutations(Object.keys(calls)).filter((_, i) => i % step === 0)) {
        await ethers.provider.send("evm_setAutomine", [false]);
        try {
          for (const [place, name] of order.entries()) await calls[name]!({ ...gas, gasPrice: (10n - BigInt(place)) * 10n ** 10n });
          await at(time);
          await ethers.provider.send("evm_mine");
        } finally {
          await ethers.provider.send("evm_setAutomine", [true]);
        }
        const block = await ethers.provider.getBlock("latest");
        const receipts = await Promise.all((block?.transactions ?? []).map((hash) => ethers.provider.getTransactionReceipt(hash)));
        expect(receipts.map((receipt) => receipt?.status)).to.deep.equal([1, 1, 1, 1, 1]);
        await expectExactCustody(fixture);
        await at(time + 10n);
        await accountRegistry.touchAccount(owner, testUSD);
        await clusterRegistry.distributeRevenues(1);
        for (const nodeId of [1, 2, 3]) await clusterRegistry.claimRevenues(1, nodeId);
        await expectExactCustody(fixture);
        outcomes.push({ order, balances: await scaledBalances(fixture, people) });
        await snapshot.restore();
      }
      expect(outcomes.length).to.equal(120 / step);
      const first = outcomes[0]!;
      for (const { order, balances } of outcomes) {
        // But for parts of scaled units of which fees and refunds are rounded down.
        for (const [i, balance] of balances.entries()) expect(balance, order.join(", ")).to.be.closeTo(first.balances[i]!, 10n);
      }
    });
  }
});

describe("attacks by being several parties", function () {
  this.timeout(PATIENCE);

  it("who owns, manages, provides and has the network's account pays itself in a loop, and has at the end what it had", async () => {
    const fixture = await withNodes();
    const { accountRegistry, admin, bucketRegistry, clusterRegistry, nodeRegistry, owner, testUSD } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(1_000, owner);
    const nodeId = await nodeRegistry.connect(owner).createNode.staticCall(usd("60"), 100, "");
    await nodeRegistry.connect(owner).createNode(usd("60"), 100, "");
    await nodeRegistry.connect(owner).trustManager(owner);
    const [clusters, buckets] = [clusterRegistry.connect(owner), bucketRegistry.connect(owner)];
    await clusters.createCluster(testUSD, 1, [nodeId], 3_000, "");
    await clusters.reserveResource(1, 10);
    // For a day.
    const deposit = testUsd("60") / 31n;
    await accountRegistry.connect(owner).deposit(testUSD, deposit);
    await buckets.createBucket(1, "");
    await buckets.allocate(1, 1, usd("60"));
    // It serves itself, with its own money, for as long as it likes.
    for (let day = 0; day < 40; ++day) {
      await at((await now()) + DAY - HOUR);
      await clusters.distributeRevenues(1);
      await clusters.claimRevenues(1, nodeId);
      if (day % 7 === 3) await accountRegistry.touchAccount(owner, testUSD);
      if (day % 7 === 5) await clusters.claimRevenues(1, nodeId);
      await expectExactCustody(fixture);
    }
    await buckets.closeBucket(1);
    await clusters.removeCluster(1);
    await expectExactCustody(fixture);
    const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
    expect(scaledBalance).to.equal(scaled(deposit));
    await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(testUSD, owner, deposit);
  });

  it("a manager and a network account that are out of funds get each fee, and pay with it from then on", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, admin, bucketRegistry, clusterRegistry, manager, owner, stranger, testUSD } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(1_000, stranger);
    for (const person of [manager, stranger]) {
      await bucketRegistry.connect(person).createBucket(1, "");
      await bucketRegistry.connect(person).allocate(person === manager ? 2 : 3, 1, RENT);
    }
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("1000"));
    for (let hour = 0; hour < 100; ++hour) {
      await at((await now()) + HOUR);
      await clusterRegistry.distributeRevenues(1);
      if (hour % 10 === 9) await expectExactCustody(fixture);
    }
    // All that they were credited has gone back to the cluster, but for the last fees.
    for (const person of [manager, stranger]) {
      const { balance, paidIndex } = await accountRegistry.getAccount(person, testUSD);
      expect(balance).to.be.lessThan(testUsd("0.02"));
      expect(paidIndex).to.be.greaterThan(0n);
      const { scaledLate } = await accountRegistry.getStream(person, 1);
      expect(scaledLate).to.be.greaterThan(0n);
      await accountRegistry.touchAccount(person, testUSD);
      expect((await accountRegistry.getStream(person, 1)).scaledLate).to.equal(0n);
    }
    await expectExactCustody(fixture);
  });
});

describe("attacks by hand-overs", function () {
  this.timeout(PATIENCE);

  type State = "funded" | "out of funds" | "late";

  /** The fixture's bucket, offered to the other owner, each of whom pays another bucket, too, and is in some state. */
  async function withOffer(from: State, to: State): Promise<WithFundedBucket> {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = fixture;
    await bucketRegistry.connect(owner).offerBucket(1, otherOwner);
    for (const [person, bucketId] of [
      [owner, 2],
      [otherOwner, 3],
    ] as const) {
      await bucketRegistry.connect(person).createBucket(1, "");
      await bucketRegistry.connect(person).allocate(bucketId, 1, RENT);
    }
    for (const [person, state] of [
      [owner, from],
      [otherOwner, to],
    ] as const) {
      if (state === "funded") await accountRegistry.connect(person).deposit(testUSD, testUsd("500"));
      else await accountRegistry.connect(person).deposit(testUSD, testUsd("1.23456"));
    }
    await passTo((await now()) + 10n * DAY);
    for (const [person, state] of [
      [owner, from],
      [otherOwner, to],
    ] as const) {
      if (state === "out of funds") await accountRegistry.touchAccount(person, testUSD);
    }
    return fixture;
  }

  const states: State[] = ["funded", "out of funds", "late"];
  for (const from of states) {
    for (const to of states) {
      it(`from an account that is ${from} to one that is ${to}: each pays for its own time, and the cluster earns all of it`, async () => {
        const fixture = await withOffer(from, to);
        const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = fixture;
        const people = [owner, otherOwner];
        const state = async (): Promise<{ paid: bigint[]; balances: bigint[]; pool: bigint; late: bigint[] }> => ({
          paid: await Promise.all(people.map(async (person) => (await accountRegistry.getAccount(person, testUSD)).paidIndex)),
          late: await Promise.all(people.map(async (person) => (await accountRegistry.getStream(person, 1)).scaledLate)),
          balances: await scaledBalances(fixture, people),
          pool: await accountRegistry.poolOf(1),
        });
        const before = await state();
        expect(before.late.map((late) => late !== 0n)).to.deep.equal([from === "late", to === "late"]);
        await at((await now()) + 1_000n);
        await bucketRegistry.connect(otherOwner).acceptBucket(1, RENT);
        const middle = await state();
        // One paid for two buckets, the other for one; what was late has been passed on.
        const paid = [0, 1].map((i) => BigInt(2 - i) * RENT * (middle.paid[i]! - before.paid[i]!));
        expect(middle.balances).to.deep.equal(before.balances.map((balance, i) => balance - paid[i]!));
        expect(middle.late).to.deep.equal([0n, 0n]);
        expect(middle.pool - before.pool).to.equal(paid[0]! + paid[1]! + before.late[0]! + before.late[1]!);
        expect(paid.map((amount) => amount === 0n)).to.deep.equal([from !== "funded", to !== "funded"]);
        await expectExactCustody(fixture);

        await at((await now()) + 1_000n);
        for (const person of people) await accountRegistry.touchAccount(person, testUSD);
        const after = await state();
        const then = [0, 1].map((i) => BigInt(i + 1) * RENT * (after.paid[i]! - middle.paid[i]!));
        expect(after.balances).to.deep.equal(middle.balances.map((balance, i) => balance - then[i]!));
        expect(after.pool - middle.pool).to.equal(then[0]! + then[1]!);
        expect((await accountRegistry.getStream(otherOwner, 1)).ratePerMonth).to.equal(2n * RENT);
        await expectExactCustody(fixture);
      });
    }
  }

  it("a bucket that goes to and fro in one block pays once for each second", async () => {
    const fixture = await withOffer("funded", "funded");
    const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = fixture;
    const start = (await now()) + 1_000n;
    for (const person of [owner, otherOwner]) await accountRegistry.touchAccount(person, testUSD);
    const [pool, balances, from] = [await accountRegistry.poolOf(1), await scaledBalances(fixture, [owner, otherOwner]), await now()];
    await ethers.provider.send("evm_setAutomine", [false]);
    try {
      let nonce = 0n;
      const ordered = (): object => ({ gasLimit: 500_000n, gasPrice: (100n - nonce++) * 10n ** 9n });
      for (let time = 0; time < 4; ++time) {
        const [giver, taker] = time % 2 === 0 ? [owner, otherOwner] : [otherOwner, owner];
        await bucketRegistry.connect(giver).offerBucket(1, taker, ordered());
        await bucketRegistry.connect(taker).acceptBucket(1, RENT, ordered());
      }
      await at(start);
      await ethers.provider.send("evm_mine");
    } finally {
      await ethers.provider.send("evm_setAutomine", [true]);
    }
    expect(await now()).to.equal(start);
    expect((await bucketRegistry.getBucket(1)).owner).to.equal(owner.address);
    const passed = start - from;
    expect(await scaledBalances(fixture, [owner, otherOwner])).to.deep.equal([
      balances[0]! - streamed(2n * RENT, passed),
      balances[1]! - streamed(RENT, passed),
    ]);
    expect(await accountRegistry.poolOf(1)).to.equal(pool + streamed(3n * RENT, passed));
    await expectExactCustody(fixture);
  });
});

describe("attacks on what is left", function () {
  this.timeout(PATIENCE);

  it("a bucket that is reclaimed beside ends that nobody has crossed leaves the cluster all that was paid, once", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, stranger, testUSD } = fixture;
    const [{ scaledBalance }, start] = [await accountRegistry.getAccount(owner, testUSD), await now()];
    await at(start + COVERED + HOUR);
    await bucketRegistry.reclaim(1);
    const { reclaimableFrom } = await bucketRegistry.getBucket(1);
    await at(reclaimableFrom);
    await bucketRegistry.reclaim(1);
    // The end is still there, passed and not crossed.
    expect((await accountRegistry.getLine(1)).ratePerMonth).to.equal(RENT);
    expect(await accountRegistry.poolOf(1)).to.equal((scaledBalance / RENT) * RENT);
    await expectExactCustody(fixture);
    await accountRegistry.connect(stranger).settleCluster(1, 1);
    expect((await accountRegistry.getLine(1)).ratePerMonth).to.equal(0n);
    await clusterRegistry.connect(manager).removeCluster(1);
    expect((await accountRegistry.getLine(1)).scaledRevenue).to.equal(0n);
    await expectExactCustody(fixture);
  });

  it("a cluster that is removed while ends are uncrossed leaves nothing behind, and its owners nothing to be refunded", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, provider1, provider2, provider3, testUSD } = fixture;
    const { stranger, termsRegistry } = fixture;
    const start = await now();
    const deposited = (await accountRegistry.getAccount(owner, testUSD)).scaledBalance;
    await at(start + DAY);
    await termsRegistry.connect(manager).reportQuality(1, 1, 5_000, CODE, REF);
    await at(start + COVERED + DAY);
    await bucketRegistry.connect(owner).closeBucket(1);
    expect((await accountRegistry.getLine(1)).ratePerMonth).to.equal(RENT);
    const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
    // A sixth of what it paid since the report has come back: but for less than a tick, at whose end it ran out.
    expect(scaledBalance).to.be.greaterThan(streamed(RENT, COVERED - DAY - 1n) / 6n - deposited / 10n ** 6n);
    await clusterRegistry.connect(manager).removeCluster(1);
    const line = await accountRegistry.getLine(1);
    expect([line.ratePerMonth, line.scaledRevenue, line.scaledUnserved]).to.deep.equal([0n, 0n, 0n]);
    for (let time = 0; time < 2; ++time) await accountRegistry.connect(stranger).touchAccount(owner, testUSD);
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(scaledBalance);
    const shares = await scaledBalances(fixture, [manager, provider1, provider2, provider3]);
    const [, networkAccount] = await clusterRegistry.networkFee();
    const leftover = (await accountRegistry.getAccount(networkAccount, testUSD)).scaledBalance;
    expect(shares.reduce((sum, share) => sum + share, leftover)).to.equal(deposited - scaledBalance);
    await expectExactCustody(fixture);
    // An owner who comes back to another cluster starts with nothing of the old one.
    await expect(bucketRegistry.settlePayment(1)).to.be.revertedWithCustomError(bucketRegistry, "BucketUnknown").withArgs(1);
    await accountRegistry.connect(stranger).settlePayment(owner, 1);
    await expect(accountRegistry.settleCluster(99, 1)).to.be.revertedWithCustomError(accountRegistry, "ClusterNeverPaid").withArgs(99);
  });

  it("a provider leaves with its share to the second, whoever touches, settles and distributes in the block before, or nobody", async () => {
    const fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, owner, providers, stranger, termsRegistry, testUSD } = fixture;
    const start = await now();
    await termsRegistry.connect(providers[0]).announceExit(1, 1);
    const { exitAt } = await termsRegistry.getAgreement(1, 1);
    const disturbances: (() => Promise<unknown>)[] = [
      () => Promise.resolve(),
      () => accountRegistry.connect(stranger).touchAccount(owner, testUSD),
      () => accountRegistry.connect(stranger).settleCluster(1, 0),
      () => clusterRegistry.connect(stranger).distributeRevenues(1),
      () => bucketRegistry.connect(stranger).settlePayments([1, 1, 1]),
    ];
    const outcomes: bigint[] = [];
    for (const disturb of disturbances) {
      const snapshot = await takeSnapshot();
      await at(exitAt - 1n);
      await disturb();
      await at(exitAt);
      await termsRegistry.finishExit(1, 1);
      outcomes.push((await scaledBalances(fixture, [providers[0]]))[0]!);
      await expectExactCustody(fixture);
      await snapshot.restore();
    }
    // A third of 98 %, after the management fee.
    const earned = (streamed(RENT, exitAt - start) * 98n) / 300n;
    for (const outcome of outcomes) expect(outcome - outcomes[0]!).to.be.closeTo(0n, 10n ** 12n);
    expect(outcomes[0]! - scaled(testUsd("100"))).to.be.closeTo(earned, 10n ** 12n);
  });

  it("a cluster that no call can settle holds nobody: a provider settles it in two parts, and leaves", async () => {
    const fixture = await withPaidTerms();
    const { accountRegistry, admin, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, priceRegistry, providers } = fixture;
    const { stranger, termsRegistry, testUSD, validator } = fixture;
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("500000"));
    await accountRegistry.connect(owner).depositFor(providers[1], testUSD, testUsd("10"));
    await nodeRegistry.connect(providers[1]).changeNodeRent(2, usd("9"));
    await termsRegistry.connect(providers[0]).announceExit(1, 1);
    // At 1/128 of the price, a year is 3,342 words of ticks.
    for (let halving = 1; halving <= 7; ++halving) {
      await priceRegistry.connect(admin).setPrice(testUSD, usd("1") / 2n ** BigInt(halving));
      await at((await now()) + 2n * DAY);
    }
    await clusterRegistry.distributeRevenues(1);
    await passTo((await now()) + 365n * DAY);
    expect((await accountRegistry.getLine(1)).isSettled).to.equal(false);
    const refused: Record<string, () => Promise<unknown>> = {
      finishExit: () => termsRegistry.connect(providers[0]).finishExit(1, 1),
      reportQuality: () => termsRegistry.connect(validator).reportQuality(1, 2, 1, CODE, REF),
      replaceNode: () => clusterRegistry.connect(manager).replaceNode(1, 0, 2),
      acceptRent: () => clusterRegistry.connect(manager).acceptRent(1, 2, usd("9")),
      lowerManagementFee: () => clusterRegistry.connect(manager).lowerManagementFee(1, 0),
    };
    for (const [name, call] of Object.entries(refused)) {
      await expect(call(), name).to.be.revertedWithCustomError(accountRegistry, "ClusterNotSettled");
    }
    // Everything that needs no settling goes on.
    const mine = bucketRegistry.connect(owner);
    await mine.allocate(1, 1, RENT);
    await mine.release(1, 1);
    await mine.settlePayment(1);
    await mine.offerBucket(1, stranger);
    await accountRegistry.connect(owner).withdraw(testUSD, 1, owner);
    await accountRegistry.connect(providers[1]).withdraw(testUSD, 1, providers[1]);
    await clusterRegistry.claimRevenues(1, 2);
    await bucketRegistry.connect(manager).endBucket(1);
    await expectExactCustody(fixture);

    while (!(await accountRegistry.settleCluster.staticCall(1, 2_000))) await accountRegistry.connect(providers[0]).settleCluster(1, 2_000);
    for (const [name, call] of Object.entries(refused)) {
      if (name !== "replaceNode") await call();
    }
    expect((await clusterRegistry.getVnodes(1, 0, 6)).map(Number)).to.deep.equal([0, 2, 3, 0, 2, 3]);
    await expectExactCustody(fixture);
  });
});
