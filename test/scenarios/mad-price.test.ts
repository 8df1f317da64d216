import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { usd, withCluster } from "../fixtures";
import { PATIENCE } from "../helpers/processes";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * DAY;

describe("a price role that goes mad", function () {
  this.timeout(PATIENCE);

  /**
   * Lowers the price as far as it may, at once and whenever so many seconds have passed, and says after how many seconds a deposit that
   * covers a year is used up.
   * @param before Where to the price is set first, and how long before.
   */
  async function lifetime(interval: number, before?: { price: bigint; seconds: number }): Promise<number> {
    const { accountRegistry, priceRegistry, bucketRegistry, testUSD, admin, owner } = await withCluster();
    const prices = priceRegistry.connect(admin);
    const price = before?.price ?? usd("1");
    const start = (await time.latest()) + 30 * DAY;
    if (before !== undefined) {
      await time.setNextBlockTimestamp(start - before.seconds);
      await prices.setPrice(testUSD, price);
    }
    // One unit costs 60 USD a month: a year costs 60 x 365 / 31 USD. In tokens at this price, rounded up.
    await accountRegistry.connect(owner).deposit(testUSD, (60_000_000n * 365n * usd("1")) / (31n * price) + 1n);
    await bucketRegistry.connect(owner).createBucket(1, "");
    await time.setNextBlockTimestamp(start);
    await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil - BigInt(start)).to.be.closeTo(YEAR, 5);

    for (let at = start + 1; ; at += interval) {
      const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
      if (coveredUntil <= at) return Number(coveredUntil) - start;
      await time.setNextBlockTimestamp(at);
      const { minPrice } = await priceRegistry.getCurrency(testUSD, { blockTag: "pending" });
      await prices.setPrice(testUSD, minPrice);
    }
  }

  // With the price halved at once, and its base falling e-fold in 124,650 seconds, however often it is set, t seconds use up
  // 2 x 124,650 x (e^(t / 124,650) - 1) seconds of the honest price.
  const shortest = 124_650 * Math.log(1 + YEAR / (2 * 124_650));

  it("needs seven days to use up a deposit that covers a year, however often it lowers the price", async () => {
    expect(shortest / DAY).to.be.closeTo(6.994, 0.001);
    for (const [interval, seconds] of [
      [DAY, 791_933],
      [60 * MINUTE, 612_991],
      [10 * MINUTE, 605_769],
    ] as const) {
      expect(await lifetime(interval)).to.equal(seconds);
      expect(seconds).to.be.greaterThan(shortest);
    }
  });

  it("does not get there earlier by what it does to the price before", async () => {
    for (const before of [
      { price: usd("2"), seconds: MINUTE },
      { price: usd("2"), seconds: DAY },
      { price: usd("0.5"), seconds: MINUTE },
      { price: usd("0.5"), seconds: 2 * DAY },
      { price: usd("1") - 1n, seconds: DAY },
    ]) {
      expect(await lifetime(60 * MINUTE, before)).to.be.at.least(612_990);
    }
  });
});
