import { expect } from "chai";
import { ethers } from "hardhat";

import { at, now, passTo } from "../helpers/units";

/** At the highest and at the lowest of prices. */
const SLOWEST = 10n ** 11n;
const FASTEST = 10n ** 26n;
const PAUSED = 128n;

describe("CurrencyIndexes", () => {
  describe("current", () => {
    it("is what was written plus the growth since", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      await harness.set({ value: 5, perSecond: 7, updatedAt: start, flags: PAUSED });
      await passTo(start);
      expect(await harness.current()).to.equal(5n);
      await passTo(start + 11n);
      expect(await harness.current()).to.equal(82n);
    });

    it("holds for the largest numbers", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = await now();
      await harness.set({ value: 2n ** 120n - 1n, perSecond: 2n ** 88n - 1n, updatedAt: 0, flags: 0 });
      await passTo(start + 10n);
      expect(await harness.current()).to.equal(2n ** 120n - 1n + (2n ** 88n - 1n) * (start + 10n));
    });
  });

  describe("start", () => {
    it("begins at zero and now, not paused, with ticks of about an hour", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      for (const [i, [perSecond, tickBits]] of [
        [SLOWEST, 48n],
        [2n ** 60n / 3_600n, 59n],
        [2n ** 60n / 3_600n + 1n, 60n],
        [10n ** 18n, 71n],
        [FASTEST, 98n],
      ].entries()) {
        const time = start + BigInt(i);
        await at(time);
        await harness.start(perSecond!);
        expect(await harness.currencyIndex()).to.deep.equal([0n, perSecond, time, tickBits]);
        expect(await harness.tickBits()).to.equal(tickBits);
        expect(await harness.isPaused()).to.equal(false);
      }
    });
  });

  describe("setSpeed", () => {
    it("changes the slope alone, and leaves the pause and the ticks as they are", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      for (const flags of [PAUSED + 71n, 71n]) {
        const time = start + (flags > PAUSED ? 0n : 100n);
        await harness.set({ value: 1000, perSecond: 3, updatedAt: time, flags });
        await at(time + 10n);
        await expect(harness.setSpeed(333n)).to.emit(harness, "SpeedSet").withArgs(1030);
        expect(await harness.currencyIndex()).to.deep.equal([1030n, 333n, time + 10n, flags]);
      }
    });

    it("fits at both ends of the range of prices", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      for (const perSecond of [FASTEST, SLOWEST]) {
        await harness.setSpeed(perSecond);
        expect((await harness.currencyIndex()).perSecond).to.equal(perSecond);
      }
    });
  });

  describe("setPaused", () => {
    it("changes nothing but whether it is paused", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      for (const tickBits of [0n, 48n, 98n, 127n]) {
        await harness.set({ value: 5, perSecond: 7, updatedAt: 9, flags: tickBits });
        for (const paused of [true, true, false, false]) {
          await harness.setPaused(paused);
          expect([await harness.isPaused(), await harness.tickBits()]).to.deep.equal([paused, tickBits]);
          expect((await harness.currencyIndex()).slice(0, 3)).to.deep.equal([5n, 7n, 9n]);
        }
      }
    });
  });
});
