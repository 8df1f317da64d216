import { expect } from "chai";
import { ethers } from "hardhat";

import { usd } from "../fixtures";
import { feedUsd, MAX_AGE, withFeed } from "../helpers/ledger";

describe("AccountRegistry", () => {
  describe("setFeed", () => {
    it("refuses a currency that is not listed", async () => {
      const { registry, admin, stranger, feed } = await withFeed();
      await expect(registry.connect(admin).setFeed(stranger, feed, 60))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("refuses a feed whose answers may have no age", async () => {
      const { registry, admin, token, feed } = await withFeed();
      await expect(registry.connect(admin).setFeed(token, feed, 0))
        .to.be.revertedWithCustomError(registry, "FeedMaxAgeZero")
        .withArgs(feed);
    });

    it("takes another feed, and leaves the price until it is synced", async () => {
      const { registry, admin, token } = await withFeed();
      const other = await ethers.deployContract("MockPriceFeed", [18]);
      await other.setAnswer(usd("1.5"));
      await expect(registry.connect(admin).setFeed(token, other, 99))
        .to.emit(registry, "FeedChanged")
        .withArgs(token, other, 99);
      const before = await registry.getCurrency(token);
      expect([before.usdPerToken, before.feed, before.maxAge]).to.deep.equal([usd("1"), other.target, 99n]);
      await registry.syncPrice(token);
      expect((await registry.getCurrency(token)).usdPerToken).to.equal(usd("1.5"));
    });

    it("lets the price be set by hand again, within the windows that were open", async () => {
      const { registry, admin, token, feed, openedAt } = await withFeed();
      await expect(registry.connect(admin).setFeed(token, ethers.ZeroAddress, 0))
        .to.emit(registry, "FeedChanged")
        .withArgs(token, ethers.ZeroAddress, 0);
      await feed.setAnswer(feedUsd("1.5"));
      await expect(registry.syncPrice(token)).to.be.revertedWithCustomError(registry, "CurrencyHasNoFeed").withArgs(token);
      await expect(registry.connect(admin).setPrice(token, usd("2") + 1n))
        .to.be.revertedWithCustomError(registry, "PriceMoveTooLarge")
        .withArgs(token, usd("2") + 1n, usd("0.5"), usd("2"), openedAt + 3600n);
      await registry.connect(admin).setPrice(token, usd("2"));
      expect((await registry.getCurrency(token)).usdPerToken).to.equal(usd("2"));
    });

    it("takes a feed for a currency that was set by hand", async () => {
      const { registry, admin, testUSD, feed } = await withFeed();
      await registry.connect(admin).setFeed(testUSD, feed, MAX_AGE);
      await expect(registry.connect(admin).setPrice(testUSD, usd("1")))
        .to.be.revertedWithCustomError(registry, "CurrencyHasFeed")
        .withArgs(testUSD, feed);
    });
  });
});
