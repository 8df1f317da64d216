import { expect } from "chai";
import { ethers } from "hardhat";

import type { PaymentsHarness, PerPayerSettlement } from "../../cache/typechain-types";
import { payerOf, rateChange, revenues } from "./payments/ledger";
import { ACCOUNTS, address, CLUSTERS, PER_SECOND, SEEDS, type Step, STEPS, stepsOf } from "./payments/steps";

// The same steps in `Payments` and in the scheme that it replaced, which settled one payer at a time.

const CHECK_ALL_EVERY = 20;

/** Amounts by cluster. */
class Amounts {
  private readonly amounts = new Map<number, bigint>();

  of(cluster: number): bigint {
    return this.amounts.get(cluster) ?? 0n;
  }

  add(cluster: number, amount: bigint): void {
    this.amounts.set(cluster, this.of(cluster) + amount);
  }
}

class Walk {
  private readonly taken = new Amounts();
  private readonly refunded = new Amounts();
  private readonly formerlyTaken = new Amounts();
  private readonly formerlyRefunded = new Amounts();
  equal = 0;
  more = 0;

  /** @param hasUnserved Whether clusters serve less than they are paid for, and payers have refunds. */
  constructor(
    private readonly harness: PaymentsHarness,
    private readonly former: PerPayerSettlement,
    private readonly hasUnserved: boolean,
  ) {}

  async take(step: Step): Promise<void> {
    const { harness, former } = this;
    switch (step.kind) {
      case "wait":
        await harness.advance(step.growth);
        await former.advance(step.growth);
        break;
      case "deposit":
        await this.settleRefunds(step.account);
        await this.change(step.account, step.amount);
        break;
      case "credit":
        await harness.credit(address(step.account), step.amount);
        await former.credit(address(step.account), step.amount);
        break;
      case "withdraw": {
        await this.settleRefunds(step.account);
        const { balance } = await former.accountOf(address(step.account));
        await this.change(step.account, -(balance * step.thousandths) / 1_000n);
        break;
      }
      case "touch":
        await this.settleRefunds(step.account);
        await harness.touch(address(step.account));
        break;
      case "raise":
        await this.settleRefunds(step.account);
        await this.changeRate(step.account, step.cluster, step.rate, true);
        break;
      case "lower":
        await this.lower(step);
        break;
      case "settle":
        await harness.settle(step.cluster, step.maxTicks);
        if (!this.hasUnserved) await former.settle(address(step.account), step.cluster);
        break;
      case "take":
        this.taken.add(step.cluster, await harness.take.staticCall(step.cluster, step.maxTicks));
        await harness.take(step.cluster, step.maxTicks);
        this.formerlyTaken.add(step.cluster, await former.poolOf(step.cluster));
        await former.take(step.cluster);
        break;
      case "share":
        await harness.setUnservedShare(step.cluster, step.share);
        await former.setUnservedShare(step.cluster, step.share);
        break;
    }
    if ("account" in step) await this.expectAccount(step.account);
  }

  /** Once all accounts are touched, and all streams of the former scheme settled, each cluster has earned the same. */
  async expectAllEqual(where: string): Promise<void> {
    const { former, harness } = this;
    for (let account = 0; account < ACCOUNTS; account++) {
      await this.expectAccount(account);
      await this.settleRefunds(account);
      await harness.touch(address(account));
      for (let cluster = 0; cluster < CLUSTERS; cluster++) await former.settle(address(account), cluster);
      await this.expectAccount(account);
    }
    const { earned } = await revenues(harness);
    for (const [cluster, amount] of earned.entries()) {
      const pool = await former.poolOf(cluster);
      expect(amount + this.taken.of(cluster) + this.refunded.of(cluster), `cluster ${cluster} ${where}`).to.equal(
        pool + this.formerlyTaken.of(cluster) + this.formerlyRefunded.of(cluster),
      );
    }
  }

  /**
   * Before an account is touched: no refund is less than it was in the former scheme, which forfeited those of an account that had run out of
   * funds. What there is more of them is given to the former account, too, so that both go on with the same balance.
   */
  private async settleRefunds(account: number): Promise<void> {
    if (!this.hasUnserved) return;
    let difference = 0n;
    for (const { cluster, refund } of (await payerOf(this.harness, account)).streams) {
      const formerly = await this.former.refundOf(address(account), cluster);
      expect(refund, `refund to ${account} from ${cluster}`).to.be.at.least(formerly);
      if (refund === formerly) this.equal++;
      else this.more++;
      this.refunded.add(cluster, refund);
      this.formerlyRefunded.add(cluster, formerly);
      difference += refund - formerly;
      await this.former.settle(address(account), cluster);
    }
    if (difference !== 0n) await this.former.credit(address(account), difference);
  }

  private async change(account: number, amount: bigint): Promise<void> {
    await this.harness.change(address(account), amount);
    await this.former.change(address(account), amount);
  }

  private async changeRate(account: number, cluster: number, rate: bigint, isRaise: boolean): Promise<void> {
    await this.harness.changeRate(rateChange(account, cluster, rate), isRaise);
    await this.former.changeRate(rateChange(account, cluster, rate), isRaise);
  }

  private async lower({ account, picked, all }: Step & { kind: "lower" }): Promise<void> {
    const { streams } = await payerOf(this.harness, account);
    const stream = streams[picked % streams.length];
    if (stream === undefined) return;
    await this.settleRefunds(account);
    await this.changeRate(account, stream.cluster, all ? stream.rate : stream.rate / 2n, false);
  }

  private async expectAccount(account: number): Promise<void> {
    const { balance, paidIndex, streams } = await payerOf(this.harness, account);
    const former = await this.former.accountOf(address(account));
    expect(balance, `balance of ${account}`).to.equal(former.balance);
    if (streams.length !== 0) expect(paidIndex, `paid index of ${account}`).to.equal(former.paidIndex);
  }
}

describe("Payments, beside settlement payer by payer", function () {
  this.timeout(0);

  async function walk(seed: number, hasUnserved: boolean): Promise<void> {
    const harness = await ethers.deployContract("PaymentsHarness", [PER_SECOND]);
    const former = await ethers.deployContract("PerPayerSettlement");
    const walked = new Walk(harness, former, hasUnserved);
    let count = 0;
    for (const step of stepsOf(seed, STEPS, hasUnserved ? [] : ["share"])) {
      await walked.take(step);
      if (++count % CHECK_ALL_EVERY === 0) await walked.expectAllEqual(`after step ${count} (${step.kind})`);
    }
    if (process.env.DDC_SHOW !== undefined) console.log(`seed ${seed}: ${walked.equal} refunds as before, ${walked.more} more`);
  }

  for (const seed of SEEDS) {
    it(`charges and earns the same (seed ${seed})`, async () => {
      await walk(seed, false);
    });

    it(`refunds no less where clusters serve less (seed ${seed})`, async () => {
      await walk(seed, true);
    });
  }
});
