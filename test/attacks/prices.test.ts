import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { base, testUsd, usd, withFundedBucket } from "../fixtures";
import { boundsOf, fullBudget } from "../helpers/budget";
import { scaled, streamed } from "../helpers/streams";

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe("attacks by the price role", () => {
  it("a price that is raised as far as it may whenever it may grows twofold at once, and then by less than twofold a day", async () => {
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
    for (let hours = 1; hours <= 72; ++hours) {
      const price = await raisedAt(hours * HOUR);
      if (hours === 1) expect(price).to.be.lessThan(usd("2.06"));
      if (hours % 24 === 0)
        expect(price).to.be.within(
          (usd("2") * 195n ** BigInt(hours / 24)) / 100n ** BigInt(hours / 24),
          usd("2") * 2n ** BigInt(hours / 24),
        );
    }
    const { usdPerToken, minPrice, maxPrice } = await priceRegistry.getCurrency(testUSD);
    await time.setNextBlockTimestamp(start + 72 * HOUR + 1);
    const bounds = await priceRegistry.getCurrency(testUSD, { blockTag: "pending" });
    await expect(prices.setPrice(testUSD, 2n * usdPerToken))
      .to.be.revertedWithCustomError(priceRegistry, "PriceMoveTooLarge")
      .withArgs(testUSD, 2n * usdPerToken, bounds.minPrice, bounds.maxPrice, anyValue);
    // All that it may has been used up, and all the way back is free.
    expect([minPrice, maxPrice]).to.deep.equal([(usdPerToken + 1n) / 2n, usdPerToken]);
  });

  it("an owner who leaves an hour after the price went mad has paid for that hour 2.06-fold at most, and keeps the rest to the base unit", async () => {
    const { accountRegistry, priceRegistry, admin, bucketRegistry, owner, testUSD } = await withFundedBucket();
    const prices = priceRegistry.connect(admin);
    const mad = BigInt(await time.latest()) + BigInt(2 * DAY);
    const before = scaled(testUsd("10")) - streamed(usd("60"), BigInt(2 * DAY));
    await time.setNextBlockTimestamp(mad);
    await prices.setPrice(testUSD, usd("0.5"));
    // What the base has fallen to half an hour later, of which the price may be half.
    const { minPrice } = boundsOf({ ...fullBudget(usd("1"), mad), riseBase: usd("0.5") }, usd("0.5"), mad + BigInt(HOUR / 2));
    await time.setNextBlockTimestamp(mad + BigInt(HOUR / 2));
    await prices.setPrice(testUSD, minPrice);
    await time.setNextBlockTimestamp(mad + BigInt(HOUR));
    await bucketRegistry.connect(owner).closeBucket(1);
    const paid = streamed(usd("60"), BigInt(HOUR / 2), usd("0.5")) + streamed(usd("60"), BigInt(HOUR / 2), minPrice);
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(before - paid);
    expect(paid).to.be.within(2n * streamed(usd("60"), BigInt(HOUR)), (206n * streamed(usd("60"), BigInt(HOUR))) / 100n);
    // What happens to the price afterwards costs nothing any more.
    await time.setNextBlockTimestamp(mad + BigInt(30 * DAY));
    await prices.setPrice(testUSD, minPrice / 2n + 1n);
    await time.increase(30 * DAY);
    await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(
      testUSD,
      owner,
      (before - paid) / scaled(1n),
    );
  });
});
