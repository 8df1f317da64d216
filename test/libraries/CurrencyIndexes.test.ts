import { expect } from "chai";
import { ethers } from "hardhat";

import { at, now, passTo } from "../helpers/units";

const PAUSED = 128n;
const HOUR = 3_600n;
const MIN_SPEED = 10n ** 11n;
const MAX_SPEED = 10n ** 26n;

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
    it("begins at zero, now, and not paused", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      await at(start);
      await harness.start(10n ** 18n);
      expect(await harness.currencyIndex()).to.deep.equal([0n, 10n ** 18n, start, 72n]);
      expect(await harness.isPaused()).to.equal(false);
    });

    const ticks: [name: string, perSecond: bigint, bits: bigint][] = [
      ["the slowest index, 10^11 a second", MIN_SPEED, 48n],
      ["the fastest, 10^26 a second", MAX_SPEED, 98n],
      ["1 USD", 10n ** 18n, 72n],
      ["2 USD, where it is one less", 5n * 10n ** 17n, 71n],
      ["3,000 USD", 333_333_333_333_333n, 60n],
    ];
    for (const [name, perSecond, bits] of ticks) {
      it(`takes for a tick the power of two that is nearest to an hour: ${name}`, async () => {
        const harness = await ethers.deployContract("CurrencyIndexesHarness");
        await harness.start(perSecond);
        expect(await harness.tickBits()).to.equal(bits);
        // By the logarithm: a tick is between an hour by the root of two, and an hour times it.
        const hour = perSecond * HOUR;
        expect(2n ** (2n * bits) <= 2n * hour * hour && hour * hour < 2n * 2n ** (2n * bits)).to.equal(true);
      });
    }

    it("takes the larger power from the root of two between them on", async () => {
      // An hour's index is the first, or the last, multiple of 3,600 beside 2^72.5.
      const root = 6_678_434_726_570_384_492_722n;
      expect(root * root <= 2n ** 145n && (root + 1n) * (root + 1n) > 2n ** 145n).to.equal(true);
      for (const [perSecond, bits] of [
        [root / HOUR, 72n],
        [root / HOUR + 1n, 73n],
      ] as const) {
        const harness = await ethers.deployContract("CurrencyIndexesHarness");
        await harness.start(perSecond);
        expect(await harness.tickBits()).to.equal(bits);
      }
    });
  });

  describe("setSpeed", () => {
    it("changes the slope alone, and leaves the pause and the ticks as they are", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      for (const flags of [PAUSED + 72n, 72n]) {
        const time = start + (flags === 72n ? 100n : 0n);
        await harness.set({ value: 1000, perSecond: 3, updatedAt: time, flags });
        await at(time + 10n);
        await expect(harness.setSpeed(333_333_333_333_333_333n)).to.emit(harness, "SpeedSet").withArgs(1030);
        expect(await harness.currencyIndex()).to.deep.equal([1030n, 333_333_333_333_333_333n, time + 10n, flags]);
      }
    });

    it("fits at both ends of the range of speeds", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      for (const perSecond of [MIN_SPEED, MAX_SPEED]) {
        await harness.set({ value: 0, perSecond: 0, updatedAt: await now(), flags: 0 });
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
