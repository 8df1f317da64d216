import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { usd } from "../fixtures";
import { MAX_GAS, PATIENCE } from "../helpers/clusters";
import { accountNumber, ALL, Lines, MAX_TICKS } from "../helpers/lines";
import { gasOf } from "../helpers/terms";
import { DAY, HOUR } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

// A base unit in each of thousands of accounts, each of which ends at a tick of its own: whoever distributes has to cross them all.

const PER_SECOND = 10n ** 18n;
/** A tick of the index at 1 USD: 4,722 seconds. */
const TICK = 2n ** 72n;
const CLUSTER = 1n;
/** Measured at 2,000 ticks: 2,576 for each end, and 5,918 for each in a cluster with unserved time. */
const MAX_GAS_PER_TICK = 6_000n;
const DUST_ACCOUNTS = 2_100;

/** Time at which the index reaches the end of a tick. */
const timeOf = async (lines: Lines, tick: bigint): Promise<bigint> => {
  const time = await now();
  return time + (tick * TICK - (await lines.indexAt(time)) + PER_SECOND - 1n) / PER_SECOND;
};

/** Lets each of some accounts, of a base unit each, end at the tick that is said. Returns the first tick after the present one. */
async function dust(lines: Lines, ticks: readonly bigint[], firstAccount = 0): Promise<bigint> {
  const start = await lines.indexAt(await now());
  const present = start / TICK;
  const streams = ticks.map((tick, i) => ({
    account: accountNumber(firstAccount + i),
    amount: 1n,
    rate: lines.scale / ((present + tick) * TICK + TICK / 2n - start),
  }));
  await lines.startMany(CLUSTER, streams);
  for (const [i, tick] of ticks.entries()) {
    if (i % 97 !== 0) continue;
    expect(await lines.registry.endsAt(CLUSTER, present + tick)).to.be.greaterThanOrEqual(streams[i]!.rate);
  }
  return present + 1n;
}

describe("attacks by ends", function () {
  this.timeout(PATIENCE);

  for (const share of [0n, ALL / 2n]) {
    const kind = share === 0n ? "a cluster" : "a cluster of which half is not served";
    it(`2,100 dust accounts with ends of their own in ${kind}: each costs at most 6,000 gas, and nobody is locked`, async () => {
      const lines = await Lines.deploy(PER_SECOND);
      const { registry, token, stranger, people } = lines;
      if (share !== 0n) await lines.setUnservedShare(CLUSTER, share);
      // Somebody honest beside them, who pays on.
      await lines.deposit(people.price.address, 10n ** 12n);
      await lines.raise(people.price.address, CLUSTER, usd("60"));
      const first = await dust(
        lines,
        Array.from({ length: DUST_ACCOUNTS }, (_, i) => BigInt(i + 1)),
      );
      await lines.expectBalanced();

      // What is crossed costs in proportion.
      const measure = async (ticks: bigint): Promise<bigint> => {
        const snapshot = await takeSnapshot();
        await at(await timeOf(lines, first - 1n + ticks));
        const { taken, receipt } = await lines.take(CLUSTER, { whole: true });
        lines.held -= taken;
        await snapshot.restore();
        return receipt.gasUsed;
      };
      const [few, many] = [await measure(10n), await measure(1_990n)];
      if (process.env.DDC_SHOW !== undefined) console.log(kind, few, many, (many - few) / 1_980n);
      expect((many - few) / 1_980n).to.be.at.most(MAX_GAS_PER_TICK);
      expect(many).to.be.lessThan(MAX_GAS);

      // More than one call crosses have passed.
      await at(await timeOf(lines, first + BigInt(DUST_ACCOUNTS)));
      await lines.touch(accountNumber(0));
      const reached = (first + MAX_TICKS - 1n) * TICK;
      const time = (await now()) + 10n;
      await at(time);
      const asCluster = registry.connect(people.cluster);
      await expect(lines.take(CLUSTER, { whole: true }))
        .to.be.revertedWithCustomError(registry, "ClusterNotSettled")
        .withArgs(CLUSTER, reached, await lines.indexAt(time));
      await expect(lines.setUnservedShare(CLUSTER, 0n)).to.be.revertedWithCustomError(asCluster, "ClusterNotSettled");
      expect((await registry.getLine(CLUSTER)).isSettled).to.equal(false);
      // Everyone else can do all, at the usual cost: nothing of it crosses an end.
      const payer = people.price;
      const costs = {
        deposit: await gasOf(lines.deposit(payer.address, 1n)),
        touch: await gasOf(lines.touch(payer.address)),
        withdraw: await gasOf(registry.connect(payer).withdraw(token, 1n, payer)),
        raise: await gasOf(lines.raise(payer.address, CLUSTER, 1n)),
        lower: await gasOf(lines.lower(payer.address, CLUSTER, 1n)),
        debit: await gasOf(lines.debit(payer.address, 1n)),
      };
      for (const [name, gas] of Object.entries(costs)) expect(gas, name).to.be.lessThan(250_000n);

      // A part is paid out at once, and the rest once somebody has settled, in any parts.
      const whole = await takeSnapshot();
      const settleAll = async (maxTicks: bigint): Promise<void> => {
        for (;;) {
          const settled = await registry.settleCluster.staticCall(CLUSTER, maxTicks);
          await registry.settleCluster(CLUSTER, maxTicks);
          if (settled) return;
        }
      };
      const end = (await now()) + HOUR;
      const inParts = async (maxTicks: bigint, takesFirst: boolean): Promise<bigint> => {
        let total = takesFirst ? (await lines.take(CLUSTER)).taken : 0n;
        await settleAll(maxTicks);
        await at(end);
        total += (await lines.take(CLUSTER, { whole: true })).taken;
        return total;
      };
      const atOnce = await inParts(MAX_TICKS * 2n, false);
      for (const maxTicks of [7n, 500n]) {
        lines.held -= atOnce;
        await whole.restore();
        expect(await inParts(maxTicks, true), `${maxTicks} at a time`).to.equal(atOnce);
      }
      await lines.expectBalanced();
      // Each has paid for all that it had; half of it comes back to it where half was not served.
      for (let i = 300; i < DUST_ACCOUNTS; i += 300) {
        await lines.touch(accountNumber(i));
        const { scaledBalance, ratePerMonth } = await registry.getAccount(accountNumber(i), token);
        if (share === 0n) expect(scaledBalance).to.be.lessThan(ratePerMonth);
        else expect(scaledBalance).to.be.closeTo(lines.scale / 2n, 2n * ratePerMonth * PER_SECOND);
      }
      await lines.expectBalanced();
      await registry.connect(payer).withdraw(token, MaxUint256, stranger);
    });
  }

  it("all ends in one tick cost as much as one", async () => {
    const lines = await Lines.deploy(PER_SECOND);
    await dust(lines, Array<bigint>(1_000).fill(3n));
    await at((await now()) + DAY);
    const { receipt } = await lines.take(CLUSTER, { whole: true });
    // Measured: 40,437.
    expect(receipt.gasUsed).to.be.lessThan(45_000n);
    expect((await lines.registry.getLine(CLUSTER)).ratePerMonth).to.equal(0n);
    await lines.expectBalanced();
  });

  it("a year without a payout costs 26 words of ticks, and pays all of it", async () => {
    const lines = await Lines.deploy(PER_SECOND);
    await lines.deposit(accountNumber(0), 10n ** 10n);
    const start = (await now()) + 10n;
    await at(start);
    await lines.raise(accountNumber(0), CLUSTER, usd("60"));
    await at(start + 365n * DAY);
    const { taken, receipt } = await lines.take(CLUSTER, { whole: true });
    expect(taken).to.equal(usd("60") * PER_SECOND * 365n * DAY);
    // Measured: 104,709.
    expect(receipt.gasUsed).to.be.lessThan(110_000n);
    await lines.expectBalanced();
  });

  it("a year at a price that fell a hundredfold takes more words than a call looks at: settled in two parts, it pays all of it", async () => {
    const lines = await Lines.deploy(PER_SECOND);
    const { registry } = lines;
    await lines.setSpeed(100n * PER_SECOND);
    await lines.deposit(accountNumber(0), 10n ** 12n);
    const start = (await now()) + 10n;
    await at(start);
    await lines.raise(accountNumber(0), CLUSTER, usd("60"));
    await at(start + 365n * DAY);
    await expect(lines.take(CLUSTER, { whole: true })).to.be.revertedWithCustomError(registry, "ClusterNotSettled");
    const gas = await gasOf(registry.settleCluster(CLUSTER, MAX_TICKS));
    // Measured: 5,003,032 for 2,000 words without an end in them.
    expect(gas).to.be.lessThan(5_100_000n);
    await at(start + 366n * DAY);
    const { taken } = await lines.take(CLUSTER, { whole: true });
    expect(taken).to.equal(usd("60") * 100n * PER_SECOND * 366n * DAY);
    await lines.expectBalanced();
  });

  it("a price that falls and rises a hundredfold moves no end, and nothing is lost", async () => {
    const lines = await Lines.deploy(PER_SECOND);
    const { registry, token } = lines;
    // A month and a half at 1 USD.
    await lines.deposit(accountNumber(0), 90n * 10n ** 6n);
    await lines.raise(accountNumber(0), CLUSTER, usd("60"));
    const { endIndex, scaledBalance } = await registry.getAccount(accountNumber(0), token);
    let taken = 0n;
    for (const speed of [100n, 1n, 10_000n].map((factor) => (PER_SECOND * factor) / 100n)) {
      await lines.setSpeed(speed);
      await at((await now()) + 3n * HOUR);
      taken += (await lines.take(CLUSTER, { whole: true })).taken;
      expect((await registry.getAccount(accountNumber(0), token)).endIndex).to.equal(endIndex);
    }
    await at((await now()) + 31n * DAY);
    taken += (await lines.take(CLUSTER, { whole: true })).taken;
    await lines.expectBalanced();
    // Less than a tick of the index is late, which is less than a minute at this price.
    const { scaledLate } = await registry.getStream(accountNumber(0), CLUSTER);
    expect(scaledLate).to.be.lessThan(usd("60") * TICK);
    await lines.touch(accountNumber(0));
    taken += (await lines.take(CLUSTER, { whole: true })).taken;
    expect(taken).to.equal((scaledBalance / usd("60")) * usd("60"));
    await lines.expectBalanced();
  });

  for (const [maxTicks, what] of [
    [0n, "never gets on"],
    [1n, "gets on by an end or a word each time"],
  ] as const) {
    it(`settling at most ${maxTicks} ticks again and again ${what}, and changes nothing for anybody`, async () => {
      const lines = await Lines.deploy(PER_SECOND);
      const { registry } = lines;
      // Ends in the first word, at its last tick, and in the third word, one of them at its first tick; nothing in the second.
      const first = await dust(lines, [3n, 4n, 254n, 255n, 512n, 600n]);
      expect(first).to.equal(1n);
      await passTo(await timeOf(lines, 700n));
      const before = await registry.poolOf(CLUSTER);
      const settle = async (): Promise<boolean> => {
        const settled = await registry.settleCluster.staticCall(CLUSTER, maxTicks);
        await registry.settleCluster(CLUSTER, maxTicks);
        return settled;
      };
      let calls = 1;
      while (calls < 20 && !(await settle())) ++calls;
      expect((await registry.getLine(CLUSTER)).settledTick).to.equal(maxTicks === 0n ? 0n : 600n);
      // Six ends, a word without one, and a call that finds nothing more.
      expect(calls).to.equal(maxTicks === 0n ? 20 : 8);
      // Nothing runs any more.
      const { taken } = await lines.take(CLUSTER, { whole: true });
      expect(taken).to.equal(before);
      await lines.expectBalanced();
    });
  }

  it("settling at most one tick again and again gets over a word without an end in it", async () => {
    const lines = await Lines.deploy(PER_SECOND);
    const { registry } = lines;
    await dust(lines, [1_000n]);
    await passTo(await timeOf(lines, 1_100n));
    for (let calls = 1; calls <= 5; ++calls) {
      const settled = await registry.settleCluster.staticCall(CLUSTER, 1n);
      await registry.settleCluster(CLUSTER, 1n);
      if (settled) break;
    }
    expect((await registry.getLine(CLUSTER)).ratePerMonth).to.equal(0n);
  });
});
