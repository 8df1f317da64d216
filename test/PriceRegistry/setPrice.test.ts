import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import type { StandardToken } from "../../cache/typechain-types";
import { usd } from "../fixtures";
import { boundsOf, MAX_PRICE, MIN_PRICE, REFILL_TIME } from "../helpers/budget";
import { type Ledger, withFeed, withLedger } from "../helpers/ledger";
import { at, indexPerSecond, now } from "../helpers/units";

const HOUR = 3600n;
const DAY = 86_400n;

interface WithHandPrice extends Ledger {
  token: StandardToken;
  listedAt: bigint;
  /** Sets a price so many seconds after the listing. */
  setAt: (seconds: bigint, price: bigint) => Promise<unknown>;
  /** Expects the same to be refused, with these bounds and until so many seconds after the listing. */
  refusedAt: (seconds: bigint, price: bigint, minimum: bigint, maximum: bigint, until: bigint) => Promise<void>;
}

/** A token that has just been listed at a price set by hand. */
async function handPriced(price: bigint): Promise<WithHandPrice> {
  const ledger = await withLedger();
  const token = await ethers.deployContract("StandardToken", [18]);
  const asAdmin = ledger.prices.connect(ledger.admin);
  await asAdmin.addCurrency(token, price, ethers.ZeroAddress, 0);
  const listedAt = await now();
  return {
    ...ledger,
    token,
    listedAt,
    setAt: async (seconds, wanted) => {
      await at(listedAt + seconds);
      return asAdmin.setPrice(token, wanted);
    },
    refusedAt: async (seconds, wanted, minimum, maximum, until) => {
      await at(listedAt + seconds);
      await expect(asAdmin.setPrice(token, wanted))
        .to.be.revertedWithCustomError(ledger.prices, "PriceMoveTooLarge")
        .withArgs(token, wanted, minimum, maximum, listedAt + until);
    },
  };
}

const atOneDollar = deployments.createFixture(() => handPriced(usd("1")));

describe("PriceRegistry", () => {
  describe("setPrice", () => {
    context("when it is refused", () => {
      it("refuses a currency that is not listed", async () => {
        const { prices, admin, stranger } = await withLedger();
        await expect(prices.connect(admin).setPrice(stranger, usd("1")))
          .to.be.revertedWithCustomError(prices, "CurrencyNotListed")
          .withArgs(stranger.address);
      });

      it("refuses a currency with a feed", async () => {
        const { prices, admin, token, feed } = await withFeed();
        await expect(prices.connect(admin).setPrice(token, usd("1")))
          .to.be.revertedWithCustomError(prices, "CurrencyHasFeed")
          .withArgs(token, feed);
      });

      it("refuses a price out of range", async () => {
        const { prices, admin, testUSD } = await withLedger();
        for (const price of [0n, MIN_PRICE - 1n, MAX_PRICE + 1n, MaxUint256]) {
          await expect(prices.connect(admin).setPrice(testUSD, price))
            .to.be.revertedWithCustomError(prices, "PriceOutOfRange")
            .withArgs(price, MIN_PRICE, MAX_PRICE);
        }
      });
    });

    context("given a full budget", () => {
      it("takes twice the price, and not more", async () => {
        const { refusedAt, setAt, prices, registry, token } = await atOneDollar();
        await refusedAt(10n, usd("2") + 1n, usd("0.5"), usd("2"), 10n);
        const set = setAt(20n, usd("2"));
        await expect(set)
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("2"), 20n * 10n ** 18n);
        await expect(set)
          .to.emit(registry, "IndexSpeedChanged")
          .withArgs(4, 5n * 10n ** 17n, 20n * 10n ** 18n);
      });

      it("takes half the price, and not less", async () => {
        const { refusedAt, setAt, prices, token } = await atOneDollar();
        await refusedAt(10n, usd("0.5") - 1n, usd("0.5"), usd("2"), 10n);
        await expect(setAt(20n, usd("0.5")))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("0.5"), 20n * 10n ** 18n);
      });

      it("rounds half of an odd price up", async () => {
        const { refusedAt, setAt, prices, token } = await handPriced(usd("1") + 1n);
        await refusedAt(10n, usd("0.5"), usd("0.5") + 1n, usd("2") + 2n, 10n);
        await setAt(20n, usd("0.5") + 1n);
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("0.5") + 1n);
      });

      it("never has room for more, however long the price stays", async () => {
        const { refusedAt } = await atOneDollar();
        for (const seconds of [DAY, 400n * DAY]) {
          await refusedAt(seconds, usd("2") + 1n, usd("0.5"), usd("2"), seconds);
          await refusedAt(seconds + 1n, usd("0.5") - 1n, usd("0.5"), usd("2"), seconds + 1n);
        }
      });
    });

    context("given a price that has doubled", () => {
      const doubled = deployments.createFixture(async () => {
        const fixture = await atOneDollar();
        await fixture.setAt(10n, usd("2"));
        return fixture;
      });

      it("lets it rise on as time passes, and says from when on", async () => {
        const { refusedAt, setAt } = await doubled();
        // To rise to 3, the base has to grow from 1 to 1.5: half of the time in which an empty budget is full.
        const from = 10n + REFILL_TIME / 2n;
        await refusedAt(11n, usd("3"), ...bounds(1n), from);
        await refusedAt(10n + HOUR, usd("3"), ...bounds(HOUR), from);
        await refusedAt(from - 1n, usd("3"), ...bounds(REFILL_TIME / 2n - 1n), from);
        await setAt(from, usd("3"));
      });

      it("is full after a while: then it may double again, and not more", async () => {
        const { refusedAt, setAt } = await doubled();
        const full = 10n + REFILL_TIME;
        await refusedAt(20n, usd("4"), ...bounds(10n), full);
        await refusedAt(30n, usd("4") + 1n, ...bounds(20n), full);
        await refusedAt(full - 1n, usd("4"), ...bounds(REFILL_TIME - 1n), full);
        await refusedAt(full, usd("4") + 1n, usd("1"), usd("4"), full);
        await setAt(full + 1n, usd("4"));
      });

      it("lets it go back at once, and rise again", async () => {
        const { refusedAt, setAt } = await doubled();
        await refusedAt(11n, usd("1") - 1n, ...bounds(1n), 11n);
        await setAt(12n, usd("1"));
        await setAt(13n, usd("2"));
        await refusedAt(14n, usd("3"), ...bounds(1n), 13n + REFILL_TIME / 2n);
      });

      it("goes on refilling while the price in force is set again", async () => {
        const { setAt } = await doubled();
        for (const seconds of [11n, HOUR, DAY / 3n]) await setAt(seconds, usd("2"));
        await setAt(10n + REFILL_TIME / 2n, usd("3"));
      });

      /** When the price has been 2 for so many seconds, after 1. */
      const bounds = (seconds: bigint): [minimum: bigint, maximum: bigint] => {
        const { minPrice, maxPrice } = boundsOf({ riseBase: usd("1"), fallBase: usd("2"), updatedAt: 0n }, usd("2"), seconds);
        return [minPrice, maxPrice];
      };
    });

    context("given a price that has halved", () => {
      it("lets it fall on as time passes, and rise at once", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(10n, usd("0.5"));
        // To fall to 0.375, the base has to fall from 1 to 0.75: a third of the time in which an empty budget is full.
        const from = 10n + REFILL_TIME / 3n;
        const early = boundsOf({ riseBase: usd("0.5"), fallBase: usd("1"), updatedAt: 10n }, usd("0.5"), from - 1n);
        await refusedAt(from - 1n, usd("0.375"), early.minPrice, early.maxPrice, from);
        await setAt(from, usd("0.375"));
        const late = boundsOf({ riseBase: usd("0.375"), fallBase: usd("0.75"), updatedAt: from }, usd("0.375"), from + 1n);
        await refusedAt(from + 1n, usd("0.75") + 1n, late.minPrice, usd("0.75"), from + 1n);
        await setAt(from + 2n, usd("0.75"));
      });
    });

    it("is not pinned by small moves: what they use up, the move back gives back", async () => {
      const { setAt, prices, token } = await atOneDollar();
      for (let seconds = 10n; seconds < 200n; seconds += 10n) {
        await setAt(seconds, usd("1.01"));
        await setAt(seconds + 5n, usd("1"));
      }
      const { minPrice, maxPrice } = await prices.getCurrency(token);
      // Up to half of the highest price just before, and twice the lowest.
      expect([minPrice, maxPrice]).to.deep.equal([usd("0.505"), usd("2")]);
    });

    context("at the ends of the range", () => {
      it("stays above the lowest price", async () => {
        const { setAt, prices, token } = await handPriced(MIN_PRICE + 2n);
        await setAt(10n, MIN_PRICE);
        const { minPrice, maxPrice } = await prices.getCurrency(token);
        expect([minPrice, maxPrice]).to.deep.equal([MIN_PRICE, 2n * MIN_PRICE]);
      });

      it("stays below the highest price", async () => {
        const { setAt, prices, token } = await handPriced(MAX_PRICE - 2n);
        await setAt(10n, MAX_PRICE);
        const { minPrice, maxPrice } = await prices.getCurrency(token);
        expect([minPrice, maxPrice]).to.deep.equal([MAX_PRICE / 2n, MAX_PRICE]);
      });
    });

    context("when it is the price in force", () => {
      it("changes nothing", async () => {
        const { prices, token, setAt } = await atOneDollar();
        await expect(setAt(10n, usd("1"))).not.to.emit(prices, "PriceChanged");
        expect((await prices.getCurrency(token)).index).to.equal(10n * 10n ** 18n);
      });
    });

    it("lets the index grow by each price for as long as it is in force", async () => {
      const { prices, token, setAt } = await atOneDollar();
      await setAt(100n, usd("1.5"));
      await expect(setAt(107n, usd("0.8")))
        .to.emit(prices, "PriceChanged")
        .withArgs(token, usd("0.8"), 100n * 10n ** 18n + 7n * 666_666_666_666_666_666n);
      await setAt(110n, usd("1.6"));
      const { index } = await prices.getCurrency(token);
      expect(index).to.equal(100n * indexPerSecond(usd("1")) + 7n * indexPerSecond(usd("1.5")) + 3n * indexPerSecond(usd("0.8")));
    });
  });
});
