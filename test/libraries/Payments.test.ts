import { expect } from "chai";
import { PANIC_CODES } from "@nomicfoundation/hardhat-chai-matchers/panic";
import { ethers } from "hardhat";

import { fieldsOf } from "../helpers/fields";
import { ALICE, ALL_TICKS, BOB, type Book, MAX_END_TICKS, newBook, TICK, WHOLE } from "../helpers/payments";
import { MAX_RATE } from "../helpers/units";

/** An account as it is stored. */
const storedOf = async ({ harness }: Book): Promise<Record<string, unknown>> => fieldsOf(await harness.accountOf(ALICE));

/** A book in which ALICE pays cluster 1 a rate of 10 from index 0 on, and has so much. */
async function bookWith(balance: bigint): Promise<Book> {
  const book = await newBook();
  await book.harness.deposit(ALICE, balance);
  await book.raise(ALICE, 1n, 10n);
  return book;
}

describe("Payments", () => {
  describe("deposit", () => {
    it("adds to an account without streams, and returns its balance", async () => {
      const { harness } = await newBook();
      await harness.deposit(ALICE, 5);
      expect(await harness.deposit.staticCall(ALICE, 7)).to.equal(12n);
      await expect(harness.deposit(ALICE, 7)).not.to.emit(harness, "AccountTouched");
      expect((await harness.accountOf(ALICE)).balance).to.equal(12n);
    });

    it("touches an account with streams, and moves its end", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(100n);
      expect(await book.harness.deposit.staticCall(ALICE, 20n * TICK)).to.equal(50n * TICK - 1_000n);
      await expect(book.harness.deposit(ALICE, 20n * TICK))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 50n * TICK - 1_000n, 100, 5n * TICK);
      expect(await storedOf(book)).to.deep.equal({
        balance: 50n * TICK - 1_000n,
        streamCount: 1n,
        wasDepleted: false,
        rate: 10n,
        index: 100n,
        endTicks: 5n,
        skipped: 0n,
        skippedLate: 0n,
      });
    });

    it("counts refunds into the balance", async () => {
      const book = await bookWith(30n * TICK);
      await book.harness.setUnservedShare(1, WHOLE / 2n);
      await book.goTo(100n);
      expect(await book.harness.deposit.staticCall(ALICE, 7)).to.equal(30n * TICK - 493n);
      const deposited = book.harness.deposit(ALICE, 7);
      await expect(deposited).to.emit(book.harness, "UnservedRefunded").withArgs(ALICE, 1, 500);
      await expect(deposited)
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 30n * TICK - 493n, 100, 3n * TICK);
    });
  });

  describe("store", () => {
    const ends: [name: string, balance: bigint, endTicks: bigint][] = [
      ["nothing", 0n, 0n],
      ["less than its rate", 9n, 0n],
      ["one of the index less than a tick", 10n * (TICK - 1n), 0n],
      ["a tick less a scaled unit", 10n * TICK - 1n, 0n],
      ["exactly a tick", 10n * TICK, 1n],
      ["one of the index more than a tick", 10n * (TICK + 1n), 1n],
      ["two ticks less a scaled unit", 20n * TICK - 1n, 1n],
      ["two ticks", 20n * TICK, 2n],
      ["the most ticks that fit", 10n * MAX_END_TICKS * TICK, MAX_END_TICKS],
      ["one less than the most ticks", 10n * MAX_END_TICKS * TICK - 1n, MAX_END_TICKS - 1n],
      ["more than that", 2n ** 200n, MAX_END_TICKS],
    ];
    for (const [name, balance, endTicks] of ends) {
      it(`registers the last tick before an account runs out of funds that has ${name}`, async () => {
        const book = await newBook();
        await book.harness.deposit(ALICE, balance);
        await expect(book.raise(ALICE, 1n, 10n))
          .to.emit(book.harness, "StreamChanged")
          .withArgs(ALICE, 1, 1, 10, 10, balance, 0, endTicks * TICK);
        expect((await book.harness.accountOf(ALICE)).endTicks).to.equal(endTicks);
        expect((await book.line()).rate).to.equal(endTicks === 0n ? 0n : 10n);
        expect(await book.end(endTicks)).to.deep.equal(endTicks === 0n ? [0n, false] : [10n, true]);
      });
    }

    it("moves the farthest end on with each touch, and crosses none of it", async () => {
      const book = await bookWith(2n ** 200n);
      await book.goTo(1_000n * TICK + 5n);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 2n ** 200n - 10_000n * TICK - 50n, 1_000n * TICK + 5n, (1_000n + MAX_END_TICKS) * TICK);
      expect(await book.end(MAX_END_TICKS)).to.deep.equal([0n, false]);
      expect(await book.end(1_000n + MAX_END_TICKS)).to.deep.equal([10n, true]);
      expect(await book.pool()).to.deep.equal([10_000n * TICK + 50n, 0n]);
    });

    it("leaves ends alone that stay where they are", async () => {
      const book = await bookWith(30n * TICK);
      const line = await book.line();
      await book.goTo(100n);
      await book.harness.touch(ALICE);
      expect(await book.line()).to.deep.equal(line);
      expect(await book.end(3n)).to.deep.equal([10n, true]);
    });

    it("moves the ends of all streams of an account together", async () => {
      const book = await bookWith(30n * TICK);
      await book.raise(ALICE, 2n, 20n);
      await book.raise(ALICE, 3n, 30n);
      for (const clusterId of [1n, 2n, 3n]) expect(await book.end(1n, clusterId)).to.deep.equal([0n, false]);
      await book.harness.deposit(ALICE, 90n * TICK);
      for (const clusterId of [1n, 2n, 3n]) expect(await book.end(2n, clusterId)).to.deep.equal([10n * clusterId, true]);
      await book.lower(ALICE, 2n, 20n);
      expect(await book.end(2n, 2n)).to.deep.equal([0n, false]);
      for (const clusterId of [1n, 3n]) expect(await book.end(3n, clusterId)).to.deep.equal([10n * clusterId, true]);
    });

    it("tells nothing of an account without streams", async () => {
      const { harness } = await newBook();
      await expect(harness.touch(ALICE)).not.to.emit(harness, "AccountTouched");
      await expect(harness.change(ALICE, 5)).not.to.emit(harness, "AccountTouched");
      expect((await harness.accountOf(ALICE)).balance).to.equal(5n);
    });
  });

  describe("touch", () => {
    it("passes on nothing before the end, nothing at it, and what was paid after it", async () => {
      for (const [index, late] of [
        [3n * TICK - 1n, 0n],
        [3n * TICK, 0n],
        [3n * TICK + 1n, 10n],
        [3n * TICK + 7n, 70n],
        [3n * TICK + 8n, 70n],
        [9n * TICK, 70n],
      ] as const) {
        // Out of funds 7 after a tick.
        const book = await bookWith(30n * TICK + 70n);
        await book.goTo(index);
        expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([late, 0n]);
        const [before] = await book.pool();
        await book.harness.touch(ALICE);
        expect((await book.pool())[0] - before).to.equal(late);
        expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([0n, 0n]);
        expect((await book.pool())[0] + (await book.balanceOf(ALICE))).to.equal(30n * TICK + 70n);
      }
    });

    it("is never late where the account runs out of funds exactly at a tick", async () => {
      const book = await bookWith(30n * TICK);
      for (const index of [3n * TICK - 1n, 3n * TICK, 3n * TICK + 1n, 9n * TICK]) {
        await book.goTo(index);
        expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([0n, 0n]);
      }
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
    });

    it("is late by all but one of a tick where the account runs out of funds one before a tick", async () => {
      const book = await bookWith(30n * TICK - 1n);
      await book.goTo(9n * TICK);
      expect(await book.pool()).to.deep.equal([20n * TICK, 0n]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([10n * (TICK - 1n), 0n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([30n * TICK - 10n, 0n]);
      expect(await book.balanceOf(ALICE)).to.equal(9n);
    });

    it("passes on nothing the second time at one index", async () => {
      for (const index of [TICK + 5n, 3n * TICK + 2n, 9n * TICK]) {
        const book = await bookWith(30n * TICK + 70n);
        await book.goTo(index);
        await book.harness.touch(ALICE);
        const [pool, account, line] = [await book.pool(), await storedOf(book), await book.line()];
        await book.harness.touch(ALICE);
        expect([await book.pool(), await storedOf(book), await book.line()]).to.deep.equal([pool, account, line]);
      }
    });

    it("takes an account off its lines at its last tick, at which an end has been passed", async () => {
      const book = await bookWith(30n * TICK + 70n);
      await book.goTo(3n * TICK);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 70, 3n * TICK, 0);
      // The passed end is left to be crossed.
      expect(await book.line()).to.deep.equal({ rate: 10n, base: 0n, crossedTick: 0n });
      await book.goTo(9n * TICK);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([70n, 0n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([30n * TICK + 70n, 0n]);
    });

    it("leaves an account as it is that wakes up with less than its rate", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(9n * TICK);
      await book.harness.touch(ALICE);
      await book.goTo(10n * TICK);
      await expect(book.harness.deposit(ALICE, 9))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 9, 3n * TICK, 0);
      await book.goTo(12n * TICK);
      expect(await book.balanceOf(ALICE)).to.equal(9n);
      // One more pays for one of the index.
      await expect(book.harness.deposit(ALICE, 1))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 10, 3n * TICK, 0);
      await book.goTo(13n * TICK);
      expect(await book.balanceOf(ALICE)).to.equal(0n);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([30n * TICK + 10n, 0n]);
      expect(await storedOf(book)).to.deep.include({ wasDepleted: true, skipped: 10n * TICK - 1n, skippedLate: 0n });
    });

    it("refunds of several clusters, whose late parts are passed on", async () => {
      const book = await bookWith(60n * TICK + 140n);
      await book.raise(ALICE, 2n, 10n);
      await book.harness.setUnservedShare(1, WHOLE / 2n);
      await book.harness.setUnservedShare(2, WHOLE);
      await book.goTo(9n * TICK);
      const touched = book.harness.touch(ALICE);
      await expect(touched)
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 1, 15n * TICK + 35n);
      await expect(touched)
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 2, 30n * TICK + 70n);
      // 45 x 4,096 and 105 pay for two and a quarter of a tick of both.
      await expect(touched)
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 45n * TICK + 105n, 3n * TICK + 7n, 11n * TICK);
      expect(await book.pool(1n)).to.deep.equal([15n * TICK + 35n, 0n]);
      expect(await book.pool(2n)).to.deep.equal([0n, 0n]);
    });
  });

  describe("credit", () => {
    it("moves no end, and counts for the clusters from the next touch on", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(TICK);
      expect(await book.harness.credit.staticCall(ALICE, 20n * TICK)).to.equal(40n * TICK);
      await book.harness.credit(ALICE, 20n * TICK);
      expect(await book.end(3n)).to.deep.equal([10n, true]);
      await book.goTo(4n * TICK);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([10n * TICK, 0n]);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 10n * TICK, 4n * TICK, 5n * TICK);
      await book.goTo(9n * TICK);
      expect(await book.pool()).to.deep.equal([50n * TICK, 0n]);
    });

    it("wakes an account up, which pays for no time before it, as often as it comes", async () => {
      const book = await bookWith(30n * TICK + 70n);
      for (const [ticks, balance] of [
        // It was out of funds from 3 ticks and 7 on.
        [5n, 10n * TICK],
        // And again from 6 ticks on: then while it has half of the last, and a part of a rate.
        [8n, 5n * TICK + 3n],
        [8n, 5n * TICK + 3n],
        [12n, 7n],
      ] as const) {
        await book.goTo(ticks * TICK);
        await book.harness.credit(ALICE, balance);
      }
      // 6 and 7 are 13: one of the index more.
      expect(await book.balanceOf(ALICE)).to.equal(13n);
      await book.goTo(13n * TICK);
      const paid = 3n * TICK + 7n + TICK + TICK + 1n;
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([10n * (paid - 3n * TICK), 0n]);
      await expect(book.harness.touch(ALICE)).to.emit(book.harness, "AccountTouched").withArgs(ALICE, 1, 3, paid, 0);
      expect(await book.pool()).to.deep.equal([10n * paid, 0n]);
      expect(await storedOf(book)).to.deep.include({ index: 13n * TICK, skipped: 13n * TICK - paid, skippedLate: 0n });
    });

    it("keeps what was skipped before the last touch apart from what was since", async () => {
      const book = await bookWith(0n);
      await book.goTo(2n * TICK);
      await book.harness.touch(ALICE);
      expect(await storedOf(book)).to.deep.include({ index: 2n * TICK, skipped: 2n * TICK, skippedLate: 0n });
      await book.goTo(5n * TICK);
      await book.harness.credit(ALICE, 30n * TICK);
      expect(await storedOf(book)).to.deep.include({ index: 5n * TICK, skipped: 5n * TICK, skippedLate: 3n * TICK });
      // No end is registered: all that is paid since is late.
      await book.goTo(6n * TICK);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([10n * TICK, 0n]);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 20n * TICK, TICK, 8n * TICK);
      await book.goTo(20n * TICK);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
    });

    it("lets refunds count for all that was paid since, where the share has not changed", async () => {
      const book = await bookWith(30n * TICK);
      await book.harness.setUnservedShare(1, WHOLE / 2n);
      await book.goTo(5n * TICK);
      await book.harness.credit(ALICE, 10n * TICK);
      await book.goTo(9n * TICK);
      // Up to its end, and a tick of what was credited.
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([10n * TICK, 20n * TICK]);
      await book.harness.touch(ALICE);
      expect(await book.balanceOf(ALICE)).to.equal(20n * TICK);
      expect(await book.pool()).to.deep.equal([20n * TICK, 0n]);
    });
  });

  describe("changeRate", () => {
    it("refuses a sum of rates above the largest, and a stream more than fit", async () => {
      const book = await newBook();
      await book.raise(ALICE, 1n, MAX_RATE - 1n);
      await expect(book.raise(ALICE, 2n, 2n))
        .to.be.revertedWithCustomError(book.harness, "RateTooHigh")
        .withArgs(ALICE, MAX_RATE + 1n, MAX_RATE);
      await book.raise(ALICE, 2n, 1n);
      await book.raise(BOB, 2n, MAX_RATE);
    });

    it("refuses to lower by more than a stream pays", async () => {
      const book = await bookWith(0n);
      await expect(book.lower(ALICE, 1n, 11n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
      await expect(book.lower(ALICE, 2n, 1n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
      await expect(book.lower(BOB, 1n, 1n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
    });

    it("starts, changes and ends a stream, and tells what the account pays, has and has paid for", async () => {
      const book = await newBook();
      const { harness } = book;
      await harness.deposit(ALICE, 30n * TICK + 7n);
      await book.goTo(TICK);
      await expect(book.raise(ALICE, 1n, 10n))
        .to.emit(harness, "StreamChanged")
        .withArgs(ALICE, 1, 1, 10, 10, 30n * TICK + 7n, TICK, 4n * TICK);
      await book.goTo(2n * TICK);
      await expect(book.raise(ALICE, 2n, 10n))
        .to.emit(harness, "StreamChanged")
        .withArgs(ALICE, 2, 1, 10, 20, 20n * TICK + 7n, 2n * TICK, 3n * TICK);
      await book.goTo(2n * TICK + 10n);
      await expect(book.lower(ALICE, 2n, 5n))
        .to.emit(harness, "StreamChanged")
        .withArgs(ALICE, 2, 1, 5, 15, 20n * TICK - 193n, 2n * TICK + 10n, 3n * TICK);
      await book.goTo(9n * TICK);
      // 20 x 4,096 - 193 pay for 5,448 of the index at 15, and 7 are left, which pay for one more at 5.
      const paid = 2n * TICK + 10n + 5_448n;
      await expect(book.lower(ALICE, 1n, 10n))
        .to.emit(harness, "StreamChanged")
        .withArgs(ALICE, 1, 1, 0, 5, 7, paid, 0);
      await book.goTo(9n * TICK + 3n);
      await expect(book.lower(ALICE, 2n, 5n))
        .to.emit(harness, "StreamChanged")
        .withArgs(ALICE, 2, 1, 0, 0, 2, paid + 1n, 0);
      expect(await book.pool(1n)).to.deep.equal([10n * (paid - TICK), 0n]);
      expect(await book.pool(2n)).to.deep.equal([100n + 5n * 5_449n, 0n]);
    });

    it("returns the paid index", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(9n * TICK);
      const change = { payer: ALICE, clusterId: 2, currencyId: 1, rate: 1 };
      expect(await book.harness.changeRate.staticCall(change, true)).to.equal(3n * TICK);
      expect(await book.harness.changeRate.staticCall({ ...change, payer: BOB }, true)).to.equal(9n * TICK);
    });

    it("starts nothing that pays nothing, in an account with streams or without", async () => {
      const book = await newBook();
      await book.goTo(TICK);
      await expect(book.raise(ALICE, 1n, 0n))
        .to.emit(book.harness, "StreamChanged")
        .withArgs(ALICE, 1, 1, 0, 0, 0, TICK, 0);
      expect((await book.harness.accountOf(ALICE)).streamCount).to.equal(0n);
      await book.harness.deposit(ALICE, 30n * TICK);
      await book.raise(ALICE, 2n, 10n);
      await book.goTo(2n * TICK);
      for (const change of [book.raise, book.lower]) {
        await expect(change(ALICE, 1n, 0n))
          .to.emit(book.harness, "StreamChanged")
          .withArgs(ALICE, 1, 1, 0, 10, 20n * TICK, 2n * TICK, 4n * TICK);
      }
      expect((await book.harness.accountOf(ALICE)).streamCount).to.equal(1n);
      expect(await book.harness.lineOf(1)).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal((2n << 96n) + 10n);
      // Nor does it move an end where it has been passed.
      await book.goTo(9n * TICK);
      await expect(book.raise(ALICE, 1n, 0n))
        .to.emit(book.harness, "StreamChanged")
        .withArgs(ALICE, 1, 1, 0, 10, 0, 4n * TICK, 0);
    });

    it("keeps what was skipped when all streams end, for the paid index of the next", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(5n * TICK);
      await book.lower(ALICE, 1n, 10n);
      expect(await storedOf(book)).to.deep.equal({
        balance: 0n,
        streamCount: 0n,
        wasDepleted: true,
        rate: 0n,
        index: 5n * TICK,
        endTicks: 0n,
        skipped: 2n * TICK,
        skippedLate: 0n,
      });
      await book.goTo(8n * TICK);
      await book.harness.deposit(ALICE, 10n * TICK);
      await expect(book.raise(ALICE, 3n, 10n))
        .to.emit(book.harness, "StreamChanged")
        .withArgs(ALICE, 3, 1, 10, 10, 10n * TICK, 6n * TICK, 9n * TICK);
    });

    it("raises what is paid by an account that is out of funds, which leaves no end", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(5n * TICK);
      await expect(book.raise(ALICE, 1n, 5n))
        .to.emit(book.harness, "StreamChanged")
        .withArgs(ALICE, 1, 1, 15, 15, 0, 3n * TICK, 0);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
      await book.harness.deposit(ALICE, 15n * TICK);
      expect(await book.end(6n)).to.deep.equal([15n, true]);
      await book.goTo(9n * TICK);
      expect(await book.take()).to.equal(45n * TICK);
    });

    it("works at the largest rate, and the largest index that it can pay for", async () => {
      const book = await newBook();
      const farthest = 2n ** 120n - 1n;
      await book.harness.deposit(ALICE, MAX_RATE * farthest);
      await book.raise(ALICE, 1n, MAX_RATE);
      await book.goTo(farthest);
      expect(await book.balanceOf(ALICE)).to.equal(0n);
      // Ticks do not reach as far: the rest is late.
      const late = farthest - MAX_END_TICKS * TICK;
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([MAX_RATE * late, 0n]);
      await book.harness.touch(ALICE);
      expect(await book.line()).to.deep.equal({ rate: MAX_RATE, base: MAX_RATE * late, crossedTick: 0n });
    });
  });

  describe("debit", () => {
    it("takes base units out of an account without streams", async () => {
      const { harness } = await newBook();
      await harness.deposit(ALICE, 29);
      await expect(harness.debit(ALICE, 2, false, 10))
        .to.emit(harness, "Taken")
        .withArgs(2, 9);
      expect((await harness.accountOf(ALICE)).balance).to.equal(9n);
    });

    it("takes all whole base units that there are", async () => {
      const { harness } = await newBook();
      await harness.deposit(ALICE, 29);
      await expect(harness.debit(ALICE, 0, true, 10))
        .to.emit(harness, "Taken")
        .withArgs(2, 9);
      await expect(harness.debit(ALICE, 0, true, 10))
        .to.emit(harness, "Taken")
        .withArgs(0, 9);
    });

    it("refuses more than the whole base units that there are, with and without streams", async () => {
      const book = await bookWith(30n * TICK);
      await book.harness.deposit(BOB, 29);
      const errors = await ethers.getContractAt("IAccountRegistry", book.harness);
      for (const [account, available] of [
        [BOB, 2n],
        [ALICE, 3n * TICK],
      ] as const) {
        await expect(book.harness.debit(account, available + 1n, false, 10))
          .to.be.revertedWithCustomError(errors, "InsufficientBalance")
          .withArgs(available, available + 1n);
      }
    });

    it("touches an account with streams, and moves its end", async () => {
      const book = await bookWith(30n * TICK);
      await book.goTo(100n);
      await expect(book.harness.debit(ALICE, TICK, false, 10))
        .to.emit(book.harness, "Taken")
        .withArgs(TICK, 20n * TICK - 1_000n)
        .and.to.emit(book.harness, "AccountTouched")
        .withArgs(ALICE, 1, 20n * TICK - 1_000n, 100, 1n * TICK);
    });
  });

  describe("settle", () => {
    it("settles a cluster that nobody has ever paid", async () => {
      const book = await newBook();
      await book.goTo(9n * TICK);
      expect(await book.harness.settle.staticCall(7, 0)).to.deep.equal([0n, true]);
      await expect(book.harness.settle(7, ALL_TICKS)).not.to.emit(book.harness, "ClusterSettled");
    });

    it("tells of ends that it has crossed, and not of ticks before them", async () => {
      const book = await bookWith(30n * TICK);
      await book.harness.deposit(BOB, 80n * TICK);
      await book.raise(BOB, 1n, 10n);
      for (const index of [TICK, 3n * TICK - 1n]) {
        await book.goTo(index);
        await expect(book.harness.settle(1, ALL_TICKS)).not.to.emit(book.harness, "ClusterSettled");
      }
      await book.goTo(3n * TICK + 9n);
      await expect(book.harness.settle(1, 0)).not.to.emit(book.harness, "ClusterSettled");
      await expect(book.harness.settle(1, ALL_TICKS))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 3n * TICK + 9n, 10);
      await expect(book.harness.settle(1, ALL_TICKS)).not.to.emit(book.harness, "ClusterSettled");
    });

    it("tells of a later tick without an end where that is written: in another word, or where a call stopped", async () => {
      const book = await bookWith(20_000n * TICK);
      await book.goTo(255n * TICK);
      await expect(book.harness.settle(1, ALL_TICKS)).not.to.emit(book.harness, "ClusterSettled");
      await book.goTo(256n * TICK + 7n);
      await expect(book.harness.settle(1, ALL_TICKS))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 256n * TICK + 7n, 10);
      expect((await book.line()).crossedTick).to.equal(256n);
      await book.goTo(1_000n * TICK);
      await expect(book.harness.settle(1, 1))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 511n * TICK, 10);
      expect((await book.line()).crossedTick).to.equal(511n);
      await expect(book.harness.settle(1, 0)).not.to.emit(book.harness, "ClusterSettled");
    });
  });
});
