import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { expect } from "chai";
import { ethers } from "hardhat";

import { usd } from "../fixtures";
import { feedUsd, MAX_AGE, withFeed } from "../helpers/ledger";

describe("PriceRegistry", () => {
  describe("setFeed", () => {
    it("refuses a currency that is not listed", async () => {
      const { prices, admin, stranger, feed } = await withFeed();
      await expect(prices.connect(admin).setFeed(stranger, feed, 60))
        .to.be.revertedWithCustomError(prices, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("refuses a feed whose answers may have no age", async () => {
      const { prices, admin, token, feed } = await withFeed();
      await expect(prices.connect(admin).setFeed(token, feed, 0))
        .to.be.revertedWithCustomError(prices, "FeedMaxAgeZero")
        .withArgs(feed);
    });

    it("takes another feed, and leaves the price until it is synced", async () => {
      const { prices, admin, token } = await withFeed();
      const other = await ethers.deployContract("MockPriceFeed", [18]);
      await other.setAnswer(usd("1.5"));
      await expect(prices.connect(admin).setFeed(token, other, 99))
        .to.emit(prices, "FeedChanged")
        .withArgs(token, other, 99);
      const before = await prices.getCurrency(token);
      expect([before.usdPerToken, before.feed, before.maxAge]).to.deep.equal([usd("1"), other.target, 99n]);
      await prices.syncPrice(token);
      expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("1.5"));
    });

    it("lets the price be set by hand again, within the budget that is left", async () => {
      const { prices, admin, token, feed } = await withFeed();
      await expect(prices.connect(admin).setFeed(token, ethers.ZeroAddress, 0))
        .to.emit(prices, "FeedChanged")
        .withArgs(token, ethers.ZeroAddress, 0);
      await feed.setAnswer(feedUsd("1.5"));
      await expect(prices.syncPrice(token)).to.be.revertedWithCustomError(prices, "CurrencyHasNoFeed").withArgs(token);
      await expect(prices.connect(admin).setPrice(token, usd("2") + 1n))
        .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
        .withArgs(token, usd("2") + 1n, usd("0.5"), usd("2"), anyValue);
      await prices.connect(admin).setPrice(token, usd("2"));
      expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("2"));
    });

    it("takes a feed for a currency that was set by hand", async () => {
      const { prices, admin, testUSD, feed } = await withFeed();
      await prices.connect(admin).setFeed(testUSD, feed, MAX_AGE);
      await expect(prices.connect(admin).setPrice(testUSD, usd("1")))
        .to.be.revertedWithCustomError(prices, "CurrencyHasFeed")
        .withArgs(testUSD, feed);
    });
  });
});
