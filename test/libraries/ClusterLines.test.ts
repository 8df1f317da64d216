import { expect } from "chai";

import { ALICE, ALL_TICKS, BOB, type Book, CAROL, newBook, TICK, WHOLE } from "../helpers/payments";

const CROSSED = 2n ** 255n;

/** Lets a payer pay cluster 1 from the book's index on, so that it runs out of funds at an index. */
async function payUntil(book: Book, payer: string, rate: bigint, runsOut: bigint): Promise<void> {
  const { index } = await book.harness.indexNow();
  await book.harness.deposit(payer, rate * (runsOut - index));
  await book.raise(payer, 1n, rate);
}

describe("ClusterLines", () => {
  describe("change", () => {
    it("lets the line rise from where a stream starts, and marks its end", async () => {
      const book = await newBook();
      await book.goTo(100n);
      await payUntil(book, ALICE, 10n, 3n * TICK + 5n);
      expect(await book.line()).to.deep.equal({ rate: 10n, base: -1_000n, crossedTick: 0n });
      expect(await book.end(2n)).to.deep.equal([0n, false]);
      expect(await book.end(3n)).to.deep.equal([10n, true]);
      expect(await book.end(4n)).to.deep.equal([0n, false]);
      await book.goTo(150n);
      expect(await book.pool()).to.deep.equal([500n, 0n]);
    });

    it("lets it be level from where a stream stops, and clears its end", async () => {
      const book = await newBook();
      await book.goTo(100n);
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(150n);
      await book.lower(ALICE, 1n, 10n);
      expect(await book.line()).to.deep.equal({ rate: 0n, base: 500n, crossedTick: 0n });
      expect(await book.end(3n)).to.deep.equal([0n, false]);
    });

    it("keeps an end where it is while its rate changes, and the account runs out of funds in the same tick", async () => {
      const book = await newBook();
      await book.goTo(100n);
      await payUntil(book, ALICE, 1_000n, 3n * TICK);
      await book.goTo(150n);
      // Less than a tick's worth of it is won.
      await book.lower(ALICE, 1n, 1n);
      expect(await book.end(3n)).to.deep.equal([999n, true]);
      expect(await book.line()).to.deep.equal({ rate: 999n, base: 150n - 100_000n, crossedTick: 0n });
      await book.raise(ALICE, 1n, 1n);
      expect(await book.end(3n)).to.deep.equal([1_000n, true]);
      expect(await book.line()).to.deep.equal({ rate: 1_000n, base: -100_000n, crossedTick: 0n });
    });

    it("clears the end of a stream that stops while the account's other streams go on to end in the same tick", async () => {
      const book = await newBook();
      await book.goTo(100n);
      await book.harness.deposit(ALICE, 1_001n * (3n * TICK - 100n));
      await book.raise(ALICE, 2n, 1_000n);
      await book.raise(ALICE, 1n, 1n);
      expect(await book.end(3n)).to.deep.equal([1n, true]);
      await book.goTo(150n);
      await book.lower(ALICE, 1n, 1n);
      expect(await book.end(3n)).to.deep.equal([0n, false]);
    });

    it("moves the end of the lowest rate, and clears its mark", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 1n, 3n * TICK);
      await book.harness.deposit(ALICE, TICK);
      expect(await book.end(3n)).to.deep.equal([0n, false]);
      expect(await book.end(4n)).to.deep.equal([1n, true]);
      await book.lower(ALICE, 1n, 1n);
      expect(await book.end(4n)).to.deep.equal([0n, false]);
    });

    it("moves an end with the funds of its account, and leaves the line as it is", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      const line = await book.line();
      await book.harness.deposit(ALICE, 10n * TICK);
      expect(await book.end(3n)).to.deep.equal([0n, false]);
      expect(await book.end(4n)).to.deep.equal([10n, true]);
      await book.harness.change(ALICE, -30n * TICK);
      expect(await book.end(4n)).to.deep.equal([0n, false]);
      expect(await book.end(1n)).to.deep.equal([10n, true]);
      expect(await book.line()).to.deep.equal(line);
    });

    it("takes a stream off the line while its account has less than a tick, and puts it back on", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(100n);
      await book.harness.change(ALICE, -(30n * TICK - 1_000n) + 10n * (TICK - 101n));
      expect(await book.line()).to.deep.equal({ rate: 0n, base: 1_000n, crossedTick: 0n });
      expect(await book.end(3n)).to.deep.equal([0n, false]);
      await book.goTo(150n);
      expect(await book.pool()).to.deep.equal([1_000n, 0n]);
      // What was paid in between comes with the touch.
      await book.harness.deposit(ALICE, 10n);
      expect(await book.line()).to.deep.equal({ rate: 10n, base: 0n, crossedTick: 0n });
      expect(await book.end(1n)).to.deep.equal([10n, true]);
    });

    it("adds what several accounts end in one tick, and clears the tick with the last of them", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 3n * TICK + 1n);
      await payUntil(book, CAROL, 5n, 4n * TICK - 1n);
      expect(await book.end(3n)).to.deep.equal([22n, true]);
      await book.harness.deposit(CAROL, 5n);
      expect(await book.end(3n)).to.deep.equal([17n, true]);
      expect(await book.end(4n)).to.deep.equal([5n, true]);
      await book.lower(ALICE, 1n, 10n);
      expect(await book.end(3n)).to.deep.equal([7n, true]);
      await book.lower(BOB, 1n, 7n);
      expect(await book.end(3n)).to.deep.equal([0n, false]);
    });

    it("marks each tick of a word by itself", async () => {
      const book = await newBook();
      for (const [payer, tick] of [
        [ALICE, 1n],
        [BOB, 255n],
        [CAROL, 256n],
      ] as const) {
        await payUntil(book, payer, 10n, tick * TICK);
      }
      const [, marked] = await book.harness.endsOf(1, [0, 1, 2, 254, 255, 256, 257, 511, 512]);
      expect([...marked]).to.deep.equal([false, true, false, false, true, true, false, false, false]);
      await book.lower(BOB, 1n, 10n);
      const [, left] = await book.harness.endsOf(1, [1, 255, 256]);
      expect([...left]).to.deep.equal([true, false, true]);
    });

    it("leaves an end that has been passed to be crossed, and starts anew", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(5n * TICK);
      await book.harness.deposit(ALICE, 20n * TICK);
      // Twice the rate, until the end is crossed.
      expect(await book.line()).to.deep.equal({ rate: 20n, base: -50n * TICK, crossedTick: 0n });
      expect(await book.end(3n)).to.deep.equal([10n, true]);
      expect(await book.end(7n)).to.deep.equal([10n, true]);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
      await book.harness.settle(1, ALL_TICKS);
      expect(await book.line()).to.deep.equal({ rate: 10n, base: -20n * TICK, crossedTick: 5n });
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
    });

    it("counts ticks from where a line without streams starts again, however far that is", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(5n * TICK);
      await book.harness.settle(1, ALL_TICKS);
      expect(await book.line()).to.deep.equal({ rate: 0n, base: 30n * TICK, crossedTick: 5n });
      await book.goTo(1_000_000n * TICK + 7n);
      // Nothing to cross, and so nothing is written.
      expect(await book.harness.settle.staticCall(1, 0)).to.deep.equal([1_000_000n * TICK + 7n, true]);
      expect((await book.line()).crossedTick).to.equal(5n);
      await book.harness.deposit(ALICE, 10n * 2n * TICK);
      expect((await book.line()).crossedTick).to.equal(1_000_000n);
      await book.goTo(1_000_002n * TICK);
      expect(await book.take(2n)).to.equal(50n * TICK - 70n);
    });

    it("does not count from there while another stream is on the line", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(5n * TICK);
      await payUntil(book, BOB, 7n, 9n * TICK);
      expect((await book.line()).crossedTick).to.equal(0n);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
      await book.goTo(10n * TICK);
      expect(await book.take()).to.equal(58n * TICK);
    });
  });

  describe("cross", () => {
    it("crosses an end at its index, and not one before", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(3n * TICK - 1n);
      await expect(book.harness.settle(1, ALL_TICKS)).not.to.emit(book.harness, "ClusterSettled");
      expect(await book.pool()).to.deep.equal([30n * TICK - 10n, 0n]);
      await book.goTo(3n * TICK);
      await expect(book.harness.settle(1, ALL_TICKS))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 3n * TICK, 0);
      expect(await book.line()).to.deep.equal({ rate: 0n, base: 30n * TICK, crossedTick: 3n });
      // It stays marked: no tick is looked at twice.
      expect(await book.end(3n)).to.deep.equal([10n, true]);
      await book.goTo(9n * TICK);
      expect(await book.pool()).to.deep.equal([30n * TICK, 0n]);
    });

    it("crosses the ends of several accounts in one tick at once", async () => {
      const book = await newBook();
      for (const [payer, rate] of [
        [ALICE, 10n],
        [BOB, 7n],
        [CAROL, 5n],
      ] as const) {
        await payUntil(book, payer, rate, 3n * TICK);
      }
      await book.goTo(4n * TICK);
      expect(await book.take(2n)).to.equal(66n * TICK);
      expect((await book.line()).rate).to.equal(0n);
    });

    it("crosses ends one after the other, as many as it is told", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 5n * TICK);
      await payUntil(book, CAROL, 5n, 100n * TICK);
      await book.goTo(8n * TICK + 9n);
      const settle = (maxTicks: bigint): Promise<[bigint, boolean]> => book.harness.settle.staticCall(1, maxTicks).then(([a, b]) => [a, b]);
      expect(await settle(0n)).to.deep.equal([0n, false]);
      expect(await settle(1n)).to.deep.equal([3n * TICK, false]);
      expect(await settle(2n)).to.deep.equal([5n * TICK, false]);
      // The third finds nothing up to now.
      expect(await settle(3n)).to.deep.equal([8n * TICK + 9n, true]);

      await book.harness.settle(1, 0);
      expect((await book.line()).crossedTick).to.equal(0n);
      await expect(book.harness.settle(1, 1))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 3n * TICK, 12);
      expect(await book.line()).to.deep.equal({ rate: 12n, base: 30n * TICK, crossedTick: 3n });
      await expect(book.harness.settle(1, 5))
        .to.emit(book.harness, "ClusterSettled")
        .withArgs(1, 8n * TICK + 9n, 5);
      expect(await book.line()).to.deep.equal({ rate: 5n, base: 65n * TICK, crossedTick: 8n });
      // In the same tick there is nothing to look for, not even with no tick at all.
      expect(await settle(0n)).to.deep.equal([8n * TICK + 9n, true]);
    });

    it("passes over 256 ticks without an end as over one", async () => {
      const book = await newBook();
      await book.goTo(10n * TICK);
      await payUntil(book, ALICE, 10n, 700n * TICK);
      await payUntil(book, BOB, 7n, 5_000n * TICK);
      await book.goTo(720n * TICK);
      for (const [maxTicks, reached, complete, earned] of [
        [0n, 10n * TICK, false, 0n],
        [1n, 255n * TICK, false, 17n * 245n * TICK],
        [2n, 511n * TICK, false, 17n * 501n * TICK],
        [3n, 700n * TICK, false, 17n * 690n * TICK],
        [4n, 720n * TICK, true, (17n * 690n + 7n * 20n) * TICK],
      ] as const) {
        expect(await book.harness.settle.staticCall(1, maxTicks)).to.deep.equal([reached, complete]);
        expect(await book.harness.preview(1, maxTicks)).to.deep.equal([earned, 0n, complete]);
      }
      await book.harness.settle(1, 2);
      expect((await book.line()).crossedTick).to.equal(511n);
      expect((await book.line()).rate).to.equal(17n);
      await book.harness.settle(1, 2);
      expect((await book.line()).crossedTick).to.equal(720n);
      expect((await book.line()).rate).to.equal(7n);
    });

    it("goes on from where it has come, in whatever parts", async () => {
      const book = await newBook();
      await book.goTo(10n * TICK);
      await payUntil(book, ALICE, 10n, 700n * TICK);
      await book.goTo(720n * TICK);
      for (const crossedTick of [255n, 511n, 700n]) {
        await book.harness.settle(1, 1);
        expect((await book.line()).crossedTick).to.equal(crossedTick);
      }
      expect((await book.line()).rate).to.equal(0n);
    });

    it("writes how far it has come at once only where that is in another word, or there was an end", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 1_000n * TICK);
      await book.goTo(200n * TICK);
      await book.harness.settle(1, ALL_TICKS);
      expect((await book.line()).crossedTick).to.equal(0n);
      await book.goTo(256n * TICK);
      await book.harness.settle(1, ALL_TICKS);
      expect((await book.line()).crossedTick).to.equal(256n);
    });

    for (const tick of [1n, 254n, 255n, 256n, 257n, 511n, 512n, 513n]) {
      it(`finds an end at the borders of words: ${tick}`, async () => {
        const book = await newBook();
        await payUntil(book, ALICE, 10n, tick * TICK);
        await payUntil(book, BOB, 7n, 100_000n * TICK);
        await book.goTo(tick * TICK - 1n);
        await book.harness.settle(1, ALL_TICKS);
        expect((await book.line()).rate).to.equal(17n);
        await book.goTo(tick * TICK);
        await book.harness.settle(1, ALL_TICKS);
        expect((await book.line()).rate).to.equal(7n);
        await book.goTo((tick + 600n) * TICK);
        expect(await book.take()).to.equal((17n * tick + 7n * 600n) * TICK);
      });
    }

    it("goes on from the last tick of a word, and from the first", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 255n * TICK);
      await payUntil(book, BOB, 7n, 256n * TICK);
      await payUntil(book, CAROL, 5n, 257n * TICK);
      await book.goTo(300n * TICK);
      for (const [tick, rate] of [
        [255n, 12n],
        [256n, 5n],
        [257n, 0n],
      ] as const) {
        await expect(book.harness.settle(1, 1))
          .to.emit(book.harness, "ClusterSettled")
          .withArgs(1, tick * TICK, rate);
      }
      expect(await book.take(0n)).to.equal((2_550n + 7n * 256n + 5n * 257n) * TICK);
    });
  });

  describe("take", () => {
    it("takes all that has been earned, once", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(TICK);
      expect(await book.take()).to.equal(10n * TICK);
      expect(await book.pool()).to.deep.equal([0n, 0n]);
      expect(await book.take()).to.equal(0n);
      await book.goTo(TICK + 1n);
      expect(await book.take()).to.equal(10n);
    });

    it("takes a single scaled unit, once", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 1n, 20n * TICK);
      await book.goTo(1n);
      expect(await book.take()).to.equal(1n);
      expect(await book.take()).to.equal(0n);
    });

    it("takes nothing of a cluster that nobody pays", async () => {
      const book = await newBook();
      expect(await book.take()).to.equal(0n);
      expect(await book.line()).to.deep.equal({ rate: 0n, base: 0n, crossedTick: 0n });
    });

    it("takes never too much where not all ends have been crossed, and all of it in the end", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 6n * TICK);
      await book.goTo(10n * TICK);
      // Up to tick 3: nothing of what CAROL pays, which started after it, and counts against the others until then.
      await payUntil(book, CAROL, 100n, 20n * TICK);
      await book.goTo(11n * TICK);
      const parts: bigint[] = [];
      for (const maxTicks of [0n, 1n, 1n, 1n]) parts.push(await book.take(maxTicks));
      expect(parts).to.deep.equal([0n, 0n, 0n, (30n + 42n + 100n) * TICK]);
    });

    it("takes what was earned up to where it has come", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 6n * TICK);
      await payUntil(book, CAROL, 5n, 20n * TICK);
      await book.goTo(11n * TICK);
      const parts: bigint[] = [];
      for (const maxTicks of [0n, 1n, 1n, 1n]) parts.push(await book.take(maxTicks));
      expect(parts).to.deep.equal([0n, 66n * TICK, 36n * TICK, 25n * TICK]);
    });
  });

  describe("unserved time", () => {
    const setShare = (book: Book, share: bigint): Promise<unknown> => book.harness.setUnservedShare(1, share);

    it("withholds the share from its start on, and adds up what is not served as a line", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await book.goTo(TICK);
      await setShare(book, WHOLE / 4n);
      expect(await book.harness.unservedOf(1, ALICE)).to.deep.equal([true, [-(WHOLE / 4n) * TICK, WHOLE / 4n], 0n]);
      expect((await book.harness.lineOf(1)).unservedSince).to.equal(TICK);
      await book.goTo(5n * TICK);
      expect(await book.pool()).to.deep.equal([40n * TICK, 10n * TICK]);
      await setShare(book, WHOLE / 2n);
      // U is TICK by then, in the unit of shares.
      expect(await book.harness.unservedOf(1, ALICE)).to.deep.equal([true, [WHOLE * TICK - (WHOLE / 2n) * 5n * TICK, WHOLE / 2n], 0n]);
      await book.goTo(7n * TICK);
      expect(await book.pool()).to.deep.equal([50n * TICK, 20n * TICK]);
      await setShare(book, 0n);
      await book.goTo(8n * TICK);
      expect(await book.pool()).to.deep.equal([60n * TICK, 20n * TICK]);
    });

    it("takes only what was served, and refunds the rest", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await setShare(book, WHOLE / 4n);
      await book.goTo(4n * TICK);
      expect(await book.take()).to.equal(30n * TICK);
      expect(await book.pool()).to.deep.equal([0n, 10n * TICK]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([0n, 10n * TICK]);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 1, 10n * TICK);
      expect(await book.balanceOf(ALICE)).to.equal(270n * TICK);
      expect(await book.pool()).to.deep.equal([0n, 0n]);
      expect((await book.harness.unservedOf(1, ALICE)).upTo).to.equal(WHOLE * TICK);
      // Once.
      await expect(book.harness.touch(ALICE)).not.to.emit(book.harness, "UnservedRefunded");
    });

    it("withholds everything where nothing is served", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await book.goTo(7n);
      await setShare(book, WHOLE);
      await book.goTo(4n * TICK);
      expect(await book.take()).to.equal(70n);
      expect(await book.pool()).to.deep.equal([0n, 40n * TICK - 70n]);
      await book.harness.touch(ALICE);
      expect(await book.balanceOf(ALICE)).to.equal(300n * TICK - 70n);
    });

    it("rounds what is withheld up, a refund down, and leaves the rest with the cluster", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await setShare(book, WHOLE / 3n);
      await book.goTo(1n);
      // 10 x 1,431,655,765 / 2^32 is 3.33.
      expect(await book.pool()).to.deep.equal([6n, 4n]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([0n, 3n]);
      await expect(book.harness.touch(ALICE)).to.emit(book.harness, "UnservedRefunded").withArgs(ALICE, 1, 3);
      expect(await book.pool()).to.deep.equal([7n, 0n]);
    });

    it("gives no refund of less than a scaled unit, and does not keep it for later", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await setShare(book, WHOLE / 20n);
      await book.goTo(1n);
      expect(await book.pool()).to.deep.equal([9n, 1n]);
      await expect(book.harness.touch(ALICE)).not.to.emit(book.harness, "UnservedRefunded");
      expect(await book.pool()).to.deep.equal([10n, 0n]);
      await book.goTo(2n);
      await expect(book.harness.touch(ALICE)).not.to.emit(book.harness, "UnservedRefunded");
      expect(await book.pool()).to.deep.equal([20n, 0n]);
    });

    it("notes what was not served at each end that is crossed, and at no other tick", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 300n * TICK);
      await payUntil(book, CAROL, 5n, 600n * TICK);
      await book.goTo(TICK);
      await setShare(book, WHOLE / 4n);
      await book.goTo(400n * TICK);
      await book.harness.settle(1, ALL_TICKS);
      const [ends] = await book.harness.endsOf(1, [1, 2, 3, 4, 255, 256, 300, 301, 400, 511, 600]);
      const notes = [3n, 300n].map((tick) => CROSSED + (WHOLE / 4n) * (tick - 1n) * TICK);
      expect([...ends]).to.deep.equal([0n, 0n, notes[0], 0n, 0n, 0n, notes[1], 0n, 0n, 0n, 5n]);
      // 2 ticks of 10, 299 of 7 and 399 of 5, of which a quarter is withheld.
      expect((await book.pool())[1]).to.equal(((20n + 299n * 7n + 399n * 5n) * TICK) / 4n);
      expect((await book.harness.lineOf(1)).unservedBase).to.equal((WHOLE / 4n) * (20n + 299n * 7n) * TICK);
    });

    it("refunds a payer that ran out of funds up to its end, crossed or not, and after another share", async () => {
      for (const settles of ["not at all", "at once", "with another share"] as const) {
        const book = await newBook();
        await payUntil(book, ALICE, 10n, 3n * TICK);
        await payUntil(book, BOB, 7n, 300n * TICK);
        await book.goTo(TICK);
        await setShare(book, WHOLE / 4n);
        await book.goTo(5n * TICK);
        if (settles === "at once") await book.harness.settle(1, ALL_TICKS);
        if (settles === "with another share") await setShare(book, WHOLE);
        await book.goTo(6n * TICK);
        expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([0n, 5n * TICK]);
        await expect(book.harness.touch(ALICE))
          .to.emit(book.harness, "UnservedRefunded")
          .withArgs(ALICE, 1, 5n * TICK);
        // What is left to withhold is of BOB: a quarter of 5 ticks, or of 4 and all of one.
        expect((await book.pool())[1]).to.equal(settles === "with another share" ? 14n * TICK : (35n * TICK) / 4n);
      }
    });

    it("refunds nothing of a time before the cluster had any, to a payer whose end was crossed then", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 4n);
      await payUntil(book, BOB, 7n, 300n * TICK);
      await book.goTo(4n * TICK);
      await setShare(book, WHOLE);
      await book.goTo(5n * TICK);
      expect(await book.end(3n)).to.deep.equal([10n, true]);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([40n, 0n]);
      await expect(book.harness.touch(ALICE)).not.to.emit(book.harness, "UnservedRefunded");
      expect(await book.pool()).to.deep.equal([(30n + 28n) * TICK + 40n, 7n * TICK]);
      expect(await book.balanceOf(ALICE)).to.equal(0n);
    });

    it("refunds nothing of a time before a payer's stream started", async () => {
      const book = await newBook();
      await setShare(book, WHOLE);
      await book.goTo(2n * TICK);
      await payUntil(book, ALICE, 10n, 30n * TICK);
      expect((await book.harness.unservedOf(1, ALICE)).upTo).to.equal(2n * WHOLE * TICK);
      await book.goTo(3n * TICK);
      await expect(book.lower(ALICE, 1n, 10n))
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 1, 10n * TICK);
      // Nor of the time between two streams of it.
      await book.goTo(7n * TICK);
      await book.raise(ALICE, 1n, 20n);
      await book.goTo(8n * TICK);
      await expect(book.lower(ALICE, 1n, 20n))
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 1, 20n * TICK);
      expect(await book.balanceOf(ALICE)).to.equal(280n * TICK);
      expect(await book.pool()).to.deep.equal([0n, 0n]);
    });

    it("refunds of the late part, too, where the share is that of its end", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
      await book.goTo(TICK);
      await setShare(book, WHOLE / 4n);
      await book.goTo(5n * TICK);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1_000n, 5n * TICK + 250n]);
      await book.harness.touch(ALICE);
      expect(await book.balanceOf(ALICE)).to.equal(5n * TICK + 250n);
      expect(await book.pool()).to.deep.equal([25n * TICK + 750n, 0n]);
    });

    it("refunds of the late part where the share has changed at the end, as the new one", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
      await setShare(book, WHOLE / 4n);
      await book.goTo(3n * TICK);
      await setShare(book, WHOLE / 2n);
      await book.goTo(5n * TICK);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1_000n, (30n * TICK) / 4n + 500n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([(90n * TICK) / 4n + 500n, 0n]);
    });

    it("refunds nothing of the late part where the share has changed since", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
      await setShare(book, WHOLE / 4n);
      await book.goTo(3n * TICK + 1n);
      await setShare(book, WHOLE / 5n);
      await book.goTo(5n * TICK);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1_000n, (30n * TICK) / 4n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([(90n * TICK) / 4n + 1_000n, 0n]);
    });

    it("refunds of the late part where the same share was set again", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
      await setShare(book, WHOLE / 4n);
      await book.goTo(3n * TICK + 1n);
      await setShare(book, WHOLE / 4n);
      await book.goTo(5n * TICK);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1_000n, (30n * TICK + 1_000n) / 4n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([(90n * TICK) / 4n + 750n, 0n]);
    });

    it("refunds of the late part by all shares, where the account has been funded ever since", async () => {
      // Without an end: 30 at a half, and 10 at a fifth.
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 100n);
      await setShare(book, WHOLE / 2n);
      await book.goTo(30n);
      await setShare(book, WHOLE / 5n);
      await book.goTo(40n);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([400n, 169n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([231n, 0n]);
      await book.goTo(50n);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([100n, 19n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([312n, 0n]);
      expect(await book.balanceOf(ALICE)).to.equal(688n);
    });

    it("refunds of the late part by all shares, after an end, whenever that was crossed, until the account runs out of funds", async () => {
      for (const settles of [false, true]) {
        for (const [index, late, refund] of [
          // Half of 3 ticks and of 20, and a quarter of what is paid since.
          [3n * TICK + 60n, 600n, 15n * TICK + 100n + 100n],
          [3n * TICK + 100n, 1_000n, 15n * TICK + 100n + 200n],
          // Of the late part nothing is known any more.
          [3n * TICK + 101n, 1_000n, 15n * TICK],
        ] as const) {
          const book = await newBook();
          await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
          await setShare(book, WHOLE / 2n);
          if (settles) {
            await book.goTo(3n * TICK + 5n);
            await book.harness.settle(1, ALL_TICKS);
          }
          await book.goTo(3n * TICK + 20n);
          await setShare(book, WHOLE / 4n);
          await book.goTo(index);
          expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([late, refund]);
          await book.harness.touch(ALICE);
          expect((await book.pool())[0]).to.equal(30n * TICK + late - refund);
        }
      }
    });

    it("refunds of the late part from the first share on, where its end was crossed before there was any", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK + 100n);
      await book.goTo(3n * TICK + 20n);
      await setShare(book, WHOLE / 2n);
      await book.goTo(3n * TICK + 60n);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([600n, 200n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([30n * TICK + 400n, 0n]);
    });

    it("refunds nothing of the late part without an end where the share has changed and the account ran out of funds", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 100n);
      await setShare(book, WHOLE / 2n);
      await book.goTo(30n);
      await setShare(book, WHOLE / 5n);
      await book.goTo(101n);
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1_000n, 0n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([1_000n, 0n]);
    });

    it("adds what is on the line and what is late before it rounds", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 1n, TICK + 1n);
      await book.goTo(1n);
      await setShare(book, WHOLE / 2n);
      await book.goTo(2n * TICK);
      // Half of 4,095 and half of 1.
      expect(await book.harness.pendingOf(ALICE, 0)).to.deep.equal([1n, TICK / 2n]);
      await book.harness.touch(ALICE);
      expect(await book.pool()).to.deep.equal([TICK / 2n + 1n, 0n]);
      expect(await book.balanceOf(ALICE)).to.equal(TICK / 2n);
    });

    it("changes twice at one index: the second share counts, from there on", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await setShare(book, WHOLE / 4n);
      await book.goTo(2n * TICK);
      await setShare(book, WHOLE);
      await setShare(book, WHOLE / 2n);
      await book.goTo(3n * TICK);
      expect(await book.pool()).to.deep.equal([20n * TICK, 10n * TICK]);
      await book.harness.touch(ALICE);
      expect(await book.balanceOf(ALICE)).to.equal(280n * TICK);
    });

    it("is straight at least from the last change of the share on, whatever has been crossed", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await book.goTo(2n * TICK + 50n);
      await setShare(book, WHOLE / 2n);
      await book.goTo(3n * TICK);
      expect((await book.line()).crossedTick).to.equal(0n);
      expect(await book.harness.settle.staticCall(1, 0)).to.deep.equal([2n * TICK + 50n, false]);
      expect(await book.harness.preview(1, 0)).to.deep.equal([20n * TICK + 500n, 0n, false]);
      expect(await book.take(0n)).to.equal(20n * TICK + 500n);
      expect(await book.take(1n)).to.equal((10n * TICK - 500n) / 2n);
    });

    it("takes never too much where not all ends have been crossed, and all that was served in the end", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await payUntil(book, BOB, 7n, 6n * TICK);
      await setShare(book, WHOLE / 4n);
      await book.goTo(10n * TICK);
      await payUntil(book, CAROL, 4n, 20n * TICK);
      await book.goTo(11n * TICK);
      const parts: bigint[] = [];
      for (const maxTicks of [0n, 1n, 1n, 1n]) {
        const [amount] = await book.harness.preview(1, maxTicks);
        parts.push(await book.take(maxTicks));
        expect(parts.at(-1)).to.equal(amount);
      }
      // At tick 3, three quarters of 51 less the 28 by which CAROL is ahead; at tick 6, of 72 less 16.
      const at3 = (3n * (51n - 28n) * TICK) / 4n;
      const at6 = (3n * (72n - 16n) * TICK) / 4n;
      expect(parts).to.deep.equal([0n, at3, at6 - at3, (3n * 76n * TICK) / 4n - at6]);
      for (const payer of [ALICE, BOB, CAROL]) await book.harness.touch(payer);
      expect(await book.pool()).to.deep.equal([0n, 0n]);
      expect(await book.balanceOf(ALICE)).to.equal((30n * TICK) / 4n);
      expect(await book.balanceOf(BOB)).to.equal((42n * TICK) / 4n);
      expect(await book.balanceOf(CAROL)).to.equal(36n * TICK + TICK);
    });

    it("counts nothing while no share is unserved, and keeps what was due", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 30n * TICK);
      await setShare(book, WHOLE / 2n);
      await book.goTo(2n * TICK);
      await setShare(book, 0n);
      await book.goTo(4n * TICK);
      expect(await book.take()).to.equal(30n * TICK);
      await expect(book.harness.touch(ALICE))
        .to.emit(book.harness, "UnservedRefunded")
        .withArgs(ALICE, 1, 10n * TICK);
    });
  });

  describe("preview", () => {
    it("shows nothing withheld where the line is below zero, as a stream has started since", async () => {
      const book = await newBook();
      await payUntil(book, ALICE, 10n, 3n * TICK);
      await book.goTo(10n * TICK);
      await payUntil(book, BOB, 100n, 20n * TICK);
      expect(await book.harness.preview(1, 0)).to.deep.equal([0n, 0n, false]);
      expect(await book.harness.preview(1, 1)).to.deep.equal([0n, 0n, false]);
      expect(await book.harness.preview(1, 2)).to.deep.equal([30n * TICK, 0n, true]);
    });
  });
});
