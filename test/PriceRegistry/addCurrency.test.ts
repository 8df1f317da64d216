import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import { NATIVE, usd } from "../fixtures";
import { feedUsd, type Ledger, withLedger } from "../helpers/ledger";
import { now } from "../helpers/units";

const HAND = ethers.ZeroAddress;
const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = 10n ** 25n;

/** Adds a token as the admin would. */
const asAdmin = ({ prices, admin }: Ledger): Ledger["prices"] => prices.connect(admin);

describe("PriceRegistry", () => {
  describe("addCurrency", () => {
    context("when it is refused", () => {
      it("refuses a currency that is listed", async () => {
        const ledger = await withLedger();
        const { prices, testUSD } = ledger;
        for (const currency of [await testUSD.getAddress(), NATIVE]) {
          await expect(asAdmin(ledger).addCurrency(currency, usd("1"), HAND, 0))
            .to.be.revertedWithCustomError(prices, "CurrencyAlreadyListed")
            .withArgs(currency);
        }
      });

      it("refuses one more than there are numbers", async () => {
        const ledger = await withLedger();
        const { registry, prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const last = await ethers.deployContract("StandardToken", [6]);
        // The account registry has the count in its third slot; what the views say proves that it is.
        await setStorageAt(await registry.getAddress(), 2, 65_534);
        expect((await prices.listCurrencies(1, 0)).lastId).to.equal(65_534n);
        await expect(asAdmin(ledger).addCurrency(last, usd("1"), HAND, 0))
          .to.emit(prices, "CurrencyAdded")
          .withArgs(last, 65_535);
        await expect(asAdmin(ledger).addCurrency(token, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyLimitReached")
          .withArgs(65_535);
      });

      it("refuses an address without code", async () => {
        const ledger = await withLedger();
        const { prices, stranger } = ledger;
        await expect(asAdmin(ledger).addCurrency(stranger, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyNotToken")
          .withArgs(stranger.address);
      });

      it("refuses a contract without decimals", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const contract = await ethers.deployContract("ScriptedContract");
        await expect(asAdmin(ledger).addCurrency(contract, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyNotToken")
          .withArgs(contract);
      });

      it("refuses a contract that answers with less than a word", async () => {
        const ledger = await withLedger();
        const { prices, testUSD } = ledger;
        const contract = await ethers.deployContract("ScriptedContract");
        await contract.setAnswer(testUSD.interface.getFunction("decimals").selector, `0x${"00".repeat(31)}`);
        await expect(asAdmin(ledger).addCurrency(contract, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyNotToken")
          .withArgs(contract);
      });

      it("refuses more decimals than can be counted exactly", async () => {
        const ledger = await withLedger();
        const { prices, testUSD } = ledger;
        const token = await ethers.deployContract("StandardToken", [25]);
        await expect(asAdmin(ledger).addCurrency(token, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyDecimalsTooMany")
          .withArgs(token, 25, 24);
        const contract = await ethers.deployContract("ScriptedContract");
        await contract.setAnswer(testUSD.interface.getFunction("decimals").selector, ethers.toBeHex(MaxUint256));
        await expect(asAdmin(ledger).addCurrency(contract, usd("1"), HAND, 0))
          .to.be.revertedWithCustomError(prices, "CurrencyDecimalsTooMany")
          .withArgs(contract, MaxUint256, 24);
      });

      it("refuses a price out of range", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        for (const price of [0n, MIN_PRICE - 1n, MAX_PRICE + 1n, MaxUint256]) {
          await expect(asAdmin(ledger).addCurrency(token, price, HAND, 0))
            .to.be.revertedWithCustomError(prices, "PriceOutOfRange")
            .withArgs(price, MIN_PRICE, MAX_PRICE);
        }
      });

      it("refuses a feed whose answers may have no age", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const feed = await ethers.deployContract("MockPriceFeed", [8]);
        await feed.setAnswer(feedUsd("1"));
        await expect(asAdmin(ledger).addCurrency(token, usd("1"), feed, 0))
          .to.be.revertedWithCustomError(prices, "FeedMaxAgeZero")
          .withArgs(feed);
      });

      it("refuses a feed that does not answer", async () => {
        const ledger = await withLedger();
        const { prices, stranger } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        await expect(asAdmin(ledger).addCurrency(token, usd("1"), stranger, 60))
          .to.be.revertedWithCustomError(prices, "FeedUnavailable")
          .withArgs(stranger.address);
      });

      it("refuses a feed whose price is out of range", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const feed = await ethers.deployContract("MockPriceFeed", [18]);
        for (const price of [MIN_PRICE - 1n, MAX_PRICE + 1n]) {
          await feed.setAnswer(price);
          await expect(asAdmin(ledger).addCurrency(token, MIN_PRICE, feed, 60))
            .to.be.revertedWithCustomError(prices, "PriceOutOfRange")
            .withArgs(price, MIN_PRICE, MAX_PRICE);
        }
      });

      it("refuses a price that is not within a factor of two of the feed's", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const feed = await ethers.deployContract("MockPriceFeed", [18]);
        await feed.setAnswer(usd("1") + 1n);
        // Half of it is 0.5 x 10^18 + 0.5, twice it 2 x 10^18 + 2.
        for (const price of [usd("0.5"), usd("2") + 3n]) {
          await expect(asAdmin(ledger).addCurrency(token, price, feed, 60))
            .to.be.revertedWithCustomError(prices, "PriceFarFromFeed")
            .withArgs(price, usd("1") + 1n);
        }
      });
    });

    context("given no feed", () => {
      it("lists the currency at the price, with a full budget", async () => {
        const ledger = await withLedger();
        const { registry, prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const added = asAdmin(ledger).addCurrency(token, usd("3"), HAND, 0);
        await expect(added).to.emit(prices, "CurrencyAdded").withArgs(token, 4);
        await expect(added).to.emit(prices, "FeedChanged").withArgs(token, HAND, 0);
        await expect(added).to.emit(prices, "PriceChanged").withArgs(token, usd("3"), 0);
        const status = await prices.getCurrency(token);
        expect(status.currency).to.equal(token.target);
        expect(status.currencyId).to.equal(4n);
        expect(status.decimals).to.equal(6n);
        expect(status.paused).to.equal(false);
        expect(status.usdPerToken).to.equal(usd("3"));
        expect(status.minPrice).to.equal(usd("1.5"));
        expect(status.maxPrice).to.equal(usd("6"));
        expect(status.feed).to.equal(HAND);
        expect(status.maxAge).to.equal(0n);
        expect(status.index).to.equal(0n);
        expect(status.scale).to.equal(2_678_400n * 10n ** 30n);
        expect(await registry.currencyIdOf(token)).to.equal(4n);
        expect(await registry.currencyOf(4)).to.deep.equal([token.target, 2_678_400n * 10n ** 30n, 333_333_333_333_333_333n]);
      });

      it("takes the limits of the range, and lets no price leave it", async () => {
        const ledger = await withLedger();
        const { registry, prices } = ledger;
        const cheap = await ethers.deployContract("StandardToken", [0]);
        const dear = await ethers.deployContract("StandardToken", [24]);
        await asAdmin(ledger).addCurrency(cheap, MIN_PRICE, HAND, 0);
        await asAdmin(ledger).addCurrency(dear, MAX_PRICE, HAND, 0);
        const [lowest, highest] = [await prices.getCurrency(cheap), await prices.getCurrency(dear)];
        expect([lowest.usdPerToken, lowest.minPrice, lowest.maxPrice]).to.deep.equal([MIN_PRICE, MIN_PRICE, 2n * MIN_PRICE]);
        expect([highest.usdPerToken, highest.minPrice, highest.maxPrice]).to.deep.equal([MAX_PRICE, MAX_PRICE / 2n, MAX_PRICE]);
        expect((await registry.currencyOf(4)).indexPerSecond).to.equal(10n ** 26n);
        expect((await registry.currencyOf(5)).indexPerSecond).to.equal(10n ** 11n);
        expect(lowest.scale).to.equal(2_678_400n * 10n ** 36n);
        expect(highest.scale).to.equal(2_678_400n * 10n ** 12n);
      });

      it("lists the native currency with 18 decimals", async () => {
        const { prices } = await withLedger();
        const status = await prices.getCurrency(NATIVE);
        expect(status.currencyId).to.equal(2n);
        expect(status.decimals).to.equal(18n);
        expect(status.scale).to.equal(2_678_400n * 10n ** 18n);
      });
    });

    context("given a feed", () => {
      it("takes the feed's price, at both ends of the factor of two", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const feed = await ethers.deployContract("MockPriceFeed", [8]);
        await feed.setAnswer(feedUsd("3"));
        for (const [id, stated] of [
          [4n, usd("1.5")],
          [5n, usd("6")],
        ] as const) {
          const token = await ethers.deployContract("StandardToken", [6]);
          const added = asAdmin(ledger).addCurrency(token, stated, feed, 3600);
          await expect(added).to.emit(prices, "CurrencyAdded").withArgs(token, id);
          await expect(added).to.emit(prices, "FeedChanged").withArgs(token, feed, 3600);
          await expect(added).to.emit(prices, "PriceChanged").withArgs(token, usd("3"), 0);
          const status = await prices.getCurrency(token);
          expect([status.usdPerToken, status.feed, status.maxAge]).to.deep.equal([usd("3"), feed.target, 3600n]);
        }
      });

      it("takes the limits of the range from a feed", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const feed = await ethers.deployContract("MockPriceFeed", [18]);
        for (const price of [MIN_PRICE, MAX_PRICE]) {
          const token = await ethers.deployContract("StandardToken", [6]);
          await feed.setAnswer(price);
          await asAdmin(ledger).addCurrency(token, price, feed, 3600);
          expect((await prices.getCurrency(token)).usdPerToken).to.equal(price);
        }
      });

      it("refuses a stale answer", async () => {
        const ledger = await withLedger();
        const { prices } = ledger;
        const token = await ethers.deployContract("StandardToken", [6]);
        const feed = await ethers.deployContract("MockPriceFeed", [8]);
        const updatedAt = (await now()) - 3600n;
        await feed.setRound(1, feedUsd("1"), updatedAt, updatedAt, 1);
        await expect(asAdmin(ledger).addCurrency(token, usd("1"), feed, 3600))
          .to.be.revertedWithCustomError(prices, "FeedAnswerStale")
          .withArgs(feed, updatedAt, 3600);
      });
    });
  });
});
