import { expect } from "chai";

import { testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, now } from "../helpers/units";

const PER_SECOND = 60n * 10n ** 36n;

describe("PriceRegistry", () => {
  describe("pauseCurrency", () => {
    it("refuses a currency that is not listed", async () => {
      const { prices, admin, stranger } = await withLedger();
      await expect(prices.connect(admin).pauseCurrency(stranger, true))
        .to.be.revertedWithCustomError(prices, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("pauses and resumes one currency", async () => {
      const { prices, admin, testUSD, scaledToken } = await withLedger();
      for (const paused of [true, false]) {
        await expect(prices.connect(admin).pauseCurrency(testUSD, paused))
          .to.emit(prices, "CurrencyPauseChanged")
          .withArgs(testUSD, paused);
        expect((await prices.getCurrency(testUSD)).paused).to.equal(paused);
        expect((await prices.getCurrency(scaledToken)).paused).to.equal(false);
      }
    });

    context("while it is paused", () => {
      it("lets no stream start or grow, until it resumes", async () => {
        const ledger = await withLedger();
        const { registry, prices, admin, payer, testUSD } = ledger;
        const { raise } = streamsOf(ledger);
        await raise(1n, usd("60"));
        await prices.connect(admin).pauseCurrency(testUSD, true);
        for (const clusterId of [1n, 2n]) {
          await expect(raise(clusterId, 1n)).to.be.revertedWithCustomError(registry, "CurrencyPaused").withArgs(TEST_USD_ID);
        }
        await raise(2n, 5n, payer, FINE_TOKEN_ID);
        await prices.connect(admin).pauseCurrency(testUSD, false);
        await raise(1n, 1n);
        expect((await registry.getStream(payer, 1)).ratePerMonth).to.equal(usd("60") + 1n);
      });

      it("lets prices change, streams run and shrink, and everybody deposit, settle and be paid", async () => {
        const ledger = await withLedger();
        const { registry, prices, admin, clusters, payer, receiver, testUSD } = ledger;
        const { raise, lower, settle } = streamsOf(ledger);
        const start = (await now()) + 1_000n;
        await registry.connect(payer).deposit(testUSD, testUsd("5"));
        await at(start);
        await raise(1n, usd("60"));
        await prices.connect(admin).pauseCurrency(testUSD, true);
        await registry.connect(payer).deposit(testUSD, testUsd("5"));
        await at(start + 100n);
        await settle(1n);
        expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
        await at(start + 200n);
        await prices.connect(admin).setPrice(testUSD, usd("2"));
        expect((await prices.getCurrency(testUSD)).paused).to.equal(true);
        await at(start + 300n);
        await lower(1n, usd("60"));
        expect(await registry.poolOf(1)).to.equal(250n * PER_SECOND);
        await registry.connect(clusters).takePool({
          clusterId: 1,
          whole: true,
          networkFeeBps: 10_000,
          managementFeeBps: 0,
          networkAccount: receiver,
          manager: receiver,
        });
        // 250 s of 60 x 10^36 are 5600.35 base units.
        await registry.connect(receiver).withdraw(testUSD, 5600, receiver);
        expect(await testUSD.balanceOf(receiver)).to.equal(5600n);
      });
    });
  });
});
