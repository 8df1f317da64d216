import { expect } from "chai";
import { deployments, ethers } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { feedUsd, MAX_AGE, streamsOf, withFeed, type WithFeed } from "../helpers/ledger";
import { at, now, passTo } from "../helpers/units";

const HOUR = 3600n;
const DAY = 86_400n;
const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = 10n ** 25n;

/** Lets the feed say a price, and syncs so many seconds after the windows opened. */
async function sync(
  { registry, prices, feed, token, listedAt }: WithFeed,
  seconds: bigint,
  price: string,
): ReturnType<typeof prices.syncPrice> {
  await at(listedAt + seconds - 1n);
  await feed.setAnswer(feedUsd(price));
  await at(listedAt + seconds);
  return prices.syncPrice(token);
}

/** A token with a feed, both as near the limits of the range as a test needs. */
async function listedAt(price: bigint): Promise<WithFeed> {
  const fixture = await withFeed();
  const token = await ethers.deployContract("PlainToken", [18]);
  const feed = await ethers.deployContract("MockPriceFeed", [18]);
  await feed.setAnswer(price);
  await fixture.prices.connect(fixture.admin).addCurrency(token, price, feed, MAX_AGE);
  return { ...fixture, token, feed, listedAt: await now() };
}

describe("PriceRegistry", () => {
  describe("syncPrice", () => {
    context("when it is refused", () => {
      it("refuses a currency that is not listed", async () => {
        const { registry, prices, stranger } = await withFeed();
        await expect(prices.syncPrice(stranger)).to.be.revertedWithCustomError(registry, "CurrencyNotListed").withArgs(stranger.address);
      });

      it("refuses a currency without a feed", async () => {
        const { registry, prices, testUSD } = await withFeed();
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "CurrencyHasNoFeed").withArgs(testUSD);
      });
    });

    context("when the feed's answer is bad", () => {
      /** The payer streams 60 USD a month out of 10 tokens; the feed has just failed in a way of the test's choice. */
      const streaming = deployments.createFixture(async () => {
        const fixture = await withFeed();
        const { registry, prices, admin, payer, testUSD, feed } = fixture;
        await prices.connect(admin).setFeed(testUSD, feed, 3600);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await streamsOf(fixture).raise(1n, usd("60"));
        return { ...fixture, start };
      });

      it("refuses a feed with more decimals than can be scaled", async () => {
        const { registry, prices, admin, testUSD } = await withFeed();
        const scaled = await ethers.deployContract("MockPriceFeed", [37]);
        await scaled.setAnswer(10n ** 37n);
        await prices.connect(admin).setFeed(testUSD, scaled, 3600);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedDecimalsTooMany").withArgs(scaled, 37, 36);
      });

      it("names what is wrong with it, and the last good price stays in force", async () => {
        const fixture = await streaming();
        const { registry, prices, testUSD, feed, start } = fixture;
        await feed.setRound(7, 0, start, start, 7);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedAnswerNotPositive").withArgs(feed, 0);
        await feed.setRound(8, feedUsd("2"), start, start, 7);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedRoundIncomplete").withArgs(feed, 8, 7, start);
        await feed.setRound(9, feedUsd("2"), start, start, 9);
        await at(start + 3601n);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedAnswerStale").withArgs(feed, start, 3600);

        // Settling does not depend on the feed: two hours at 1 USD.
        await at(start + 7200n);
        await expect(streamsOf(fixture).settle(1n)).to.emit(registry, "PaymentSettled");
        expect(await registry.poolOf(1)).to.equal(7200n * 60n * 10n ** 36n);
        expect((await prices.getCurrency(testUSD)).usdPerToken).to.equal(usd("1"));
      });

      it("names a feed that is gone", async () => {
        const { registry, prices, admin, stranger, testUSD } = await streaming();
        await prices.connect(admin).setFeed(testUSD, stranger, 3600);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedUnavailable").withArgs(stranger.address);
      });
    });

    context("when the windows allow the feed's price", () => {
      it("takes it, and returns it, for anyone", async () => {
        const fixture = await withFeed();
        const { registry, prices, token, feed, listedAt } = fixture;
        await feed.setAnswer(feedUsd("1.25"));
        expect(await prices.syncPrice.staticCall(token)).to.equal(usd("1.25"));
        await expect(sync(fixture, 10n, "1.25"))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("1.25"), 10n * 10n ** 18n);
        await passTo(listedAt + 15n);
        const status = await prices.getCurrency(token);
        expect([status.usdPerToken, status.minPrice, status.maxPrice]).to.deep.equal([usd("1.25"), usd("0.5"), usd("2")]);
        expect(status.index).to.equal(10n * 10n ** 18n + 5n * 8n * 10n ** 17n);
      });

      it("changes nothing where it is in force already, and opens no window", async () => {
        const fixture = await withFeed();
        const { registry, prices, token } = fixture;
        await expect(sync(fixture, 5000n, "1")).not.to.emit(prices, "PriceChanged");
        expect(await prices.syncPrice.staticCall(token)).to.equal(usd("1"));
        await sync(fixture, 6000n, "2");
        await expect(sync(fixture, 6010n, "2.1"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("2.1"), usd("0.5"), usd("2"), fixture.listedAt + 6000n + HOUR);
      });
    });

    context("when the windows allow a part of the way", () => {
      it("rises to twice the price at the hour's opening", async () => {
        const fixture = await withFeed();
        const { registry, prices, token } = fixture;
        await expect(sync(fixture, 10n, "3"))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("2"), 10n * 10n ** 18n);
      });

      it("falls to half the price at the hour's opening", async () => {
        const fixture = await withFeed();
        const { registry, prices, token } = fixture;
        await expect(sync(fixture, 10n, "0.1"))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("0.5"), 10n * 10n ** 18n);
      });

      it("rises to four times the price at the day's opening, and on when the day is over", async () => {
        const fixture = await withFeed();
        const { registry, prices, token } = fixture;
        await sync(fixture, 10n, "100");
        await sync(fixture, HOUR, "100");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("4"));
        await expect(sync(fixture, 2n * HOUR, "100"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("100"), usd("2"), usd("4"), fixture.listedAt + DAY);
        await expect(sync(fixture, DAY - 1n, "100"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("100"), usd("2"), usd("4"), fixture.listedAt + DAY);
        await sync(fixture, DAY + 1n, "100");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("8"));
      });

      it("falls to a quarter of the price at the day's opening, and on when the day is over", async () => {
        const fixture = await withFeed();
        const { registry, prices, token } = fixture;
        await sync(fixture, 10n, "0.01");
        await sync(fixture, HOUR, "0.01");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("0.25"));
        await expect(sync(fixture, DAY - 1n, "0.01"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("0.01"), usd("0.25"), usd("0.5"), fixture.listedAt + DAY);
        await sync(fixture, DAY + 1n, "0.01");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("0.125"));
      });
    });

    context("when the windows allow nothing", () => {
      it("refuses until the hour is over, up and down", async () => {
        for (const [wanted, bound] of [
          ["2.5", "2"],
          ["0.4", "0.5"],
        ] as const) {
          const fixture = await withFeed();
          const { registry, prices, token, listedAt } = fixture;
          await sync(fixture, 10n, wanted);
          for (const seconds of [20n, HOUR - 1n]) {
            await expect(sync(fixture, seconds, wanted))
              .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
              .withArgs(token, usd(wanted), usd("0.5"), usd("2"), listedAt + HOUR);
          }
          expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd(bound));
          await sync(fixture, HOUR + 1n, wanted);
          expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd(wanted));
        }
      });
    });

    context("when the windows allow nothing of a way that is longer than a day's", () => {
      it("refuses until the hour is over, when the price can go on", async () => {
        const fixture = await withFeed();
        const { registry, prices, token, listedAt } = fixture;
        await sync(fixture, 10n, "10");
        await expect(sync(fixture, 20n, "10"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("10"), usd("0.5"), usd("2"), listedAt + HOUR);
        await sync(fixture, HOUR, "10");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("4"));
      });

      it("refuses until the hour is over, on the way down", async () => {
        const fixture = await withFeed();
        const { registry, prices, token, listedAt } = fixture;
        await sync(fixture, 10n, "0.1");
        await expect(sync(fixture, 20n, "0.1"))
          .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
          .withArgs(token, usd("0.1"), usd("0.5"), usd("2"), listedAt + HOUR);
        await sync(fixture, HOUR, "0.1");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("0.25"));
      });
    });

    context("when the feed's price is out of range", () => {
      it("goes to the end of the range", async () => {
        const high = await listedAt(MAX_PRICE - 5n);
        await high.feed.setAnswer(2n * MAX_PRICE);
        await high.prices.syncPrice(high.token);
        expect((await high.prices.getCurrency(high.token)).usdPerToken).to.equal(MAX_PRICE);
        const low = await listedAt(MIN_PRICE + 5n);
        await low.feed.setAnswer(1);
        await low.prices.syncPrice(low.token);
        expect((await low.prices.getCurrency(low.token)).usdPerToken).to.equal(MIN_PRICE);
      });

      it("stays at the end of the range without complaint", async () => {
        const { registry, prices, token, feed } = await listedAt(MAX_PRICE);
        await feed.setAnswer(ethers.MaxInt256);
        expect(await prices.syncPrice.staticCall(token)).to.equal(MAX_PRICE);
        await expect(prices.syncPrice(token)).not.to.emit(prices, "PriceChanged");
      });
    });
  });
});
