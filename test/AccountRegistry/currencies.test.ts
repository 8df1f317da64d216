import { impersonateAccount, setBalance, setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { deployments, ethers } from "hardhat";

import { NATIVE, usd } from "../fixtures";
import { deployRegistries, type Ledger, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, now, passTo } from "../helpers/units";

const MONTH = 2_678_400n;
const DOLLAR_SPEED = 10n ** 18n;
const UNLISTED = 99n;

/** The account registry as the price registry calls it. */
const withPrices = deployments.createFixture(async (): Promise<Ledger & { told: Ledger["registry"] }> => {
  const ledger = await withLedger();
  const address = await ledger.prices.getAddress();
  await impersonateAccount(address);
  await setBalance(address, 10n ** 18n);
  return { ...ledger, told: ledger.registry.connect(await ethers.getSigner(address)) };
});

describe("AccountRegistry", () => {
  describe("listCurrency", () => {
    it("refuses a currency that is listed", async () => {
      const { told, registry, testUSD } = await withPrices();
      for (const currency of [await testUSD.getAddress(), NATIVE]) {
        await expect(told.listCurrency(currency, DOLLAR_SPEED))
          .to.be.revertedWithCustomError(registry, "CurrencyAlreadyListed")
          .withArgs(currency);
      }
    });

    it("refuses an address without code, and more decimals than can be counted exactly", async () => {
      const { told, registry, stranger } = await withPrices();
      await expect(told.listCurrency(stranger, DOLLAR_SPEED))
        .to.be.revertedWithCustomError(registry, "CurrencyNotToken")
        .withArgs(stranger.address);
      const token = await ethers.deployContract("StandardToken", [25]);
      await expect(told.listCurrency(token, DOLLAR_SPEED))
        .to.be.revertedWithCustomError(registry, "CurrencyDecimalsTooMany")
        .withArgs(token, 25, 24);
      await told.listCurrency(await ethers.deployContract("StandardToken", [24]), DOLLAR_SPEED);
    });

    it("refuses one more than there are numbers", async () => {
      const { told, registry } = await withPrices();
      // The count is in the third slot; what the view says proves that it is.
      await setStorageAt(await registry.getAddress(), 2, 65_534);
      expect(await registry.lastCurrencyId()).to.equal(65_534n);
      const [last, more] = [await ethers.deployContract("StandardToken", [6]), await ethers.deployContract("StandardToken", [6])];
      await expect(told.listCurrency(last, DOLLAR_SPEED)).to.emit(registry, "CurrencyListed").withArgs(last, 65_535, 6, 72, DOLLAR_SPEED);
      await expect(told.listCurrency(more, DOLLAR_SPEED)).to.be.revertedWithCustomError(registry, "CurrencyLimitReached").withArgs(65_535);
    });

    it("gives the next number, starts the index at zero, and says all of it", async () => {
      const { told, registry } = await withPrices();
      const token = await ethers.deployContract("StandardToken", [6]);
      const start = (await now()) + 100n;
      await at(start);
      await expect(told.listCurrency(token, 3n * DOLLAR_SPEED))
        .to.emit(registry, "CurrencyListed")
        .withArgs(token, 4, 6, 73, 3n * DOLLAR_SPEED);
      expect(await registry.lastCurrencyId()).to.equal(4n);
      await passTo(start + 10n);
      expect(await registry.getListing(token)).to.deep.equal([
        4n,
        6n,
        false,
        73n,
        MONTH * 10n ** 30n,
        3n * DOLLAR_SPEED,
        30n * DOLLAR_SPEED,
      ]);
    });

    // 2^tickBits is the power of two that is nearest to an hour of the index, by its logarithm: see {CurrencyIndexes}.
    for (const [speed, tickBits] of [
      [10n ** 11n, 48n],
      [10n ** 18n, 72n],
      [10n ** 26n, 98n],
    ] as const) {
      it(`counts ticks of 2^${tickBits} where the index grows by ${speed} a second, whatever it does later`, async () => {
        const { told, registry } = await withPrices();
        const token = await ethers.deployContract("StandardToken", [6]);
        await told.listCurrency(token, speed);
        expect((await registry.getListing(token)).tickBits).to.equal(tickBits);
        await told.setPaused(4, true);
        await told.setIndexSpeed(4, 10n ** 14n);
        expect((await registry.getListing(token)).tickBits).to.equal(tickBits);
      });
    }
  });

  describe("setIndexSpeed", () => {
    it("lets the index of one currency go on at another speed, and returns it", async () => {
      const { told, registry, testUSD, listedAt } = await withPrices();
      const start = listedAt + 1_000n;
      await passTo(start - 10n);
      expect(await told.setIndexSpeed.staticCall(TEST_USD_ID, 7n, { blockTag: "pending" })).to.be.greaterThan(0n);
      await at(start);
      await expect(told.setIndexSpeed(TEST_USD_ID, 7n))
        .to.emit(registry, "IndexSpeedChanged")
        .withArgs(TEST_USD_ID, 7n, 1_000n * DOLLAR_SPEED);
      await passTo(start + 10n);
      const { index, indexPerSecond } = await registry.getListing(testUSD);
      expect([index, indexPerSecond]).to.deep.equal([1_000n * DOLLAR_SPEED + 70n, 7n]);
      expect((await registry.getListing(NATIVE)).indexPerSecond).to.equal(DOLLAR_SPEED);
    });
  });

  describe("setPaused", () => {
    it("pauses and resumes one currency", async () => {
      const { told, registry, testUSD } = await withPrices();
      for (const paused of [true, true, false, false]) {
        await expect(told.setPaused(TEST_USD_ID, paused)).to.emit(registry, "PauseChanged").withArgs(TEST_USD_ID, paused);
        expect((await registry.getListing(testUSD)).paused).to.equal(paused);
        expect((await registry.getListing(NATIVE)).paused).to.equal(false);
      }
    });
  });

  for (const view of ["getListing", "currencyIdOf"] as const) {
    describe(view, () => {
      it("refuses a currency that is not listed", async () => {
        const { registry, stranger } = await withLedger();
        await expect(registry[view](stranger)).to.be.revertedWithCustomError(registry, "CurrencyNotListed").withArgs(stranger.address);
      });
    });
  }

  describe("currencyIdOf", () => {
    it("gives numbers in order from 1", async () => {
      const { registry, testUSD, scaledToken } = await withLedger();
      expect(await registry.currencyIdOf(testUSD)).to.equal(1n);
      expect(await registry.currencyIdOf(NATIVE)).to.equal(2n);
      expect(await registry.currencyIdOf(scaledToken)).to.equal(3n);
    });
  });

  describe("lastCurrencyId", () => {
    it("is the highest number that was given, and 0 before the first", async () => {
      const ledger = await withLedger();
      expect(await ledger.registry.lastCurrencyId()).to.equal(3n);
      const { registry: empty } = await deployRegistries(ledger);
      expect(await empty.lastCurrencyId()).to.equal(0n);
    });
  });

  describe("currencyOf", () => {
    it("gives the currency, its scaled units and the growth of its index", async () => {
      const { registry, prices, admin, testUSD, scaledToken } = await withLedger();
      await prices.connect(admin).setPrice(scaledToken, usd("2"));
      expect(await registry.currencyOf(1)).to.deep.equal([testUSD.target, MONTH * 10n ** 30n, DOLLAR_SPEED]);
      expect(await registry.currencyOf(2)).to.deep.equal([NATIVE, MONTH * 10n ** 18n, DOLLAR_SPEED]);
      expect(await registry.currencyOf(3)).to.deep.equal([scaledToken.target, MONTH * 10n ** 12n, DOLLAR_SPEED / 2n]);
      expect((await registry.currencyOf(UNLISTED)).indexPerSecond).to.equal(0n);
    });
  });
});
