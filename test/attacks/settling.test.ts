import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import type { StandardToken } from "../../cache/typechain-types";
import { DEFAULTS, MONTH, usd, withNodes, type WithNodes } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

// Somebody settles as often as there are blocks. A month of blocks of 12 seconds would be 223,200 of them; here are those in which
// something could go wrong (the first two hours, the two around the instant at which an account runs out of funds, and the two around each change
// of price), and one an hour for the rest of the month. All is compared with the same month in which nobody settles before its end.

const BLOCK = 12n;
const RENT = usd("60");

interface Month extends WithNodes {
  token: StandardToken;
  start: bigint;
}

/** By the decimals of the token: the owner pays 180 USD a month and has more than enough; the other owner pays 120 and runs out of funds. */
const withMonth = (decimals: bigint): (() => Promise<Month>) =>
  deployments.createFixture(async () => {
    const fixture = await withNodes();
    const { accountRegistry, priceRegistry, admin, bucketRegistry, clusterRegistry, manager, otherOwner, owner, stranger, nodeIds } =
      fixture;
    const token = await ethers.deployContract("StandardToken", [decimals], stranger);
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    await clusterRegistry.connect(admin).setNetworkFee(137, stranger);
    await clusterRegistry.connect(manager).createCluster(token, DEFAULTS.vnodeCount, nodeIds, 211, "");
    await clusterRegistry.connect(manager).reserveResource(1, 10);
    for (const [person, amount] of [
      [owner, 1_000n],
      [otherOwner, 35n],
    ] as const) {
      await token.mint(person, amount * 10n ** decimals);
      await token.connect(person).approve(accountRegistry, MaxUint256);
      await accountRegistry.connect(person).deposit(token, amount * 10n ** decimals);
      await bucketRegistry.connect(person).createBucket(1, "");
    }
    const start = (await now()) + 1_000n;
    await at(start - 1n);
    await bucketRegistry.connect(owner).allocate(1, 3, RENT);
    await at(start);
    await bucketRegistry.connect(otherOwner).allocate(2, 2, RENT);
    return { ...fixture, token, start };
  });

/** When the price falls to 0.7 USD, and when it rises to 1.3 USD, after the start. */
const CHANGES = [
  [5n * DAY, usd("0.7")],
  [20n * DAY, usd("1.3")],
] as const;
/** 35 tokens at 120 USD a month: 5 days at 1 USD, and the rest at 0.7 USD. */
const DEPLETED = 5n * DAY + ((35n * MONTH - 120n * 5n * DAY) * 7n) / 1_200n;

/** When blocks are mined in which somebody settles, after the start. */
function blocks(): bigint[] {
  const times = new Set<bigint>();
  for (let time = HOUR; time < MONTH; time += HOUR) times.add(time + 7n);
  for (const middle of [HOUR, DEPLETED, ...CHANGES.map(([time]) => time)]) {
    for (let time = middle - HOUR; time < middle + HOUR; time += BLOCK) times.add(time + 2n);
  }
  for (const [time] of CHANGES) times.delete(time);
  return [...times].sort((a, b) => (a < b ? -1 : 1));
}

/** All that anybody can see of the parties and their money, in scaled units where there are any. */
async function everything({ accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, token, ...people }: Month): Promise<unknown[]> {
  const { admin, manager, otherOwner, owner, provider1, provider2, provider3, stranger, priceRegistry } = people;
  return Promise.all([
    ...[admin, manager, otherOwner, owner, provider1, provider2, provider3, stranger].map((person) =>
      accountRegistry.getAccount(person, token),
    ),
    ...[owner, otherOwner].map((payer) => accountRegistry.getStream(payer, 1)),
    accountRegistry.poolOf(1),
    accountRegistry.custody(token),
    priceRegistry.listCurrencies(1, 10),
    nodeRegistry.listNodes(1, 10, ZeroAddress),
    clusterRegistry.listClusters(1, 10, ZeroAddress),
    clusterRegistry.getMembers(1),
    clusterRegistry.undistributedOf(1),
    clusterRegistry.quote(1, 1),
    bucketRegistry.listBuckets(1, 10, ZeroAddress),
  ]);
}

/** Lets the month go by, and says what can be seen at its end, once both have been settled, and once all is shared and claimed. */
async function month(fixture: Month, settled: bigint[]): Promise<{ before: unknown[]; afterwards: unknown[] }> {
  const { priceRegistry, admin, bucketRegistry, clusterRegistry, nodeIds, token, start } = fixture;
  const changes = CHANGES.map(([time, price]) => ({ time, run: () => priceRegistry.connect(admin).setPrice(token, price) }));
  const settlements = settled.map((time) => ({ time, run: () => bucketRegistry.settlePayments([1, 2]) }));
  for (const { time, run } of [...changes, ...settlements].sort((a, b) => (a.time < b.time ? -1 : 1))) {
    await at(start + time);
    await run();
  }
  await at(start + MONTH);
  await bucketRegistry.settlePayments([2, 1]);
  const before = await everything(fixture);
  await clusterRegistry.distributeRevenues(1);
  for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(1, nodeId);
  return { before, afterwards: await everything(fixture) };
}

describe("attacks by settling", function () {
  this.timeout(PATIENCE);

  for (const decimals of [0n, 6n, 24n]) {
    it(`settling as often as there are blocks changes nothing that anyone can see, with ${decimals} decimals`, async () => {
      const fixture = await withMonth(decimals)();
      const { accountRegistry, otherOwner, token } = fixture;
      const snapshot = await takeSnapshot();
      const once = await month(fixture, []);
      // It did run out of funds, and with it the two prices cost what they should: 35 tokens, of which less than what a unit of index costs is left.
      const { scaledBalance, ratePerMonth } = await accountRegistry.getAccount(otherOwner, token);
      expect([scaledBalance < ratePerMonth, ratePerMonth]).to.deep.equal([true, 2n * RENT]);
      await snapshot.restore();

      const times = blocks();
      expect(times.length).to.be.greaterThan(3_000);
      const often = await month(fixture, times);
      expect(often.before).to.deep.equal(once.before);
      expect(often.afterwards).to.deep.equal(once.afterwards);
    });
  }
});
