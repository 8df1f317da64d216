import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import type { PlainToken } from "../../typechain-types";
import { usd } from "../fixtures";
import { type Ledger, withFeed, withLedger } from "../helpers/ledger";
import { at, indexPerSecond, now } from "../helpers/units";

const HOUR = 3600n;
const DAY = 86_400n;
const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = 10n ** 25n;

interface WithHandPrice extends Ledger {
  token: PlainToken;
  listedAt: bigint;
  /** Sets a price at so many seconds after the windows opened. */
  setAt: (seconds: bigint, price: bigint) => Promise<unknown>;
  /** Expects the same to be refused, with these bounds until so many seconds after the windows opened. */
  refusedAt: (seconds: bigint, price: bigint, minimum: bigint, maximum: bigint, until: bigint) => Promise<void>;
}

/** A token whose windows have just opened at a price set by hand. */
async function handPriced(price: bigint): Promise<WithHandPrice> {
  const ledger = await withLedger();
  const token = await ethers.deployContract("PlainToken", [18]);
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
        const { registry, prices, admin, stranger } = await withLedger();
        await expect(prices.connect(admin).setPrice(stranger, usd("1")))
          .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
          .withArgs(stranger.address);
      });

      it("refuses a currency with a feed", async () => {
        const { registry, prices, admin, token, feed } = await withFeed();
        await expect(prices.connect(admin).setPrice(token, usd("1")))
          .to.be.revertedWithCustomError(prices, "CurrencyHasFeed")
          .withArgs(token, feed);
      });

      it("refuses a price out of range", async () => {
        const { registry, prices, admin, testUSD } = await withLedger();
        for (const price of [0n, MIN_PRICE - 1n, MAX_PRICE + 1n, MaxUint256]) {
          await expect(prices.connect(admin).setPrice(testUSD, price))
            .to.be.revertedWithCustomError(prices, "PriceOutOfRange")
            .withArgs(price, MIN_PRICE, MAX_PRICE);
        }
      });
    });

    context("within the first hour", () => {
      it("takes twice the price, and not more", async () => {
        const { refusedAt, setAt, registry, prices, token } = await atOneDollar();
        await refusedAt(10n, usd("2") + 1n, usd("0.5"), usd("2"), HOUR);
        await expect(setAt(20n, usd("2")))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("2"), 20n * 10n ** 18n);
      });

      it("takes half the price, and not less", async () => {
        const { refusedAt, setAt, registry, prices, token } = await atOneDollar();
        await refusedAt(10n, usd("0.5") - 1n, usd("0.5"), usd("2"), HOUR);
        await expect(setAt(20n, usd("0.5")))
          .to.emit(prices, "PriceChanged")
          .withArgs(token, usd("0.5"), 20n * 10n ** 18n);
      });

      it("rounds half of an odd price up", async () => {
        const { refusedAt, setAt, registry, prices, token } = await handPriced(usd("1") + 1n);
        await refusedAt(10n, usd("0.5"), usd("0.5") + 1n, usd("2") + 2n, HOUR);
        await setAt(20n, usd("0.5") + 1n);
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("0.5") + 1n);
      });

      it("compares with the price at its opening, however often it changes", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(10n, usd("2"));
        await setAt(20n, usd("0.5"));
        await refusedAt(30n, usd("0.5") - 1n, usd("0.5"), usd("2"), HOUR);
        await setAt(40n, usd("2"));
        await refusedAt(3599n, usd("2") + 1n, usd("0.5"), usd("2"), HOUR);
      });

      it("says until when the longest of the windows that forbid it is open", async () => {
        const { refusedAt } = await atOneDollar();
        await refusedAt(10n, usd("4"), usd("0.5"), usd("2"), HOUR);
        await refusedAt(11n, usd("4") + 1n, usd("0.5"), usd("2"), DAY);
        await refusedAt(12n, usd("0.25"), usd("0.5"), usd("2"), HOUR);
        await refusedAt(13n, usd("0.25") - 1n, usd("0.5"), usd("2"), DAY);
      });
    });

    context("after an hour", () => {
      it("opens another hour with the next change, at the price before it", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(10n, usd("2"));
        // The first hour is over at its 3600th second; nothing has opened another one yet.
        await setAt(HOUR, usd("4"));
        await refusedAt(HOUR + 1n, usd("1") - 1n, usd("1"), usd("4"), 2n * HOUR);
        await setAt(HOUR + 2n, usd("1"));
      });

      it("opens no hour before there is a change", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        // Setting the price in force is no change.
        await setAt(4000n, usd("1"));
        await setAt(10_000n, usd("2"));
        await refusedAt(10_001n, usd("2") + 1n, usd("0.5"), usd("2"), 10_000n + HOUR);
        await refusedAt(10_000n + HOUR - 1n, usd("2") + 1n, usd("0.5"), usd("2"), 10_000n + HOUR);
        await setAt(10_000n + HOUR, usd("2") + 1n);
      });

      it("refuses to more than double at once, for which no window has to be open", async () => {
        const { refusedAt } = await atOneDollar();
        await refusedAt(HOUR, usd("2") + 1n, usd("0.5"), usd("2"), HOUR);
        await refusedAt(5000n, usd("2") + 1n, usd("0.5"), usd("2"), 5000n);
      });
    });

    context("within the first day", () => {
      it("takes four times the price, and not more", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(10n, usd("2"));
        await setAt(HOUR, usd("4"));
        await refusedAt(2n * HOUR, usd("4") + 1n, usd("2"), usd("4"), DAY);
        await refusedAt(DAY - 1n, usd("4") + 1n, usd("2"), usd("4"), DAY);
        await setAt(DAY, usd("8"));
        // Both windows have opened again at 4.
        await refusedAt(DAY + 1n, usd("8") + 1n, usd("2"), usd("8"), DAY + HOUR);
        await refusedAt(DAY + HOUR, usd("16") + 1n, usd("4"), usd("16"), 2n * DAY);
        await setAt(DAY + HOUR + 1n, usd("16"));
        await refusedAt(2n * DAY - 1n, usd("16") + 1n, usd("8"), usd("16"), 2n * DAY);
      });

      it("takes a quarter of the price, and not less", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(10n, usd("0.5"));
        await setAt(HOUR, usd("0.25"));
        await refusedAt(2n * HOUR, usd("0.25") - 1n, usd("0.25"), usd("0.5"), DAY);
        await refusedAt(DAY - 1n, usd("0.25") - 1n, usd("0.25"), usd("0.5"), DAY);
        await setAt(DAY, usd("0.125"));
        await refusedAt(DAY + 1n, usd("0.125") - 1n, usd("0.125"), usd("0.5"), DAY + HOUR);
      });

      it("rounds a quarter up", async () => {
        const { refusedAt, setAt } = await handPriced(usd("1") + 1n);
        await setAt(10n, usd("0.5") + 1n);
        await refusedAt(HOUR, usd("0.25"), usd("0.25") + 1n, usd("1") + 2n, DAY);
        await setAt(HOUR + 1n, usd("0.25") + 1n);
      });

      it("lets the day go on while hours open and close in it", async () => {
        const { refusedAt, setAt } = await atOneDollar();
        await setAt(DAY - 10n, usd("2"));
        // The hour has opened at the change, the day with the listing.
        await refusedAt(DAY - 5n, usd("2") + 1n, usd("0.5"), usd("2"), DAY - 10n + HOUR);
        // The day opens again at 1.5, within the hour that opened at 1.
        await setAt(DAY - 4n, usd("1.5"));
        await setAt(DAY, usd("2"));
        await refusedAt(DAY + 1n, usd("2") + 1n, usd("0.5"), usd("2"), DAY - 10n + HOUR);
        await setAt(DAY - 10n + HOUR, usd("4"));
        await refusedAt(DAY + 2n * HOUR, usd("6") + 1n, usd("2"), usd("6"), 2n * DAY);
      });
    });

    context("at the ends of the range", () => {
      it("stays above the lowest price", async () => {
        const { setAt, registry, prices, token } = await handPriced(MIN_PRICE + 2n);
        await setAt(10n, MIN_PRICE);
        const { minPrice, maxPrice } = await prices.getCurrency(token);
        expect([minPrice, maxPrice]).to.deep.equal([MIN_PRICE, 2n * MIN_PRICE + 4n]);
      });

      it("stays below the highest price", async () => {
        const { setAt, registry, prices, token } = await handPriced(MAX_PRICE - 2n);
        await setAt(10n, MAX_PRICE);
        const { minPrice, maxPrice } = await prices.getCurrency(token);
        expect([minPrice, maxPrice]).to.deep.equal([MAX_PRICE / 2n - 1n, MAX_PRICE]);
      });
    });

    context("when it is the price in force", () => {
      it("changes nothing", async () => {
        const { registry, prices, token, setAt } = await atOneDollar();
        await expect(setAt(10n, usd("1"))).not.to.emit(prices, "PriceChanged");
        expect((await prices.getCurrency(token)).index).to.equal(10n * 10n ** 18n);
      });
    });

    it("lets the index grow by each price for as long as it is in force", async () => {
      const { registry, prices, token, setAt } = await atOneDollar();
      await setAt(100n, usd("1.5"));
      await expect(setAt(107n, usd("0.7")))
        .to.emit(prices, "PriceChanged")
        .withArgs(token, usd("0.7"), 100n * 10n ** 18n + 7n * 666_666_666_666_666_666n);
      await setAt(110n, usd("2"));
      const { index } = await prices.getCurrency(token);
      expect(index).to.equal(100n * indexPerSecond(usd("1")) + 7n * indexPerSecond(usd("1.5")) + 3n * 1_428_571_428_571_428_571n);
    });
  });
});
