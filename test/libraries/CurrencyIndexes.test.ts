import { expect } from "chai";
import { ethers } from "hardhat";

import { at, now, passTo } from "../helpers/units";

const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = 10n ** 25n;

describe("CurrencyIndexes", () => {
  describe("current", () => {
    it("is what was written plus the growth since", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      await harness.set({ value: 5, perSecond: 7, updatedAt: start, paused: true });
      await passTo(start);
      expect(await harness.current()).to.equal(5n);
      await passTo(start + 11n);
      expect(await harness.current()).to.equal(82n);
    });

    it("holds for the largest numbers", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = await now();
      await harness.set({ value: 2n ** 120n - 1n, perSecond: 2n ** 88n - 1n, updatedAt: 0, paused: false });
      await passTo(start + 10n);
      expect(await harness.current()).to.equal(2n ** 120n - 1n + (2n ** 88n - 1n) * (start + 10n));
    });
  });

  describe("setPrice", () => {
    it("changes the slope alone, and leaves the pause as it is", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      const start = (await now()) + 100n;
      for (const paused of [true, false]) {
        const time = start + (paused ? 0n : 100n);
        await harness.set({ value: 1000, perSecond: 3, updatedAt: time, paused });
        await at(time + 10n);
        await expect(harness.setPrice(3n * 10n ** 18n))
          .to.emit(harness, "PriceSet")
          .withArgs(1030);
        expect(await harness.currencyIndex()).to.deep.equal([1030n, 333_333_333_333_333_333n, time + 10n, paused]);
      }
    });

    it("fits at both ends of the range of prices", async () => {
      const harness = await ethers.deployContract("CurrencyIndexesHarness");
      await harness.setPrice(MIN_PRICE);
      expect((await harness.currencyIndex()).perSecond).to.equal(10n ** 26n);
      await harness.set({ value: 0, perSecond: 0, updatedAt: await now(), paused: false });
      await harness.setPrice(MAX_PRICE);
      expect((await harness.currencyIndex()).perSecond).to.equal(10n ** 11n);
    });
  });
});
