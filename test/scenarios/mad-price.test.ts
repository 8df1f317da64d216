import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { withCluster } from "../fixtures";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe("a price role that goes mad", () => {
  /** Lowers the price as far as it may, whenever it may, and says after how many seconds a deposit that covers a year is used up. */
  async function lifetime(changedBefore: number): Promise<number> {
    const { accountRegistry, priceRegistry, bucketRegistry, testUSD, admin, owner } = await withCluster();
    const accounts = accountRegistry.connect(owner);
    // One unit costs 60 USD a month, and a token is worth 1 USD: a year costs 60 x 365 / 31 tokens, rounded up.
    await accounts.deposit(testUSD, (60_000_000n * 365n) / 31n + 1n);
    await bucketRegistry.connect(owner).createBucket(1, "");
    const start = (await time.latest()) + 30 * DAY;
    if (changedBefore > 0) {
      // A change of one wei opens a window of a day; a change back is left out, as it makes no difference.
      await time.setNextBlockTimestamp(start - changedBefore);
      await priceRegistry.connect(admin).setPrice(testUSD, 10n ** 18n - 1n);
    }
    await time.setNextBlockTimestamp(start);
    await bucketRegistry.connect(owner).allocate(1, 1, 60n * 10n ** 18n);
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil - BigInt(start)).to.be.closeTo(YEAR, 1);

    for (let hours = 0; ; ++hours) {
      const at = start + 1 + hours * HOUR;
      const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
      if (coveredUntil <= at) return Number(coveredUntil) - start;
      await time.setNextBlockTimestamp(at);
      // As of the block of the change: a window may close with it.
      const { usdPerToken, minPrice } = await priceRegistry.getCurrency(testUSD, { blockTag: "pending" });
      if (minPrice !== usdPerToken) await priceRegistry.connect(admin).setPrice(testUSD, minPrice);
    }
  }

  it("needs 4 days and an hour to use up a deposit that covers a year, if the price was quiet before", async () => {
    // In hours of the honest price: 1 x 2 + 23 x 4, then 16 times that, 16^2 and 16^3 times: 4 days cost 333 of 365 days; the rest goes in 76 minutes.
    expect(await lifetime(0)).to.equal(350_108);
  });

  it("needs 3 days and 3 hours at the worst of moments, just before the window of a day closes", async () => {
    expect(await lifetime(22 * HOUR)).to.equal(271_217);
  });
});
