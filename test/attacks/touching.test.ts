import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { MONTH, usd } from "../fixtures";
import { accountNumber, ALL, Lines } from "../helpers/lines";
import { DAY, HOUR } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

// Anybody may touch anybody's account and settle any cluster, whenever that seems to hurt most.

const PER_SECOND = 10n ** 18n;
const TICK = 2n ** 72n;
const [CLUSTER, OTHER_CLUSTER] = [1n, 2n];
const RATE = usd("60");
const [PAYER, OTHER_PAYER] = [accountNumber(0), accountNumber(1)];
/** Covers the rate for half a day. */
const HALF_DAY = (60n * 10n ** 6n) / 62n;

describe("attacks by touching", () => {
  let lines: Lines;
  beforeEach(async () => {
    lines = await Lines.deploy(PER_SECOND);
  });

  const balanceOf = async (account: string): Promise<bigint> => (await lines.registry.getAccount(account, lines.token)).scaledBalance;
  /** All that anybody can see of an account and a cluster. */
  const everything = async (): Promise<unknown[]> => [
    await lines.registry.getAccount(PAYER, lines.token),
    await lines.registry.listStreams(PAYER, lines.token),
    await lines.registry.getLine(CLUSTER),
  ];
  /** What an account of this balance pays before it runs out. */
  const paidOf = (scaledBalance: bigint, rate = RATE): bigint => (scaledBalance / rate) * rate;

  it("touching an account as often as it fits a block, in every state, is touching it once", async () => {
    const { registry, token } = lines;
    await lines.setUnservedShare(CLUSTER, ALL / 3n);
    await lines.deposit(PAYER, HALF_DAY);
    await lines.raise(PAYER, CLUSTER, RATE);
    const start = await now();
    const touch = registry.interface.encodeFunctionData("touchAccount", [PAYER, await token.getAddress()]);
    const settle = registry.interface.encodeFunctionData("settlePayment", [PAYER, CLUSTER]);
    for (const seconds of [1n, 4_722n, 43_000n, 43_200n, 50_000n, 60_000n, 10n * DAY]) {
      await at(start + seconds);
      const snapshot = await takeSnapshot();
      await at(start + seconds);
      await registry.multicall([touch, settle]);
      const once = await everything();
      await snapshot.restore();
      await at(start + seconds);
      await registry.multicall([touch, settle, ...Array<string>(30).fill(touch), settle]);
      expect(await everything()).to.deep.equal(once);
      await lines.expectBalanced();
    }
  });

  it("an account that wakes up with less than its rate pays nothing, until it has as much", async () => {
    // A base unit is less than what 60 USD a month cost in the shortest part of time.
    lines = await Lines.deploy(PER_SECOND, 24n);
    const { registry, scale, token } = lines;
    expect(scale).to.equal(MONTH * 10n ** 12n);
    await lines.raise(PAYER, CLUSTER, RATE);
    const [need, units] = [RATE / scale + 1n, 3n];
    for (let deposited = 1n; deposited < need; ++deposited) {
      await lines.deposit(PAYER, 1n);
      await lines.touch(PAYER);
      const { balance, coveredUntil, endIndex, paidIndex } = await registry.getAccount(PAYER, token);
      expect([balance, coveredUntil, endIndex, paidIndex]).to.deep.equal([deposited, await now(), 0n, paidIndex]);
    }
    expect(await registry.poolOf(CLUSTER)).to.equal(0n);
    const { paidIndex } = await registry.getAccount(PAYER, token);
    await lines.deposit(PAYER, units * need - need + 1n);
    await lines.touch(PAYER);
    // So much was paid for in a part of a second, and the clock stood still before.
    const bought = (units * need * scale) / RATE;
    expect((await registry.getAccount(PAYER, token)).paidIndex - paidIndex).to.equal(bought);
    expect(await registry.poolOf(CLUSTER)).to.equal(bought * RATE);
    expect(await balanceOf(PAYER)).to.equal(units * need * scale - bought * RATE);
    await lines.expectBalanced();
  });

  it("a dust deposit each minute keeps an account from no time that it paid for, and its cluster from nothing", async () => {
    await lines.deposit(PAYER, HALF_DAY);
    await lines.raise(PAYER, CLUSTER, RATE);
    const start = await now();
    const minutes = 100n;
    for (let minute = 1n; minute <= minutes; ++minute) {
      await at(start + 43_200n - 50n * 60n + minute * 60n);
      await lines.deposit(PAYER, 1n);
    }
    await at(start + DAY);
    await lines.touch(PAYER);
    const deposited = (HALF_DAY + minutes) * lines.scale;
    const { taken } = await lines.take(CLUSTER, { whole: true });
    // Each time that it ran out, less than what a part of the index costs was left.
    expect(taken + (await balanceOf(PAYER))).to.equal(deposited);
    expect(taken).to.equal(paidOf(deposited));
    await lines.expectBalanced();
  });

  context("given an account that lives on what is credited to it", () => {
    /** Each day, as much as it pays in a day. Returns the sum. */
    const live = async (days: bigint, onDay?: (day: bigint) => Promise<void>): Promise<bigint> => {
      const perDay = RATE * PER_SECOND * DAY;
      await lines.deposit(OTHER_PAYER, 10n ** 9n);
      await lines.raise(OTHER_PAYER, OTHER_CLUSTER, 2n * RATE);
      await lines.deposit(PAYER, HALF_DAY);
      const start = (await now()) + 10n;
      await at(start);
      await lines.raise(PAYER, CLUSTER, RATE);
      for (let day = 1n; day <= days; ++day) {
        await at(start + day * DAY - DAY / 2n - 100n);
        await lines.take(OTHER_CLUSTER);
        await lines.credit(PAYER, perDay);
        await onDay?.(day);
      }
      await at(start + days * DAY - 10n);
      return days * perDay;
    };

    it("what it pays beyond its registered end waits for whoever touches it, however long, and none of it is lost", async () => {
      await live(60n);
      const before = await takeSnapshot();
      const { taken: early } = await lines.take(CLUSTER, { whole: true });
      // It ran out of the half day that was deposited less than a tick after its registered end.
      expect(early).to.be.greaterThan(RATE * (43_000n * PER_SECOND - TICK));
      expect(early).to.be.lessThan(RATE * 43_300n * PER_SECOND);
      await lines.expectBalanced();
      lines.held -= early;
      await before.restore();
      const [paidBefore, start] = [await lines.registry.getAccount(PAYER, lines.token), await lines.parts()];
      await lines.touch(PAYER);
      const passed = RATE * ((await lines.registry.getAccount(PAYER, lines.token)).paidIndex - paidBefore.paidIndex);
      const after = await lines.parts();
      expect(after.late).to.equal(0n);
      expect(after.earned - start.earned).to.be.greaterThanOrEqual(start.late + passed);
      await lines.expectBalanced();
    });

    it("it has its refund of all of that, though the share changed every day", async () => {
      await live(10n, async (day) => {
        await lines.setUnservedShare(CLUSTER, day % 2n === 1n ? ALL : 0n);
      });
      // From the first report, half a day after the start, every other day; the last day is served.
      const before = await balanceOf(PAYER);
      const [stream] = await lines.registry.listStreams(PAYER, lines.token);
      await passTo((await now()) + 5n);
      await lines.touch(PAYER);
      const after = await balanceOf(PAYER);
      expect(stream!.scaledUnserved).to.be.closeTo(5n * RATE * PER_SECOND * DAY, RATE * PER_SECOND * 100n);
      expect(after - before).to.be.closeTo(stream!.scaledUnserved, RATE * PER_SECOND * 10n);
      await lines.touch(PAYER);
      expect(await balanceOf(PAYER)).to.be.lessThanOrEqual(after);
      await lines.expectBalanced();
    });
  });

  context("given a cluster that serves all and nothing in turn, each second", () => {
    /** The index at which each report came, and the share from then on. */
    const reports: { index: bigint; share: bigint }[] = [];
    const flip = async (time: bigint): Promise<void> => {
      const share = reports.length % 2 === 0 ? ALL - 1n : 0n;
      await at(time);
      reports.push({ index: await lines.indexAt(time), share });
      await lines.setUnservedShare(CLUSTER, share);
    };
    /** The unserved part of the index between two points, in 2^-32. */
    const unserved = (from: bigint, to: bigint): bigint =>
      reports.reduce((sum, { index, share }, i) => {
        const [low, high] = [index, reports[i + 1]?.index ?? to].map((it) => (it < from ? from : it > to ? to : it)) as [bigint, bigint];
        return sum + share * (high - low);
      }, 0n);
    beforeEach(() => {
      reports.length = 0;
    });

    for (const around of ["its registered end", "the moment at which it runs out"] as const) {
      it(`an owner is refunded to the scaled unit what was not served up to its end, whatever is reported around ${around}`, async () => {
        const { registry, token } = lines;
        await lines.deposit(PAYER, HALF_DAY);
        await lines.raise(PAYER, CLUSTER, RATE);
        const startIndex = await lines.indexAt(await now());
        const { endIndex, scaledBalance } = await registry.getAccount(PAYER, token);
        const runsOut = startIndex + scaledBalance / RATE;
        expect(runsOut - endIndex).to.be.lessThan(TICK);
        const middle = (await now()) + ((around === "its registered end" ? endIndex : runsOut) - startIndex) / PER_SECOND;
        for (let second = -20n; second <= 20n; ++second) await flip(middle + second);
        await at(middle + DAY);
        await lines.touch(PAYER);
        // What it paid after its end is refunded if the share did not change since, or it did not run out.
        const refund = (RATE * unserved(startIndex, endIndex)) / ALL;
        const left = scaledBalance % RATE;
        expect(await balanceOf(PAYER)).to.equal(refund + left);
        const { taken } = await lines.take(CLUSTER, { whole: true });
        expect(taken).to.equal(scaledBalance - left - refund);
        expect((await registry.getLine(CLUSTER)).scaledUnserved).to.equal(0n);
        await lines.expectBalanced();
      });
    }

    it("whoever touches an account each second of it takes nothing from its owner but parts of a scaled unit", async () => {
      const { registry, token } = lines;
      await lines.deposit(PAYER, 10n ** 9n);
      await lines.raise(PAYER, CLUSTER, RATE);
      const [startIndex, start] = [await lines.indexAt(await now()), (await now()) + 100n];
      const { scaledBalance } = await registry.getAccount(PAYER, token);
      const seconds = 60n;
      for (let second = 0n; second < seconds; ++second) {
        await flip(start + 2n * second);
        await at(start + 2n * second + 1n);
        await lines.touch(PAYER);
      }
      const index = await lines.indexAt(await now());
      const due = (RATE * unserved(startIndex, index)) / ALL;
      const paid = RATE * (index - startIndex);
      const lost = scaledBalance - paid + due - (await balanceOf(PAYER));
      expect(lost >= 0n && lost <= seconds).to.equal(true);
      await lines.expectBalanced();
    });
  });

  it("no refund comes twice: not by touches, not by ending a stream, not by starting it again", async () => {
    const { registry } = lines;
    await lines.setUnservedShare(CLUSTER, ALL / 4n);
    await lines.deposit(PAYER, 10n ** 9n);
    const start = (await now()) + 10n;
    await at(start);
    await lines.raise(PAYER, CLUSTER, RATE);
    const deposited = 10n ** 9n * lines.scale;
    const paid = (seconds: bigint): bigint => RATE * PER_SECOND * seconds;
    await at(start + 1_000n);
    await lines.touch(PAYER);
    expect(await balanceOf(PAYER)).to.equal(deposited - (paid(1_000n) * 3n) / 4n);
    await at(start + 2_000n);
    await lines.lower(PAYER, CLUSTER, RATE);
    const ended = deposited - (paid(2_000n) * 3n) / 4n;
    expect(await balanceOf(PAYER)).to.equal(ended);
    await at(start + 50_000n);
    await lines.touch(PAYER);
    expect(await balanceOf(PAYER)).to.equal(ended);
    // All that was not served while it did not pay is nothing to it.
    await at(start + 60_000n);
    await lines.raise(PAYER, CLUSTER, RATE);
    await lines.touch(PAYER);
    await at(start + 61_000n);
    await lines.lower(PAYER, CLUSTER, RATE);
    expect(await balanceOf(PAYER)).to.equal(ended - (paid(1_000n) * 3n) / 4n);
    // And nothing is left of it where nobody pays any more.
    const { taken } = await lines.take(CLUSTER, { whole: true });
    expect(taken).to.equal((paid(3_000n) * 3n) / 4n);
    const { scaledRevenue, scaledUnserved } = await registry.getLine(CLUSTER);
    expect([scaledRevenue, scaledUnserved]).to.deep.equal([0n, 0n]);
    await lines.expectBalanced();
  });

  it("a stream of an account that ran out and was woken up many times has its rate on the line once", async () => {
    const { registry } = lines;
    // Each time the end has passed and nobody has crossed it; the last one has not.
    for (let time = 0; time < 20; ++time) {
      await lines.deposit(PAYER, HALF_DAY);
      if (time === 0) await lines.raise(PAYER, CLUSTER, RATE);
      if (time < 19) await at((await now()) + DAY);
    }
    expect((await registry.getLine(CLUSTER)).ratePerMonth).to.equal(20n * RATE);
    const pool = await registry.poolOf(CLUSTER);
    await registry.settleCluster(CLUSTER, 2_000);
    expect((await registry.getLine(CLUSTER)).ratePerMonth).to.equal(RATE);
    expect(await registry.poolOf(CLUSTER)).to.equal(pool + RATE * PER_SECOND);
    await at((await now()) + DAY);
    await lines.touch(PAYER);
    const { taken } = await lines.take(CLUSTER, { whole: true });
    // What is left of one deposit is not lost for the next.
    expect(taken).to.equal(paidOf(20n * HALF_DAY * lines.scale));
    await lines.expectBalanced();
  });

  it("a price that falls 10^15-fold, of which no call can look at all ticks, locks nobody out of an account", async () => {
    lines = await Lines.deploy(10n ** 11n);
    const { registry, token } = lines;
    const owner = (await ethers.getSigners())[6];
    if (!owner) throw new Error("The chain has too few accounts.");
    // Dust that pays on for longer than anyone can wait, beside an owner.
    await lines.deposit(PAYER, 10n ** 12n);
    await lines.raise(PAYER, CLUSTER, 1n);
    await lines.deposit(owner.address, 10n ** 12n);
    await lines.raise(owner.address, CLUSTER, 10n ** 6n);
    await lines.setSpeed(10n ** 26n);
    const startedAt = await now();
    await passTo((await now()) + HOUR);
    expect(await registry.settleCluster.staticCall(CLUSTER, 2_000)).to.equal(false);
    await expect(lines.take(CLUSTER, { whole: true })).to.be.revertedWithCustomError(registry, "ClusterNotSettled");
    await lines.touch(owner.address);
    await lines.deposit(owner.address, 1n);
    await lines.debit(owner.address, 1n);
    await lines.raise(owner.address, OTHER_CLUSTER, 1n);
    await lines.lower(owner.address, OTHER_CLUSTER, 1n);
    const { paidIndex } = await registry.getAccount(owner, token);
    await lines.lower(owner.address, CLUSTER, 10n ** 6n);
    const { balance, paidIndex: paidAtEnd, scaledBalance } = await registry.getAccount(owner, token);
    // The owner has paid for every second of it, no more: as far as its deposit reaches.
    const seconds = (await now()) - startedAt;
    expect(paidAtEnd - paidIndex).to.equal(10n ** 26n);
    expect(scaledBalance).to.be.closeTo(10n ** 12n * lines.scale - 10n ** 6n * 10n ** 26n * seconds, 10n ** 32n * 10n);
    await registry.connect(owner).withdraw(token, balance, owner);
    expect(await token.balanceOf(owner)).to.equal(balance);
    const { held, owed } = await registry.custody(token);
    expect(held).to.equal(owed);
  });
});
