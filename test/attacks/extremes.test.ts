import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import { PATIENCE } from "../helpers/clusters";
import { ALL, Lines } from "../helpers/lines";
import { Random } from "../helpers/random";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

// Random walks at the ends of all ranges: the lowest and the highest price, 0 and 24 decimals, rates of a wei and all that a cluster may be
// paid, and prices that fall and rise a hundredfold in a second. No scaled unit is made or lost, and no call of anybody reverts.

const MAX_CLUSTER_RATE = 2n ** 90n;
const [SLOWEST, FASTEST] = [10n ** 11n, 10n ** 26n];
const STEPS = Number(process.env.DDC_STEPS ?? 250);
const CLUSTERS = [1n, 2n, 3n];

async function walk(random: Random, perSecond: bigint, decimals: bigint): Promise<void> {
  const lines = await Lines.deploy(perSecond, decimals);
  const { registry, token, stranger } = lines;
  const people = (await ethers.getSigners()).slice(5, 9);
  const [slowest, fastest] = [perSecond / 100n, perSecond * 100n].map((speed) =>
    speed < SLOWEST ? SLOWEST : speed > FASTEST ? FASTEST : speed,
  ) as [bigint, bigint];
  const byWidth = (2n ** 224n - 1n) / lines.scale;
  const maximum = byWidth < 2n ** 128n ? byWidth : 2n ** 128n - 1n;
  const rates = new Map<string, bigint>();
  const rateOf = (who: string, clusterId: bigint): bigint => rates.get(`${who} ${clusterId}`) ?? 0n;
  const rateOfCluster = (clusterId: bigint): bigint => people.reduce((sum, { address }) => sum + rateOf(address, clusterId), 0n);

  const steps: Record<string, (who: (typeof people)[number], clusterId: bigint) => Promise<unknown>> = {
    deposit: async ({ address }) => {
      const { owed } = await registry.custody(token);
      const amount = random.pick([1n, 2n, 10n ** 6n, maximum / 1_000n, maximum / 10n]);
      if (amount !== 0n && owed + amount <= maximum) await lines.deposit(address, amount);
    },
    withdraw: async (who) => {
      const { balance } = await registry.getAccount(who, token, { blockTag: "pending" });
      if (balance === 0n) return;
      const amount = random.pick([MaxUint256, 1n, (balance + 1n) / 2n]);
      await registry.connect(who).withdraw(token, amount, who);
    },
    raise: async ({ address }, clusterId) => {
      const free = MAX_CLUSTER_RATE - rateOfCluster(clusterId);
      const wanted = random.pick([1n, 1n, 3n, 2n ** 40n, 10n ** 18n, 2n ** 70n, 2n ** 89n, MAX_CLUSTER_RATE]);
      const rate = wanted < free ? wanted : free;
      if (rate === 0n) return;
      await lines.raise(address, clusterId, rate);
      rates.set(`${address} ${clusterId}`, rateOf(address, clusterId) + rate);
    },
    lower: async ({ address }, clusterId) => {
      const old = rateOf(address, clusterId);
      if (old === 0n) return;
      const rate = random.pick([old, old, 1n, (old + 1n) / 2n]);
      await lines.lower(address, clusterId, rate);
      rates.set(`${address} ${clusterId}`, old - rate);
    },
    touch: ({ address }) => lines.touch(address),
    settlePayment: ({ address }, clusterId) => registry.settlePayment(address, clusterId),
    settleCluster: async (_, clusterId) => {
      const { currencyId } = await registry.getLine(clusterId);
      if (currencyId !== 0n) await registry.settleCluster(clusterId, random.pick([0n, 1n, 2n, 1_000n]));
    },
    take: (_, clusterId) => lines.take(clusterId, { whole: random.chance(50), feeBps: random.pick([0n, 1_000n]) }),
    credit: async ({ address }) => {
      const amount = random.pick([lines.held, lines.held / 2n, lines.held % 1_000n]);
      await lines.credit(address, amount);
    },
    debit: async ({ address }) => {
      const { balance } = await registry.getAccount(address, token, { blockTag: "pending" });
      await lines.debit(address, random.pick([balance, balance / 3n, 0n]));
    },
    share: (_, clusterId) => lines.setUnservedShare(clusterId, random.pick([0n, 1n, ALL / 3n, ALL - 1n, ALL])),
    speed: () => lines.setSpeed(random.pick([slowest, fastest, perSecond])),
  };

  const names = Object.keys(steps);
  for (let step = 0; step < STEPS; ++step) {
    await at((await now()) + random.pick([1n, 1n, 1n, 60n, HOUR, HOUR, DAY, 7n * DAY]));
    const name = random.pick(names);
    await steps[name]!(random.pick(people), random.pick(CLUSTERS));
    if (step % 5 === 0) await lines.expectBalanced(`after ${name}, step ${step}`);
  }
  // Everybody gets out.
  for (const who of people) {
    for (const clusterId of CLUSTERS) await lines.lower(who.address, clusterId, rateOf(who.address, clusterId));
  }
  for (const clusterId of CLUSTERS) {
    await lines.take(clusterId, { whole: true });
    const { ratePerMonth, scaledRevenue, scaledUnserved } = await registry.getLine(clusterId);
    expect([ratePerMonth, scaledRevenue, scaledUnserved]).to.deep.equal([0n, 0n, 0n]);
  }
  await lines.credit(stranger.address, lines.held);
  let left = 0n;
  for (const who of [...people, stranger]) {
    const { balance, scaledBalance } = await registry.getAccount(who, token);
    left += scaledBalance - balance * lines.scale;
    if (balance !== 0n) await registry.connect(who).withdraw(token, MaxUint256, who);
  }
  const { held, owed } = await registry.custody(token);
  expect([held, owed * lines.scale]).to.deep.equal([owed, left]);
}

describe("attacks at the ends of all ranges", function () {
  this.timeout(PATIENCE);

  for (const [perSecond, price] of [
    [SLOWEST, "10,000,000 USD"],
    [10n ** 18n, "1 USD"],
    [FASTEST, "0.00000001 USD"],
  ] as const) {
    for (const decimals of [0n, 24n]) {
      for (const seed of (process.env.DDC_SEED ?? "1").split(",").map(Number)) {
        it(`no walk makes or loses a scaled unit, or locks anybody out, at ${price} and ${decimals} decimals (seed ${seed})`, async () => {
          const snapshot = await takeSnapshot();
          await walk(new Random(seed), perSecond, decimals);
          await snapshot.restore();
        });
      }
    }
  }
});
