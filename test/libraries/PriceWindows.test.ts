import { expect } from "chai";
import { ethers } from "hardhat";

import type { PriceWindowsHarness } from "../../typechain-types";
import { at, now, passTo } from "../helpers/units";

const HOUR = 3600n;
const DAY = 86_400n;
const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = 10n ** 25n;
const PRICE = 10n ** 18n;

/** Windows that have opened at a price, and when. */
async function opened(price = PRICE): Promise<{ harness: PriceWindowsHarness; start: bigint }> {
  const harness = await ethers.deployContract("PriceWindowsHarness");
  const start = (await now()) + 1_000n;
  await at(start);
  await harness.open(price);
  return { harness, start };
}

describe("PriceWindows", () => {
  describe("open", () => {
    it("opens both windows", async () => {
      const { harness, start } = await opened(MAX_PRICE);
      expect(await harness.windows()).to.deep.equal([start, MAX_PRICE, start, MAX_PRICE]);
    });
  });

  describe("reopen", () => {
    const cases: [seconds: bigint, hour: boolean, day: boolean][] = [
      [1n, false, false],
      [HOUR - 1n, false, false],
      [HOUR, true, false],
      [DAY - 1n, true, false],
      [DAY, true, true],
    ];
    for (const [seconds, hour, day] of cases) {
      it(`after ${seconds} s opens ${hour ? "the hour" : "no hour"} and ${day ? "the day" : "no day"}`, async () => {
        const { harness, start } = await opened();
        const time = start + seconds;
        await at(time);
        await harness.reopen(77);
        expect(await harness.windows()).to.deep.equal([...(hour ? [time, 77n] : [start, PRICE]), ...(day ? [time, 77n] : [start, PRICE])]);
      });
    }

    it("opens the day within an hour", async () => {
      const { harness, start } = await opened();
      const hour = start + DAY - 5n;
      await harness.set({ hourOpenedAt: hour, hourPrice: 5, dayOpenedAt: start, dayPrice: 6 });
      await at(start + DAY);
      await harness.reopen(77);
      expect(await harness.windows()).to.deep.equal([hour, 5n, start + DAY, 77n]);
    });
  });

  describe("bounds", () => {
    it("are those of the hour, where it is the narrower", async () => {
      const { harness } = await opened();
      expect(await harness.bounds(PRICE)).to.deep.equal([PRICE / 2n, PRICE * 2n]);
    });

    it("are those of the day, where it is the narrower", async () => {
      const { harness } = await opened();
      const time = await now();
      const day = { dayOpenedAt: time, dayPrice: PRICE };
      await harness.set({ hourOpenedAt: time, hourPrice: PRICE * 3n, ...day });
      expect(await harness.bounds(PRICE * 3n)).to.deep.equal([(PRICE * 3n) / 2n, PRICE * 4n]);
      await harness.set({ hourOpenedAt: time, hourPrice: PRICE / 4n, ...day });
      expect(await harness.bounds(PRICE / 4n)).to.deep.equal([PRICE / 4n, PRICE / 2n]);
    });

    it("are rounded inwards", async () => {
      const { harness } = await opened(PRICE + 1n);
      expect(await harness.bounds(PRICE)).to.deep.equal([PRICE / 2n + 1n, 2n * PRICE + 2n]);
      const time = await now();
      await harness.set({ hourOpenedAt: time, hourPrice: PRICE / 4n, dayOpenedAt: time, dayPrice: PRICE + 1n });
      expect((await harness.bounds(PRICE)).minimum).to.equal(PRICE / 4n + 1n);
    });

    it("compare with the price in force, from the second on at which a window closes", async () => {
      const { harness, start } = await opened();
      const now3 = 3n * PRICE;
      await passTo(start + HOUR - 1n);
      expect(await harness.bounds(now3)).to.deep.equal([PRICE / 2n, PRICE * 2n]);
      await passTo(start + HOUR);
      expect(await harness.bounds(now3)).to.deep.equal([now3 / 2n, PRICE * 4n]);
      await passTo(start + DAY - 1n);
      expect(await harness.bounds(now3)).to.deep.equal([now3 / 2n, PRICE * 4n]);
      await passTo(start + DAY);
      expect(await harness.bounds(now3)).to.deep.equal([now3 / 2n, now3 * 2n]);
    });

    it("end where the range ends", async () => {
      const low = await opened(MIN_PRICE + 1n);
      expect(await low.harness.bounds(MIN_PRICE + 1n)).to.deep.equal([MIN_PRICE, 2n * MIN_PRICE + 2n]);
      const high = await opened(MAX_PRICE - 1n);
      expect(await high.harness.bounds(MAX_PRICE - 1n)).to.deep.equal([MAX_PRICE / 2n, MAX_PRICE]);
    });
  });

  describe("boundUntil", () => {
    it("is the end of the open windows that forbid the price", async () => {
      const { harness, start } = await opened();
      const cases: [wanted: bigint, until: bigint][] = [
        [PRICE * 2n + 1n, start + HOUR],
        [PRICE / 2n - 1n, start + HOUR],
        [PRICE * 4n, start + HOUR],
        [PRICE / 4n, start + HOUR],
        [PRICE * 4n + 1n, start + DAY],
        [PRICE / 4n - 1n, start + DAY],
      ];
      for (const [wanted, until] of cases) {
        expect(await harness.boundUntil(PRICE, wanted)).to.equal(until);
      }
    });

    it("is the end of the hour where it is later", async () => {
      const { harness, start } = await opened();
      const hour = start + DAY - 5n;
      await harness.set({ hourOpenedAt: hour, hourPrice: PRICE, dayOpenedAt: start, dayPrice: PRICE });
      await passTo(hour);
      expect(await harness.boundUntil(PRICE, PRICE * 5n)).to.equal(hour + HOUR);
    });

    it("is now where both allow the price, or none is open", async () => {
      const { harness, start } = await opened();
      await passTo(start + 20n);
      for (const wanted of [PRICE / 2n, PRICE, PRICE * 2n]) {
        expect(await harness.boundUntil(PRICE, wanted)).to.equal(start + 20n);
      }
      await passTo(start + DAY + 20n);
      expect(await harness.boundUntil(PRICE, PRICE * 9n)).to.equal(start + DAY + 20n);
    });
  });
});
