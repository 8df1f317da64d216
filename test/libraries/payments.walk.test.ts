import { expect } from "chai";
import { ethers } from "hardhat";

import type { PaymentsHarness } from "../../cache/typechain-types";
import { type PayerStatus, payerOf, rateChange, revenues } from "./payments/ledger";
import { Model } from "./payments/model";
import { ACCOUNTS, address, ALL_TICKS, CLUSTERS, PER_SECOND, SEEDS, SHARE, type Step, STEPS, stepsOf } from "./payments/steps";

/** Dust out of a large balance is registered to end this many ticks from now. */
const MAX_END_TICKS = 2n ** 40n - 1n;
const CHECK_ALL_EVERY = 20;

class Walk {
  readonly model = new Model();
  readonly taken = Array.from({ length: CLUSTERS }, () => 0n);
  exact = 0;
  inexact = 0;

  constructor(private readonly harness: PaymentsHarness) {}

  async take(step: Step): Promise<void> {
    const { harness, model } = this;
    switch (step.kind) {
      case "wait":
        await harness.advance(step.growth);
        model.advance(step.growth);
        break;
      case "deposit":
        await this.expectRefunds(step.account);
        await harness.change(address(step.account), step.amount);
        model.change(step.account, step.amount);
        break;
      case "credit":
        expect(await harness.credit.staticCall(address(step.account), step.amount)).to.equal(model.balanceOf(step.account) + step.amount);
        await harness.credit(address(step.account), step.amount);
        model.change(step.account, step.amount);
        break;
      case "withdraw": {
        await this.expectRefunds(step.account);
        const amount = (model.balanceOf(step.account) * step.thousandths) / 1_000n;
        await harness.change(address(step.account), -amount);
        model.change(step.account, -amount);
        break;
      }
      case "touch":
        await this.expectRefunds(step.account);
        await harness.touch(address(step.account));
        break;
      case "raise":
        await this.expectRefunds(step.account);
        await harness.changeRate(rateChange(step.account, step.cluster, step.rate), true);
        model.changeRate(step.account, step.cluster, step.rate);
        break;
      case "lower":
        await this.lower(step);
        break;
      case "settle":
        await harness.settle(step.cluster, step.maxTicks);
        break;
      case "take": {
        const [expected] = await harness.preview(step.cluster, step.maxTicks);
        expect(await harness.take.staticCall(step.cluster, step.maxTicks), "preview").to.equal(expected);
        await harness.take(step.cluster, step.maxTicks);
        this.taken[step.cluster] = this.takenOf(step.cluster) + expected;
        break;
      }
      case "share":
        await harness.setUnservedShare(step.cluster, step.share);
        model.shares[step.cluster] = step.share;
        break;
    }
    if ("account" in step) await this.expectAccount(step.account);
  }

  /** No cluster has more than was earned and is not due to payers. */
  async expectNoneAbove(where: string): Promise<void> {
    const { earned } = await revenues(this.harness);
    for (const [cluster, amount] of earned.entries()) {
      // What is withheld for refunds is at least all that is due of what the line knows; late parts are missing.
      const most = (this.model.earned[cluster] ?? 0n) - this.model.unservedOf(cluster) / SHARE + BigInt(ACCOUNTS);
      expect(this.takenOf(cluster) + amount, `cluster ${cluster} ${where}`).to.be.at.most(most);
    }
  }

  /** Once all accounts are touched, each cluster has what was earned. */
  async expectAllEqual(where: string): Promise<void> {
    const { harness, model } = this;
    for (let account = 0; account < ACCOUNTS; account++) {
      await this.expectAccount(account);
      await this.expectRefunds(account);
      await harness.touch(address(account));
      await this.expectAccount(account);
    }
    const { earned, withheld } = await revenues(harness);
    const payers = await Promise.all(model.streams.map((_, account) => payerOf(harness, account)));
    for (const [cluster, amount] of earned.entries()) {
      expect(withheld[cluster], `withheld of cluster ${cluster} ${where}`).to.equal(0n);
      expect(this.takenOf(cluster) + amount, `cluster ${cluster} ${where}`).to.equal(model.earned[cluster]);
      await this.expectEnds(cluster, payers);
    }
    const total = [...model.balances, ...model.earned].reduce((sum, amount) => sum + amount, 0n);
    expect(total, "conservation").to.equal(model.deposited);
  }

  private async lower({ account, picked, all }: Step & { kind: "lower" }): Promise<void> {
    const streams = [...this.model.streamsOf(account)];
    if (streams.length === 0) return;
    const [cluster, stream] = streams[picked % streams.length] ?? [0, { rate: 0n }];
    const rate = all ? stream.rate : stream.rate / 2n;
    await this.expectRefunds(account);
    await this.harness.changeRate(rateChange(account, cluster, rate), false);
    this.model.changeRate(account, cluster, -rate);
  }

  /** What a touch is about to refund: all that was paid for and not served, but where an account ran out of funds in the meantime. */
  private async expectRefunds(account: number): Promise<void> {
    const { endIndex, index, late, streams } = await payerOf(this.harness, account);
    for (const { cluster, rate, refund } of streams) {
      const stream = this.model.streamsOf(account).get(cluster);
      expect(stream?.rate).to.equal(rate);
      const due = (stream?.unserved ?? 0n) / SHARE;
      const { unservedSince } = await this.harness.lineOf(cluster);
      if (late === 0n || late === index - endIndex || unservedSince <= endIndex) {
        this.exact++;
        expect(refund).to.equal(due);
      } else {
        this.inexact++;
        expect(refund).to.be.at.most(due);
        expect(due - refund).to.be.at.most(rate * late + 1n);
      }
      this.model.refund(account, cluster, refund);
    }
  }

  private async expectAccount(account: number): Promise<void> {
    const { balance, paidIndex, streams } = await payerOf(this.harness, account);
    expect(balance, `balance of ${account}`).to.equal(this.model.balances[account]);
    if (streams.length !== 0) expect(paidIndex, `paid index of ${account}`).to.equal(this.model.paid[account]);
  }

  /** The line's rate is the sum of its ends that are not crossed, each of which is marked; none lies after its account runs out. */
  private async expectEnds(cluster: number, payers: readonly PayerStatus[]): Promise<void> {
    const { harness } = this;
    const [, tickBits] = await harness.indexNow();
    const sums = new Map<bigint, bigint>();
    for (const { balance, end, index, rate, streams } of payers) {
      const stream = streams.find((candidate) => candidate.cluster === cluster);
      if (stream === undefined || end === 0n) continue;
      const runsOut = index + balance / rate;
      expect(end).to.be.at.most(runsOut);
      const isFarthest = (end >> tickBits) - (index >> tickBits) === MAX_END_TICKS;
      if (!isFarthest) expect(runsOut - end).to.be.below(2n ** tickBits);
      sums.set(end >> tickBits, (sums.get(end >> tickBits) ?? 0n) + stream.rate);
    }
    await harness.settle(cluster, ALL_TICKS);
    const [ends, marked] = await harness.endsOf(cluster, [...sums.keys()]);
    expect([...ends]).to.deep.equal([...sums.values()]);
    expect(marked.every(Boolean)).to.equal(true);
    expect((await harness.lineOf(cluster)).rate).to.equal([...sums.values()].reduce((sum, rate) => sum + rate, 0n));
  }

  private takenOf(cluster: number): bigint {
    return this.taken[cluster] ?? 0n;
  }
}

describe("Payments, beside a model without lines and ticks", function () {
  this.timeout(0);

  for (const seed of SEEDS) {
    it(`charges and earns the same (seed ${seed})`, async () => {
      const walk = new Walk(await ethers.deployContract("PaymentsHarness", [PER_SECOND]));
      let count = 0;
      for (const step of stepsOf(seed, STEPS)) {
        const where = `after step ${++count} (${step.kind})`;
        await walk.take(step);
        await walk.expectNoneAbove(where);
        if (count % CHECK_ALL_EVERY === 0) await walk.expectAllEqual(where);
      }
      if (process.env.DDC_SHOW !== undefined)
        console.log(`seed ${seed}: ${walk.exact} refunds exact, ${walk.inexact} of late parts unknown`);
    });
  }
});
