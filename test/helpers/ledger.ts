import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { type Addressable, type ContractTransactionResponse, getCreateAddress, MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import type { AccessManager, AccountRegistry, MockPriceFeed, StandardToken, PriceRegistry, TestUSD } from "../../cache/typechain-types";
import { base, NATIVE, testUsd, usd } from "../fixtures";
import { now } from "./units";

// An account registry and its price registry among people who play the other registries, so that streams can be driven directly.

export interface Ledger {
  admin: HardhatEthersSigner;
  /** Plays the cluster registry. */
  clusters: HardhatEthersSigner;
  /** Plays the bucket registry. */
  buckets: HardhatEthersSigner;
  /** Plays the terms registry. */
  terms: HardhatEthersSigner;
  payer: HardhatEthersSigner;
  otherPayer: HardhatEthersSigner;
  receiver: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  accessManager: AccessManager;
  /** Called by the stranger unless a test says otherwise. */
  registry: AccountRegistry;
  /** Called by the stranger unless a test says otherwise. */
  prices: PriceRegistry;
  /** Currency 1, at 1 USD by hand. Both payers have a million, approved. */
  testUSD: TestUSD;
  /** When TestUSD was listed: its index is 10^18 for each second since, until its price changes. */
  listedAt: bigint;
  /** Currency 3 (2 is the native one, at 1 USD by hand), of 24 decimals, at 1 USD by hand. The payer has a million, approved. */
  scaledToken: StandardToken;
}

export const TEST_USD_ID = 1n;
export const NATIVE_ID = 2n;
export const FINE_TOKEN_ID = 3n;

/** A tick of a currency that was listed at 1 USD: the power of two that is nearest to an hour of its index. */
export const TICK_BITS = 72n;
/** The last tick that is not after an index, as an index: where the streams of an account that runs out of funds there are registered to end. */
export const tickBefore = (index: bigint): bigint => (index >> TICK_BITS) << TICK_BITS;

/** What most streams of the tests pay a month, and what that is in scaled units a second while a token is worth 1 USD. */
export const RATE = usd("60");
export const PER_SECOND = 60n * 10n ** 36n;

/** Deploys an account registry and a price registry that know each other. */
export async function deployRegistries(
  { accessManager, clusters, buckets, terms, stranger }: Pick<Ledger, "accessManager" | "clusters" | "buckets" | "terms" | "stranger">,
  sequencerFeed: Addressable | string = ethers.ZeroAddress,
): Promise<{ registry: AccountRegistry; prices: PriceRegistry }> {
  const priceRegistry = getCreateAddress({ from: stranger.address, nonce: (await stranger.getNonce()) + 1 });
  const registry = await ethers.deployContract("AccountRegistry", [priceRegistry, clusters, buckets, terms], stranger);
  const prices = await ethers.deployContract("PriceRegistry", [accessManager, registry, sequencerFeed], stranger);
  return { registry, prices };
}

export const withLedger = deployments.createFixture(async (): Promise<Ledger> => {
  const { admin, manager, otherManager, provider1, owner, otherOwner, provider2, stranger, testUSD } = await base();
  const accessManager = await ethers.deployContract("AccessManager", [admin], admin);
  const people = { clusters: manager, buckets: provider1, terms: otherManager, stranger };
  const { registry, prices } = await deployRegistries({ accessManager, ...people });
  const scaledToken = await ethers.deployContract("StandardToken", [24], stranger);
  await prices.connect(admin).addCurrency(testUSD, usd("1"), ethers.ZeroAddress, 0);
  const listedAt = await now();
  await prices.connect(admin).addCurrency(NATIVE, usd("1"), ethers.ZeroAddress, 0);
  await prices.connect(admin).addCurrency(scaledToken, usd("1"), ethers.ZeroAddress, 0);
  for (const person of [owner, otherOwner]) {
    await testUSD.connect(person).approve(registry, MaxUint256);
  }
  await scaledToken.mint(owner, 10n ** 30n);
  await scaledToken.connect(owner).approve(registry, MaxUint256);
  return {
    ...people,
    admin,
    payer: owner,
    otherPayer: otherOwner,
    receiver: provider2,
    accessManager,
    registry,
    prices,
    testUSD,
    listedAt,
    scaledToken,
  };
});

/** A currency of 18 decimals with a feed of 8 decimals, at 1 USD, listed at `listedAt`. */
export interface WithFeed extends Ledger {
  token: StandardToken;
  feed: MockPriceFeed;
  listedAt: bigint;
}

export const MAX_AGE = 2n * 24n * 60n * 60n;
export const feedUsd = (amount: string): bigint => testUsd(amount) * 100n;

export const withFeed = deployments.createFixture(async (): Promise<WithFeed> => {
  const ledger = await withLedger();
  const { admin, prices, stranger } = ledger;
  const token = await ethers.deployContract("StandardToken", [18], stranger);
  const feed = await ethers.deployContract("MockPriceFeed", [8], stranger);
  await feed.setAnswer(feedUsd("1"));
  await prices.connect(admin).addCurrency(token, usd("1"), feed, MAX_AGE);
  return { ...ledger, token, feed, listedAt: await now() };
});

export interface WithSequencer extends Ledger {
  uptime: MockPriceFeed;
  feed: MockPriceFeed;
  token: StandardToken;
}

/** A registry on a chain with a sequencer, which has been up for a day; a token with a feed. */
export const withSequencer = deployments.createFixture(async (): Promise<WithSequencer> => {
  const ledger = await withLedger();
  const { stranger, admin } = ledger;
  const uptime = await ethers.deployContract("MockPriceFeed", [0], stranger);
  const feed = await ethers.deployContract("MockPriceFeed", [8], stranger);
  const { registry, prices } = await deployRegistries(ledger, uptime);
  const token = await ethers.deployContract("StandardToken", [18], stranger);
  await feed.setAnswer(feedUsd("1"));
  const dayAgo = (await now()) - 86_400n;
  await uptime.setRound(1, 0, dayAgo, dayAgo, 1);
  await prices.connect(admin).addCurrency(token, usd("1"), feed, MAX_AGE);
  await feed.setAnswer(feedUsd("1.5"));
  return { ...ledger, registry, prices, uptime, feed, token };
});

/** What the bucket registry does to streams, with the defaults of most tests. */
export function streamsOf({ registry, buckets, payer }: Ledger): {
  raise: (clusterId: bigint, rate: bigint, who?: HardhatEthersSigner, currencyId?: bigint) => Promise<ContractTransactionResponse>;
  lower: (clusterId: bigint, rate: bigint, who?: HardhatEthersSigner, currencyId?: bigint) => Promise<ContractTransactionResponse>;
  settle: (clusterId: bigint, who?: HardhatEthersSigner) => Promise<ContractTransactionResponse>;
} {
  const asBuckets = registry.connect(buckets);
  return {
    raise: (clusterId, rate, who = payer, currencyId = TEST_USD_ID) =>
      asBuckets.raiseRate({ payer: who.address, clusterId, currencyId, rate }),
    lower: (clusterId, rate, who = payer, currencyId = TEST_USD_ID) =>
      asBuckets.lowerRate({ payer: who.address, clusterId, currencyId, rate }),
    settle: (clusterId, who = payer) => registry.settlePayment(who, clusterId),
  };
}
