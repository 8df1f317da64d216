import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { type Interface, MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { type Base, base, NATIVE, usd } from "../fixtures";
import { fullBudget } from "../helpers/budget";
import type { Call } from "./call";
import { Chain, type Contract } from "./chain";
import { seed } from "./seed";
import { Model } from "./model";
import { MAX_PRICE, MIN_PRICE } from "./model/limits";
import { STEP, tickAt } from "./model/rounding";
import { type Address, type Currency, NOBODY, type State } from "./model/state";

/** So far ahead that a walk is the same whenever it is walked. */
const START = 4_102_444_800n;
const PLENTY = 2n ** 200n;
const PLENTY_OF_ETHER = 2n ** 140n;
const FEED_DECIMALS = 8n;
const FEED_MAX_AGE = 2n * 86_400n;

/** Who takes part, and in what they pay. */
export interface Cast {
  admin: Address;
  providers: Address[];
  managers: Address[];
  owners: Address[];
  everyone: Address[];
  currencies: Address[];
  /** What people and currencies are called when a walk is told. */
  names: ReadonlyMap<Address, string>;
}

/** Contracts with which something has been done, and how to make a model of them. */
export interface Setup {
  chain: Chain;
  cast: Cast;
  createModel: () => Model;
}

/** Beside the native currency and TestUSD, at 1 USD each: other decimals, the ends of the range of prices, and a feed. */
const TOKENS = [
  { name: "whole", decimals: 0n, usdPerToken: MAX_PRICE, hasFeed: false },
  { name: "finest", decimals: 24n, usdPerToken: MIN_PRICE, hasFeed: false },
  { name: "fed", decimals: 18n, usdPerToken: usd("1"), hasFeed: true },
];

export const withSetup = deployments.createFixture(async (): Promise<Setup> => {
  const fixture = await base();
  const tokens = await listTokens(fixture);
  const cast = castOf(fixture, tokens);
  await endow(fixture, cast);
  const chain = new Chain({
    accountRegistry: await contractOf(fixture.accountRegistry),
    priceRegistry: await contractOf(fixture.priceRegistry),
    nodeRegistry: await contractOf(fixture.nodeRegistry),
    clusterRegistry: await contractOf(fixture.clusterRegistry),
    bucketRegistry: await contractOf(fixture.bucketRegistry),
    termsRegistry: await contractOf(fixture.termsRegistry),
    priceFeed: await contractOf(fixture.priceFeed),
  });
  await chain.passTo(START);
  const indexes = await Promise.all(cast.currencies.map(async (currency) => (await fixture.priceRegistry.getCurrency(currency)).index));
  const feed = await fixture.priceFeed.getAddress();
  const calls = seed(cast);
  await sendAll(chain, calls);

  const createModel = (): Model => {
    const model = new Model(beginning(cast, indexes, feed));
    for (const step of calls) {
      model.passTo(model.state.now + 1n);
      step.apply(model);
    }
    return model;
  };
  return { chain, cast, createModel };
});

async function contractOf(contract: { getAddress: () => Promise<string>; interface: Interface }): Promise<Contract> {
  return { address: await contract.getAddress(), interface: contract.interface };
}

async function listTokens({ priceRegistry, admin, priceFeed, testUSD }: Base): Promise<Map<Address, string>> {
  const names = new Map([
    [NATIVE, "ether"],
    [await testUSD.getAddress(), "TestUSD"],
  ]);
  await priceFeed.setAnswer(10n ** FEED_DECIMALS);
  for (const { name, decimals, usdPerToken, hasFeed } of TOKENS) {
    const token = await ethers.deployContract("StandardToken", [decimals]);
    const [feed, maxAge] = hasFeed ? [priceFeed, FEED_MAX_AGE] : [NOBODY, 0n];
    await priceRegistry.connect(admin).addCurrency(token, usdPerToken, feed, maxAge);
    names.set(await token.getAddress(), name);
  }
  return names;
}

function castOf(fixture: Base, currencies: ReadonlyMap<Address, string>): Cast {
  const { admin, manager, otherManager, otherOwner, owner, provider1, provider2 } = fixture;
  const people = { admin, provider1, provider2, manager, otherManager, owner, otherOwner };
  const names = new Map([...currencies, ...Object.entries(people).map(([name, { address }]): [Address, string] => [address, name])]);
  const addresses = (list: HardhatEthersSigner[]): Address[] => list.map(({ address }) => address);
  return {
    admin: admin.address,
    providers: addresses([provider1, provider2]),
    managers: addresses([manager, otherManager]),
    // Who receives may pay, too.
    owners: addresses([owner, otherOwner, manager, provider1]),
    everyone: addresses(Object.values(people)),
    currencies: [...currencies.keys()],
    names,
  };
}

/** Everyone can deposit as much as they want. */
async function endow({ accountRegistry }: Base, { currencies, everyone }: Cast): Promise<void> {
  for (const person of everyone) {
    await setBalance(person, PLENTY_OF_ETHER);
    const signer = await ethers.getSigner(person);
    for (const currency of currencies.filter((address) => address !== NATIVE)) {
      const token = await ethers.getContractAt("StandardToken", currency, signer);
      await token.mint(person, PLENTY);
      await token.approve(accountRegistry, MaxUint256);
    }
  }
}

/** A second apart. */
async function sendAll(chain: Chain, calls: readonly Call[]): Promise<void> {
  for (const [i, step] of calls.entries()) {
    const refused = await chain.send(step, START + BigInt(i) + 1n);
    if (refused !== undefined) throw new Error(`The market cannot be furnished: ${step.method} is refused: ${refused.error}`);
  }
}

/** What there is before the market is furnished: currencies alone, whose budgets are full. */
function beginning({ admin, currencies, names }: Cast, indexes: readonly bigint[], feed: Address): State {
  const known = currencies.map((address, i): [Address, Currency] => {
    const token = TOKENS.find(({ name }) => name === names.get(address));
    const answered = { address: feed, decimals: FEED_DECIMALS, maxAge: FEED_MAX_AGE, answer: 0n, answeredAt: 0n };
    const usdPerToken = token?.usdPerToken ?? usd("1");
    const currency: Currency = {
      address,
      id: BigInt(i + 1),
      decimals: token?.decimals ?? (address === NATIVE ? 18n : 6n),
      usdPerToken,
      paused: false,
      budget: fullBudget(usdPerToken, START),
      feed: token?.hasFeed === true ? answered : undefined,
      cost: STEP.times(indexes[i]!),
      tick: tickAt(usdPerToken),
      owed: 0n,
      accounts: new Map(),
    };
    return [address, currency];
  });
  return {
    now: START,
    admin,
    currencies: new Map(known),
    nodes: new Map(),
    lastNodeId: 0n,
    trust: new Map(),
    clusters: new Map(),
    lines: new Map(),
    exits: new Map(),
    lastClusterId: 0n,
    buckets: new Map(),
    lastBucketId: 0n,
    networkFee: 0n,
    networkAccount: admin,
  };
}
