import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { base, testUsd, usd, withFundedBucket } from "../fixtures";
import { scaled, streamed } from "../helpers/streams";

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe("attacks by the price role", () => {
  it("a price that is raised as far as it may whenever it may grows 16-fold within 25 hours, and no further before the second day is over", async () => {
    const { priceRegistry, admin, testUSD } = await base();
    const prices = priceRegistry.connect(admin);
    const start = (await time.latest()) + 2 * DAY;
    const raisedAt = async (seconds: number): Promise<bigint> => {
      await time.setNextBlockTimestamp(start + seconds);
      const { maxPrice } = await priceRegistry.getCurrency(testUSD, { blockTag: "pending" });
      await prices.setPrice(testUSD, maxPrice);
      return (await priceRegistry.getCurrency(testUSD)).usdPerToken;
    };
    expect(await raisedAt(0)).to.equal(usd("2"));
    expect(await raisedAt(HOUR)).to.equal(usd("4"));
    expect(await raisedAt(DAY - 1)).to.equal(usd("4"));
    expect(await raisedAt(DAY)).to.equal(usd("8"));
    expect(await raisedAt(DAY + HOUR - 1)).to.equal(usd("8"));
    expect(await raisedAt(DAY + HOUR)).to.equal(usd("16"));
    // The second window of a day opened at 4 USD, at the end of the first.
    await time.setNextBlockTimestamp(start + 2 * DAY - 1);
    await expect(prices.setPrice(testUSD, usd("16") + 1n))
      .to.be.revertedWithCustomError(priceRegistry, "PriceMoveTooLarge")
      .withArgs(testUSD, usd("16") + 1n, usd("8"), usd("16"), start + 2 * DAY);
  });

  it("an owner who leaves an hour after the price went mad has paid for that hour twofold, and keeps the rest to the base unit", async () => {
    const { accountRegistry, priceRegistry, admin, bucketRegistry, owner, testUSD } = await withFundedBucket();
    const prices = priceRegistry.connect(admin);
    const start = BigInt(await time.latest());
    await time.setNextBlockTimestamp(start + BigInt(2 * DAY));
    await prices.setPrice(testUSD, usd("0.5"));
    await time.setNextBlockTimestamp(start + BigInt(2 * DAY + HOUR - 1));
    await expect(prices.setPrice(testUSD, usd("0.5") - 1n))
      .to.be.revertedWithCustomError(priceRegistry, "PriceMoveTooLarge")
      .withArgs(testUSD, usd("0.5") - 1n, usd("0.5"), usd("2"), start + BigInt(2 * DAY + HOUR));
    await time.setNextBlockTimestamp(start + BigInt(2 * DAY + HOUR));
    await bucketRegistry.connect(owner).closeBucket(1);
    const left = scaled(testUsd("10")) - streamed(usd("60"), BigInt(2 * DAY)) - streamed(usd("60"), BigInt(HOUR), usd("0.5"));
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(left);
    // What happens to the price afterwards costs nothing any more.
    await prices.setPrice(testUSD, usd("0.25"));
    await time.increase(30 * DAY);
    await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(
      testUSD,
      owner,
      left / scaled(1n),
    );
  });
});
