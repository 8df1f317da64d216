import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type AddressLike, dataSlice, id, MaxInt256, MaxUint256, MinInt256, toTwos } from "ethers";
import { deployments, ethers } from "hardhat";

import { type FacetedProxy, type MockPriceFeed, MockPriceFeed__factory } from "../../cache/typechain-types";
import { testUsd, usd, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { BURNS_GAS, contractOf, meddles, MEGABYTE, returns, reverts } from "../helpers/code";
import { expectExactCustody } from "../helpers/custody";
import { feedUsd, streamsOf, withSequencer } from "../helpers/ledger";
import { scaled, streamed } from "../helpers/streams";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

// Feeds that fail in every way. The last good price stays in force, and everything that needs no new price works as ever: each is shown by
// settling, distributing, claiming and withdrawing to the scaled unit.

const RENT = usd("60");
const MAX_AGE = HOUR;
/** Enough to make a megabyte and to copy it in the proxied feed, not to copy it once more. */
const GAS = { gasLimit: 5_500_000 };

const words = (...values: bigint[]): string =>
  ethers.AbiCoder.defaultAbiCoder().encode(
    values.map(() => "uint256"),
    values.map((value) => (value < 0n ? toTwos(value, 256) : value)),
  );

interface WithFeed extends WithFundedBucket {
  proxy: FacetedProxy;
  /** The same, as the feed that it is meant to be: of 8 decimals. It said 1 USD an hour and more ago. */
  feed: MockPriceFeed;
  /** When the owner's bucket began to pay 60 USD a month, out of 10 TestUSD. */
  start: bigint;
}

const withFeed = deployments.createFixture(async (): Promise<WithFeed> => {
  const fixture = await withFundedBucket();
  const { priceRegistry, admin, stranger, testUSD } = fixture;
  const start = await now();
  const proxy = await ethers.deployContract("FacetedProxy", [await ethers.deployContract("MockPriceFeed", [8])], stranger);
  const feed = MockPriceFeed__factory.connect(await proxy.getAddress(), stranger);
  await feed.setAnswer(feedUsd("1"));
  await priceRegistry.connect(admin).setFeed(testUSD, feed, MAX_AGE);
  await priceRegistry.syncPrice(testUSD);
  return { ...fixture, proxy, feed, start };
});

/** What 1,000 more seconds and a day after `start` move, whatever has become of the feed: at 1 USD a token. */
async function expectPaidAsBefore(fixture: WithFeed): Promise<void> {
  const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, manager, owner, provider1, testUSD, nodeIds, start } = fixture;
  expect((await priceRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd("1"));
  await at(start + DAY);
  await bucketRegistry.settlePayment(1);
  expect(await accountRegistry.poolOf(1)).to.equal(streamed(RENT, DAY));
  await at(start + DAY + 10n);
  const paid = streamed(RENT, DAY + 10n);
  await clusterRegistry.distributeRevenues(1);
  for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(1, nodeId);
  // Two per cent for the manager, a third of the rest for each provider.
  expect((await accountRegistry.getAccount(manager, testUSD)).scaledBalance).to.equal(paid / 50n);
  const share = ((paid * 49n) / 50n / RENT) * usd("20");
  expect((await accountRegistry.getAccount(provider1, testUSD)).scaledBalance).to.equal(share);
  await expect(accountRegistry.connect(provider1).withdraw(testUSD, MaxUint256, provider1)).to.changeTokenBalance(
    testUSD,
    provider1,
    share / scaled(1n),
  );
  await at(start + DAY + 1_000n);
  const left = (scaled(testUsd("10")) - streamed(RENT, DAY + 1_000n)) / scaled(1n);
  await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(testUSD, owner, left);
  await bucketRegistry.connect(owner).closeBucket(1);
  await expectExactCustody(fixture);
}

type Refusal = [error: string, args: (feed: AddressLike, time: bigint) => unknown[]];
const unavailable: Refusal = ["FeedUnavailable", (feed) => [feed]];
const decimalsTooMany = (decimals: bigint): Refusal => ["FeedDecimalsTooMany", (feed) => [feed, decimals, 36]];
const notPositive = (answer: bigint): Refusal => ["FeedAnswerNotPositive", (feed) => [feed, answer]];

/** A round, by what is wrong with it, at a time: id, answer, begun, updated, answered in. */
const BAD_ROUNDS: Record<string, [round: (time: bigint) => bigint[], refusal: Refusal]> = {
  "an answer of zero": [(time) => [9n, 0n, time, time, 9n], notPositive(0n)],
  "a negative answer": [(time) => [9n, -1n, time, time, 9n], notPositive(-1n)],
  "the lowest answer there is": [(time) => [9n, MinInt256, time, time, 9n], notPositive(MinInt256)],
  "a round that has not ended": [(time) => [9n, 5n, time, 0n, 9n], ["FeedRoundIncomplete", (feed) => [feed, 9, 9, 0]]],
  "an answer of an earlier round": [(time) => [9n, 5n, time, time, 8n], ["FeedRoundIncomplete", (feed, time) => [feed, 9, 8, time]]],
  "a round that is no 80 bits wide": [
    (time) => [MaxUint256, 5n, time, time, 1n],
    ["FeedRoundIncomplete", (feed, time) => [feed, MaxUint256, 1, time]],
  ],
  "an answer of a year ahead": [
    (time) => [9n, 5n, time, time + 365n * DAY, 9n],
    ["FeedRoundIncomplete", (feed, time) => [feed, 9, 9, time + 365n * DAY]],
  ],
  "an answer from beyond all times": [
    (time) => [9n, 5n, time, MaxUint256, 9n],
    ["FeedRoundIncomplete", (feed) => [feed, 9, 9, MaxUint256]],
  ],
  "an answer a second too old": [
    (time) => [9n, 5n, time, time - MAX_AGE - 1_001n, 9n],
    ["FeedAnswerStale", (feed, time) => [feed, time - MAX_AGE - 1_001n, MAX_AGE]],
  ],
};

const SILENCES: Record<string, string> = {
  "reverts without a reason": reverts("0x"),
  "reverts with a reason": reverts(id("NotNow()").slice(0, 10)),
  "reverts with a megabyte": reverts("0x", MEGABYTE),
  "burns all gas": BURNS_GAS,
  "returns nothing": returns("0x"),
  "returns a byte less than it should": "short",
};

describe("attacks by feeds", () => {
  const { selector: round } = MockPriceFeed__factory.createInterface().getFunction("latestRoundData");
  const { selector: decimals } = MockPriceFeed__factory.createInterface().getFunction("decimals");

  /** Nobody can take a price from the feed, and nothing else minds. */
  async function expectRefused(fixture: WithFeed, [error, args]: Refusal, time: bigint, feed: AddressLike = fixture.feed): Promise<void> {
    const { priceRegistry, admin, testUSD } = fixture;
    await at(time + 1_000n);
    // Nor does a currency get listed by it.
    const other = await ethers.deployContract("StandardToken", [6]);
    for (const refused of [
      () => priceRegistry.syncPrice(testUSD, GAS),
      () => priceRegistry.connect(admin).addCurrency(other, usd("1"), feed, MAX_AGE, GAS),
    ]) {
      await expect(refused())
        .to.be.revertedWithCustomError(priceRegistry, error)
        .withArgs(...args(feed, time));
    }
    await expectPaidAsBefore(fixture);
  }

  for (const [what, [answer, refusal]] of Object.entries(BAD_ROUNDS)) {
    it(`${what} is refused by name, and the last good price stays in force`, async () => {
      const fixture = await withFeed();
      const time = (await now()) + 2n * HOUR;
      await fixture.proxy.setFacet(round, await contractOf(returns(words(...answer(time)))));
      await expectRefused(fixture, refusal, time);
    });
  }

  for (const [what, code] of Object.entries(SILENCES)) {
    it(`a feed whose round ${what} is unavailable, and the last good price stays in force`, async () => {
      const fixture = await withFeed();
      const time = await now();
      const short = returns(dataSlice(words(9n, 5n, time, time, 9n), 1));
      await fixture.proxy.setFacet(round, await contractOf(code === "short" ? short : code));
      await expectRefused(fixture, unavailable, time);
    });

    it(`a feed whose decimals() ${what} is unavailable, and the last good price stays in force`, async () => {
      const fixture = await withFeed();
      await fixture.proxy.setFacet(decimals, await contractOf(code === "short" ? returns(dataSlice(words(8n), 1)) : code));
      await expectRefused(fixture, unavailable, await now());
    });
  }

  for (const count of [37n, 77n, 255n, 256n, MaxUint256]) {
    it(`a feed that has ${count} decimals all at once is refused by name, and the last good price stays in force`, async () => {
      const fixture = await withFeed();
      await fixture.proxy.setFacet(decimals, await contractOf(returns(words(count), MEGABYTE)));
      await expectRefused(fixture, decimalsTooMany(count), await now());
    });
  }

  it("a feed that is gone, or was never one, is unavailable, and the last good price stays in force", async () => {
    const gone = await withFeed();
    await setCode(await gone.feed.getAddress(), "0x");
    await expectRefused(gone, unavailable, await now());
    const switched = await withFeed();
    const { priceRegistry, admin, stranger, testUSD } = switched;
    await priceRegistry.connect(admin).setFeed(testUSD, stranger, 60);
    await expectRefused(switched, unavailable, await now(), stranger.address);
    const other = await withFeed();
    await other.priceRegistry.connect(other.admin).setFeed(other.testUSD, other.testUSD, 60);
    await expectRefused(other, unavailable, await now(), await other.testUSD.getAddress());
  });

  it("a feed that answers with a megabyte is listened to no further than a round", async () => {
    const fixture = await withFeed();
    const { priceRegistry, testUSD, proxy } = fixture;
    const time = await now();
    await proxy.setFacet(round, await contractOf(returns(words(9n, feedUsd("1.5"), time, time, 9n), MEGABYTE)));
    await expect(priceRegistry.syncPrice(testUSD, GAS)).to.emit(priceRegistry, "PriceChanged");
    expect((await priceRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd("1.5"));
  });

  for (const [what, price, make] of [
    ["the largest answer there is", "2", async ({ feed }: WithFeed) => feed.setAnswer(MaxInt256)],
    ["the smallest answer there is", "0.5", async ({ feed }: WithFeed) => feed.setAnswer(1)],
    ["no decimals from then on", "2", async ({ proxy }: WithFeed) => proxy.setFacet(decimals, await contractOf(returns(words(0n))))],
    ["18 decimals from then on", "0.5", async ({ proxy }: WithFeed) => proxy.setFacet(decimals, await contractOf(returns(words(18n))))],
    ["36 decimals from then on", "0.5", async ({ proxy }: WithFeed) => proxy.setFacet(decimals, await contractOf(returns(words(36n))))],
    [
      "the largest answer there is, without decimals",
      "2",
      async ({ feed, proxy }: WithFeed) => {
        await feed.setAnswer(MaxInt256);
        await proxy.setFacet(decimals, await contractOf(returns(words(0n))));
      },
    ],
  ] as const) {
    it(`a feed with ${what} moves the price by a factor of two, which costs just that from then on`, async () => {
      const fixture = await withFeed();
      const { accountRegistry, priceRegistry, bucketRegistry, owner, testUSD, start } = fixture;
      await make(fixture);
      await at(start + 1_000n);
      await priceRegistry.syncPrice(testUSD);
      expect((await priceRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd(price));
      await at(start + 3_000n);
      await bucketRegistry.settlePayment(1);
      const paid = streamed(RENT, 1_000n) + streamed(RENT, 2_000n, usd(price));
      expect(await accountRegistry.poolOf(1)).to.equal(paid);
      await at(start + 4_000n);
      const left = (scaled(testUsd("10")) - paid - streamed(RENT, 1_000n, usd(price))) / scaled(1n);
      await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(testUSD, owner, left);
      await expectExactCustody(fixture);
    });
  }

  it("a feed that calls back while it is asked changes nothing", async () => {
    const fixture = await withFeed();
    const { accountRegistry, priceRegistry, bucketRegistry, feed, otherOwner, proxy, stranger, testUSD, start } = fixture;
    const registry = await accountRegistry.getAddress();
    const from = (await priceRegistry.getCurrency(testUSD)).index - ((await now()) - start) * 10n ** 18n;
    await accountRegistry.connect(otherOwner).depositFor(feed, testUSD, 9);
    await feed.setAnswer(feedUsd("1.25"));
    const token = await testUSD.getAddress();
    const calls: [AddressLike, string][] = [
      [registry, accountRegistry.interface.encodeFunctionData("withdraw", [token, 9, stranger.address])],
      [await priceRegistry.getAddress(), priceRegistry.interface.encodeFunctionData("syncPrice", [token])],
      [await bucketRegistry.getAddress(), bucketRegistry.interface.encodeFunctionData("settlePayment", [1])],
    ];
    for (const [target, question] of calls) {
      await proxy.setFacet(decimals, await contractOf(meddles(target as string, question, await proxy.HONEST())));
      await priceRegistry.syncPrice(testUSD, GAS);
      expect((await priceRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd("1.25"));
      expect((await accountRegistry.getAccount(feed, testUSD)).balance).to.equal(9n);
      // What has been earned since the bucket began to pay, and no more.
      expect(await accountRegistry.poolOf(1)).to.equal(RENT * ((await priceRegistry.getCurrency(testUSD)).index - from));
    }
    await at(start + 1_000n);
    await bucketRegistry.settlePayment(1);
    const { index } = await priceRegistry.getCurrency(testUSD);
    expect((await accountRegistry.getAccount(fixture.owner, testUSD)).paidIndex).to.equal(index);
    await expectExactCustody(fixture);
  });
});

describe("attacks by the sequencer's feed", () => {
  const cases: Record<
    string,
    [answer: (time: bigint) => bigint[] | string, error: string, args: (uptime: string, time: bigint) => unknown[]]
  > = {
    "is down": [(time) => [2n, 1n, time - DAY, time, 2n], "SequencerDown", () => []],
    "says something that is neither": [(time) => [2n, 2n, time - DAY, time, 2n], "SequencerDown", () => []],
    "says something negative": [(time) => [2n, -1n, time - DAY, time, 2n], "SequencerDown", () => []],
    "never said since when": [(time) => [2n, 0n, 0n, time, 2n], "SequencerDown", () => []],
    "just came back": [(time) => [2n, 0n, time, time, 2n], "SequencerJustUp", (_, time) => [time + HOUR]],
    "is to come back": [(time) => [2n, 0n, time + DAY, time, 2n], "SequencerJustUp", (_, time) => [time + DAY + HOUR]],
    "comes back beyond all times": [(time) => [2n, 0n, MaxUint256, time, 2n], "SequencerJustUp", () => [MaxUint256]],
    "has a feed that reverts": [() => reverts("0x"), "FeedUnavailable", (uptime) => [uptime]],
    "has a feed that burns all gas": [() => BURNS_GAS, "FeedUnavailable", (uptime) => [uptime]],
    "has a feed that answers less than a round": [() => returns(words(2n, 0n, 1n, 1n)), "FeedUnavailable", (uptime) => [uptime]],
    "has a feed that is gone": [() => "0x", "FeedUnavailable", (uptime) => [uptime]],
  };

  for (const [what, [answer, error, args]] of Object.entries(cases)) {
    it(`a sequencer that ${what} keeps prices from being taken, and nobody from settling and withdrawing`, async () => {
      const fixture = await withSequencer();
      const { admin, clusters, payer, receiver, registry, prices, stranger, token, uptime } = fixture;
      const tokenId = await registry.currencyIdOf(token);
      await token.mint(payer, 10n ** 19n);
      await token.connect(payer).approve(registry, MaxUint256);
      await registry.connect(payer).deposit(token, 10n ** 19n);
      const start = (await now()) + 1_000n;
      await at(start);
      await streamsOf(fixture).raise(1n, RENT, payer, tokenId);

      const bad = answer(start);
      await setCode(await uptime.getAddress(), typeof bad === "string" ? bad : returns(words(...bad)));
      for (const refused of [
        () => prices.syncPrice(token, GAS),
        async () => prices.connect(admin).addCurrency(fixture.scaledToken, usd("1"), fixture.feed, DAY, GAS),
      ]) {
        await expect(refused())
          .to.be.revertedWithCustomError(prices, error)
          .withArgs(...args(await uptime.getAddress(), start));
      }
      expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("1"));

      await at(start + 1_000n);
      await streamsOf(fixture).settle(1n);
      const paid = streamed(RENT, 1_000n);
      expect(await registry.poolOf(1)).to.equal(paid);
      const all = { clusterId: 1, whole: true, networkFeeBps: 10_000, managementFeeBps: 0, networkAccount: receiver, manager: stranger };
      await at(start + 1_010n);
      await registry.connect(clusters).takePool(all);
      const received = streamed(RENT, 1_010n) / scaled(1n, 18n);
      await expect(registry.connect(receiver).withdraw(token, MaxUint256, receiver)).to.changeTokenBalance(token, receiver, received);
      await at(start + 2_000n);
      const left = (scaled(10n ** 19n, 18n) - streamed(RENT, 2_000n)) / scaled(1n, 18n);
      await expect(registry.connect(payer).withdraw(token, MaxUint256, payer)).to.changeTokenBalance(token, payer, left);
    });
  }
});
