import { expect } from "chai";
import { toBeHex, zeroPadValue } from "ethers";
import { ethers } from "hardhat";

import type { PaymentsHarness } from "../../typechain-types";

/**
 * Random walks of accounts that pay clusters, beside a model that knows neither lines nor ticks: it charges each account for each part of the
 * index that its balance covers, as the first version of these contracts did, and remembers for each stream what was not served of it.
 */

const ACCOUNTS = 6;
const CLUSTERS = 4;
const SHARE = 2n ** 32n;
const PER_SECOND = 10n ** 18n;
const HOUR = PER_SECOND * 3_600n;
const STEPS = Number(process.env.DDC_STEPS ?? 400);
const SEEDS = (process.env.DDC_SEED ?? "1,2,3").split(",").map(Number);
const ALL = 10n ** 9n;
/** Dust out of a large balance is registered to end this many ticks from now. */
const MAX_END_TICKS = 2n ** 40n - 1n;

class Random {
  constructor(private state: number) {}
  below(limit: number): number {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    let z = Math.imul(this.state ^ (this.state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) % limit;
  }
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

interface ModelStream {
  rate: bigint;
  /** 2^-32 scaled units that were paid for and not served since the last touch. */
  unserved: bigint;
}

class Model {
  index = 0n;
  readonly balances = Array.from({ length: ACCOUNTS }, () => 0n);
  readonly paid = Array.from({ length: ACCOUNTS }, () => 0n);
  readonly streams = Array.from({ length: ACCOUNTS }, () => new Map<number, ModelStream>());
  /** What each cluster's payers were charged, less refunds. */
  readonly earned = Array.from({ length: CLUSTERS }, () => 0n);
  readonly shares = Array.from({ length: CLUSTERS }, () => 0n);

  rateOf(account: number): bigint {
    return [...(this.streams[account]?.values() ?? [])].reduce((sum, { rate }) => sum + rate, 0n);
  }

  advance(growth: bigint): void {
    this.index += growth;
    for (let account = 0; account < ACCOUNTS; account++) {
      const rate = this.rateOf(account);
      const balance = this.balances[account] ?? 0n;
      const covered = rate === 0n ? growth : balance / rate;
      const part = covered < growth ? covered : growth;
      this.balances[account] = balance - rate * part;
      this.paid[account] = (this.paid[account] ?? 0n) + part;
      for (const [cluster, stream] of this.streams[account] ?? []) {
        this.earned[cluster] = (this.earned[cluster] ?? 0n) + stream.rate * part;
        stream.unserved += stream.rate * part * (this.shares[cluster] ?? 0n);
      }
    }
  }

  /** Takes refunds out of what clusters earned; the contract may know less of them than the model. */
  refund(account: number, cluster: number, amount: bigint): void {
    this.earned[cluster] = (this.earned[cluster] ?? 0n) - amount;
    this.balances[account] = (this.balances[account] ?? 0n) + amount;
    const stream = this.streams[account]?.get(cluster);
    if (stream) stream.unserved = 0n;
  }
}

const address = (account: number): string => zeroPadValue(toBeHex(account + 1), 20);

describe("Payments, beside a model without lines and ticks", function () {
  this.timeout(600_000);

  for (const seed of SEEDS) {
    it(`charges and earns the same (seed ${seed})`, async () => {
      const random = new Random(seed);
      const harness = await ethers.deployContract("PaymentsHarness", [PER_SECOND]);
      const model = new Model();
      const taken = Array.from({ length: CLUSTERS }, () => 0n);
      let deposited = 0n;
      let exact = 0;
      let inexact = 0;

      /** What a touch is about to refund; compared with what the model knows. */
      const touched = async (account: number): Promise<void> => {
        const payer = await harness.payerOf(address(account));
        for (let i = 0; i < Number(payer.accrued.streamCount); i++) {
          const word = payer.streams[i] ?? 0n;
          const cluster = Number(word >> 96n);
          const rate = word & (2n ** 96n - 1n);
          const stream = model.streams[account]?.get(cluster);
          expect(stream?.rate).to.equal(rate);
          const [, refund] = await harness.pendingOf(address(account), i);
          const due = (stream?.unserved ?? 0n) / SHARE;
          if (payer.accrued.late === 0n || payer.accrued.endIndex >= (await harness.lineOf(cluster)).unservedSince) {
            exact++;
            expect(refund).to.equal(due);
          } else {
            inexact++;
            expect(refund).to.be.at.most(due);
            expect(due - refund).to.be.at.most(rate * payer.accrued.late + 1n);
          }
          model.refund(account, cluster, refund);
        }
      };

      const check = async (account: number): Promise<void> => {
        const { accrued } = await harness.payerOf(address(account));
        expect(accrued.balance, "balance").to.equal(model.balances[account]);
        if (accrued.streamCount !== 0n) expect(accrued.index - accrued.skipped, "paid index").to.equal(model.paid[account]);
      };

      const payable = async (cluster: number): Promise<bigint> => (await harness.preview(cluster, ALL))[0];

      const steps: Record<string, () => Promise<void>> = {
        wait: async () => {
          const growth = (HOUR * BigInt(random.pick([0, 1, 7, 40, 300, 2_000, 9_000, 30_000]))) / 7n + BigInt(random.below(1_000));
          await harness.advance(growth);
          model.advance(growth);
        },
        deposit: async () => {
          const account = random.below(ACCOUNTS);
          const amount = BigInt(random.pick([1, 1_000, 40, 900])) * 10n ** BigInt(random.pick([0, 18, 40, 42])) + BigInt(random.below(1_000));
          await touched(account);
          await harness.change(address(account), amount);
          model.balances[account] = (model.balances[account] ?? 0n) + amount;
          deposited += amount;
          await check(account);
        },
        credit: async () => {
          const account = random.below(ACCOUNTS);
          const amount = BigInt(random.pick([1, 40, 900])) * 10n ** BigInt(random.pick([0, 18, 40, 42])) + BigInt(random.below(1_000));
          const now = await harness.credit.staticCall(address(account), amount);
          await harness.credit(address(account), amount);
          model.balances[account] = (model.balances[account] ?? 0n) + amount;
          expect(now).to.equal(model.balances[account]);
          deposited += amount;
          await check(account);
        },
        withdraw: async () => {
          const account = random.below(ACCOUNTS);
          await touched(account);
          const balance = model.balances[account] ?? 0n;
          const amount = random.below(4) === 0 ? balance : (balance * BigInt(random.below(1_000))) / 1_000n;
          await harness.change(address(account), -amount);
          model.balances[account] = balance - amount;
          deposited -= amount;
          await check(account);
        },
        touch: async () => {
          const account = random.below(ACCOUNTS);
          await touched(account);
          await harness.touch(address(account));
          await check(account);
        },
        raise: async () => {
          const account = random.below(ACCOUNTS);
          const cluster = random.below(CLUSTERS);
          const rate = BigInt(random.pick([1, 3, 500])) * 10n ** BigInt(random.pick([0, 17, 18, 19])) + BigInt(random.below(100));
          await touched(account);
          await harness.changeRate({ payer: address(account), clusterId: cluster, currencyId: 1, rate }, true);
          const stream = model.streams[account]?.get(cluster) ?? { rate: 0n, unserved: 0n };
          stream.rate += rate;
          model.streams[account]?.set(cluster, stream);
          await check(account);
        },
        lower: async () => {
          const account = random.below(ACCOUNTS);
          const streams = [...(model.streams[account]?.entries() ?? [])];
          if (streams.length === 0) return;
          const [cluster, stream] = random.pick(streams);
          const rate = random.below(2) === 0 ? stream.rate : stream.rate / 2n;
          await touched(account);
          await harness.changeRate({ payer: address(account), clusterId: cluster, currencyId: 1, rate }, false);
          stream.rate -= rate;
          if (stream.rate === 0n) model.streams[account]?.delete(cluster);
          await check(account);
        },
        take: async () => {
          const cluster = random.below(CLUSTERS);
          const most = random.pick([0n, 1n, 2n, ALL]);
          const amount = await harness.take.staticCall(cluster, most);
          const [expected] = await harness.preview(cluster, most);
          expect(amount, "preview").to.equal(expected);
          await harness.take(cluster, most);
          taken[cluster] = (taken[cluster] ?? 0n) + amount;
        },
        share: async () => {
          const cluster = random.below(CLUSTERS);
          if (cluster === 0) return;
          const share = random.pick([0n, SHARE, SHARE / 3n, SHARE / 2n]);
          await harness.setUnservedShare(cluster, share);
          model.shares[cluster] = share;
        },
      };
      const names = Object.keys(steps);

      for (let step = 0; step < STEPS; step++) {
        const name = random.below(3) === 0 ? "wait" : random.pick(names);
        await steps[name]?.();
        for (let cluster = 0; cluster < CLUSTERS; cluster++) {
          const due = [...model.streams].reduce((sum, streams) => sum + (streams.get(cluster)?.unserved ?? 0n), 0n);
          // What is withheld for refunds is at least all that is due of what the line knows; late parts are missing.
          expect((taken[cluster] ?? 0n) + (await payable(cluster)), `cluster ${cluster} after ${name}, step ${step}`).to.be.at.most(
            (model.earned[cluster] ?? 0n) - due / SHARE + BigInt(ACCOUNTS),
          );
        }
        if (step % 20 !== 0) continue;
        for (let account = 0; account < ACCOUNTS; account++) {
          await check(account);
          await touched(account);
          await harness.touch(address(account));
          await check(account);
        }
        for (let cluster = 0; cluster < CLUSTERS; cluster++) {
          const [amount, withheld] = await harness.preview(cluster, ALL);
          expect(withheld, "withheld").to.equal(0n);
          expect((taken[cluster] ?? 0n) + amount, `cluster ${cluster} at step ${step}`).to.equal(model.earned[cluster]);
          await requireEnds(harness, model, cluster);
        }
        const total = [...model.balances, ...model.earned].reduce((sum, amount) => sum + amount, 0n);
        expect(total, "conservation").to.equal(deposited);
      }
      if (process.env.DDC_SHOW !== undefined) console.log(`seed ${seed}: ${exact} refunds exact, ${inexact} of late parts unknown`);
    });
  }
});

/** The line's rate is the sum of its ends that are not crossed, each of which is marked; none lies after its account runs out. */
async function requireEnds(harness: PaymentsHarness, model: Model, cluster: number): Promise<void> {
  const [, tickBits] = await harness.indexNow();
  const sums = new Map<bigint, bigint>();
  for (let account = 0; account < ACCOUNTS; account++) {
    const rate = model.streams[account]?.get(cluster)?.rate;
    const { accrued } = await harness.payerOf(address(account));
    if (rate === undefined || !accrued.registered || accrued.endIndex <= accrued.index) continue;
    const runsOut = accrued.index + accrued.balance / accrued.rate;
    expect(accrued.endIndex).to.be.at.most(runsOut);
    const isFarthest = (accrued.endIndex >> tickBits) - (accrued.index >> tickBits) === MAX_END_TICKS;
    if (!isFarthest) expect(runsOut - accrued.endIndex).to.be.below(2n ** tickBits);
    const tick = accrued.endIndex >> tickBits;
    sums.set(tick, (sums.get(tick) ?? 0n) + rate);
  }
  await harness.settle(cluster, ALL);
  const ticks = [...sums.keys()];
  const [ends, marked] = await harness.endsOf(cluster, ticks);
  expect([...ends]).to.deep.equal([...sums.values()]);
  expect(marked.every(Boolean)).to.equal(true);
  expect((await harness.lineOf(cluster)).rate).to.equal([...sums.values()].reduce((sum, rate) => sum + rate, 0n));
}

