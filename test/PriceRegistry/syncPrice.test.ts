import { expect } from "chai";
import { deployments, ethers } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { MAX_PRICE, MIN_PRICE, REFILL_TIME } from "../helpers/budget";
import { feedUsd, MAX_AGE, streamsOf, withFeed, type WithFeed } from "../helpers/ledger";
import { at, now, passTo } from "../helpers/units";

const HOUR = 3600n;

/** Lets the feed say a price, and syncs so many seconds after the listing. */
async function sync({ prices, feed, token, listedAt }: WithFeed, seconds: bigint, price: string): ReturnType<typeof prices.syncPrice> {
  await at(listedAt + seconds - 1n);
  await feed.setAnswer(feedUsd(price));
  await at(listedAt + seconds);
  return prices.syncPrice(token);
}

/** A token with a feed, both as near the limits of the range as a test needs. */
async function listedAt(price: bigint): Promise<WithFeed> {
  const fixture = await withFeed();
  const token = await ethers.deployContract("StandardToken", [18]);
  const feed = await ethers.deployContract("MockPriceFeed", [18]);
  await feed.setAnswer(price);
  await fixture.prices.connect(fixture.admin).addCurrency(token, price, feed, MAX_AGE);
  return { ...fixture, token, feed, listedAt: await now() };
}

describe("PriceRegistry", () => {
  describe("syncPrice", () => {
    context("when it is refused", () => {
      it("refuses a currency that is not listed", async () => {
        const { prices, stranger } = await withFeed();
        await expect(prices.syncPrice(stranger)).to.be.revertedWithCustomError(prices, "CurrencyNotListed").withArgs(stranger.address);
      });

      it("refuses a currency without a feed", async () => {
        const { prices, testUSD } = await withFeed();
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
        const { prices, admin, testUSD } = await withFeed();
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
        await expect(streamsOf(fixture).settle(1n)).to.emit(registry, "AccountTouched");
        expect(await registry.poolOf(1)).to.equal(7200n * 60n * 10n ** 36n);
        expect((await prices.getCurrency(testUSD)).usdPerToken).to.equal(usd("1"));
      });

      it("names a feed that is gone", async () => {
        const { prices, admin, stranger, testUSD } = await streaming();
        await prices.connect(admin).setFeed(testUSD, stranger, 3600);
        await expect(prices.syncPrice(testUSD)).to.be.revertedWithCustomError(prices, "FeedUnavailable").withArgs(stranger.address);
      });
    });

    context("when the budget allows the feed's price", () => {
      it("takes it, and returns it, for anyone", async () => {
        const fixture = await withFeed();
        const { prices, token, feed, listedAt } = fixture;
        await feed.setAnswer(feedUsd("1.25"));
        expect(await prices.syncPrice.staticCall(token)).to.equal(usd("1.25"));
        await expect(sync(fixture, 10n, "1.25"))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("1.25"), 10n * 10n ** 18n);
        await passTo(listedAt + 15n);
        const status = await prices.getCurrency(token);
        expect([status.usdPerToken, status.minPrice, status.maxPrice]).to.deep.equal([
          usd("1.25"),
          usd("0.625"),
          2_000_080_224_628_961_090n,
        ]);
        expect(status.index).to.equal(10n * 10n ** 18n + 5n * 8n * 10n ** 17n);
      });

      it("changes nothing where it is in force already", async () => {
        const fixture = await withFeed();
        const { prices, token } = fixture;
        await expect(sync(fixture, 5000n, "1")).not.to.emit(prices, "PriceChanged");
        expect(await prices.syncPrice.staticCall(token)).to.equal(usd("1"));
        await sync(fixture, 6000n, "2");
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("2"));
      });
    });

    for (const [way, wanted, half, next] of [
      ["rises", "100", "2", "3"],
      ["falls", "0.01", "0.5", "0.375"],
    ] as const) {
      context(`when the feed's price is out of reach, and the price ${way}`, () => {
        it("goes as far as the budget allows, and on as it refills", async () => {
          const fixture = await withFeed();
          const { prices, token } = fixture;
          await expect(sync(fixture, 10n, wanted))
            .to.emit(prices, "PriceChanged")
            .withArgs(token, usd(half), 10n * 10n ** 18n);
          const refilled = way === "rises" ? REFILL_TIME / 2n : REFILL_TIME / 3n;
          await sync(fixture, 10n + refilled, wanted);
          expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd(next));
        });

        it("gets there in six days, if it is synced every hour", async () => {
          const fixture = await withFeed();
          const { prices, token } = fixture;
          const hours = async (): Promise<bigint> => {
            for (let hour = 1n; ; ++hour) {
              await sync(fixture, hour * HOUR, wanted);
              if ((await prices.getCurrency(token)).usdPerToken === usd(wanted)) return hour;
            }
          };
          // Twofold in the first hour, and by 3,600 parts of 124,650 in each that follows.
          expect(await hours()).to.equal(139n);
        });
      });
    }

    context("when the budget is used up, and no time has passed", () => {
      for (const [way, wanted, minimum, maximum] of [
        ["up", "5", "1", "2"],
        ["down", "0.1", "0.5", "1"],
      ] as const) {
        it(`refuses, and says that a second later there is some again, on the way ${way}`, async () => {
          const { prices, feed, token, listedAt } = await withFeed();
          await feed.setAnswer(feedUsd(wanted));
          const twice = Array<string>(2).fill(prices.interface.encodeFunctionData("syncPrice", [token.target]));
          await at(listedAt + 100n);
          await expect(prices.multicall(twice))
            .to.be.revertedWithCustomError(prices, "PriceMoveTooLarge")
            .withArgs(token, usd(wanted), usd(minimum), usd(maximum), listedAt + 101n);
          await at(listedAt + 200n);
          await prices.syncPrice(token);
          await at(listedAt + 201n);
          await expect(prices.syncPrice(token)).to.emit(prices, "PriceChanged");
        });
      }
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
        const { prices, token, feed } = await listedAt(MAX_PRICE);
        await feed.setAnswer(ethers.MaxInt256);
        expect(await prices.syncPrice.staticCall(token)).to.equal(MAX_PRICE);
        await expect(prices.syncPrice(token)).not.to.emit(prices, "PriceChanged");
      });
    });
  });
});
