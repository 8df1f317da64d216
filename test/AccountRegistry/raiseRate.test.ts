import { expect } from "chai";

import { testUsd, usd } from "../fixtures";
import { PER_SECOND, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, scale, MAX_RATE, now, passTo } from "../helpers/units";

// The pause is tested with pauseCurrency, callers with the restricted functions.

describe("AccountRegistry", () => {
  describe("raiseRate", () => {
    context("when the account would pay more than can be counted", () => {
      it("refuses one stream above the largest rate", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const { raise } = streamsOf(ledger);
        await expect(raise(1n, MAX_RATE + 1n))
          .to.be.revertedWithCustomError(registry, "RateTooHigh")
          .withArgs(payer.address, MAX_RATE + 1n, MAX_RATE);
        await raise(1n, MAX_RATE);
        expect((await registry.getStream(payer, 1)).ratePerMonth).to.equal(MAX_RATE);
        await expect(raise(1n, 1n))
          .to.be.revertedWithCustomError(registry, "RateTooHigh")
          .withArgs(payer.address, MAX_RATE + 1n, MAX_RATE);
      });

      it("refuses several streams that are above it together", async () => {
        const ledger = await withLedger();
        const { registry, payer, otherPayer, testUSD } = ledger;
        const { raise } = streamsOf(ledger);
        await raise(1n, MAX_RATE - 5n);
        await raise(2n, 5n);
        expect((await registry.getAccount(payer, testUSD)).ratePerMonth).to.equal(MAX_RATE);
        await expect(raise(3n, 1n))
          .to.be.revertedWithCustomError(registry, "RateTooHigh")
          .withArgs(payer.address, MAX_RATE + 1n, MAX_RATE);
        // Somebody else's rate, and this one's in another currency, count on their own.
        await raise(3n, MAX_RATE, otherPayer);
        await raise(4n, MAX_RATE, payer, 3n);
      });
    });

    context("given a funded payer", () => {
      it("starts a stream at the payer's paid index, and returns it", async () => {
        const ledger = await withLedger();
        const { registry, buckets, payer, testUSD, listedAt } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await passTo(listedAt + 500n);
        const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, degraded: false, rate: RATE };
        expect(await registry.connect(buckets).raiseRate.staticCall(change)).to.equal(500n * 10n ** 18n);
        await at(listedAt + 1000n);
        await expect(streamsOf(ledger).raise(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, RATE, RATE, 0, 1000n * 10n ** 18n);

        await passTo(listedAt + 1007n);
        expect(await registry.getStream(payer, 1)).to.deep.equal([TEST_USD_ID, RATE, 1000n * 10n ** 18n, 7n * PER_SECOND, 0n]);
        const account = await registry.getAccount(payer, testUSD);
        expect(account.ratePerMonth).to.equal(RATE);
        expect(account.scaledBalance).to.equal(testUsd("10") * scale(6n) - 7n * PER_SECOND);
      });

      it("lets a stream grow, and settles it at its old rate first", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(listedAt + 1000n);
        await raise(1n, usd("60"));
        await at(listedAt + 1050n);
        await raise(2n, usd("5"));
        await at(listedAt + 1100n);
        await expect(raise(1n, usd("30")))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, usd("90"), usd("95"), 100n * PER_SECOND, 1100n * 10n ** 18n);
        expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
        expect(await registry.poolOf(2)).to.equal(0n);

        await passTo(listedAt + 1110n);
        expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(10n * 90n * 10n ** 36n);
        expect((await registry.getStream(payer, 2)).scaledOwed).to.equal(60n * 5n * 10n ** 36n);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(
          testUsd("10") * scale(6n) - (100n * 60n + 60n * 5n + 10n * 90n) * 10n ** 36n,
        );
      });

      it("raises by nothing, for what costs nothing", async () => {
        const ledger = await withLedger();
        const { registry, payer, listedAt } = ledger;
        await at(listedAt + 1000n);
        await expect(streamsOf(ledger).raise(1n, 0n))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, 0, 1000n * 10n ** 18n);
        await passTo(listedAt + 2000n);
        expect(await registry.getStream(payer, 1)).to.deep.equal([TEST_USD_ID, 0n, 1000n * 10n ** 18n, 0n, 0n]);
      });
    });

    context("given a payer without funds", () => {
      it("lets the stream run from the next deposit on", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, RATE);
        await passTo(listedAt + 1500n);
        expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(0n);
        await at(listedAt + 2000n);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await passTo(listedAt + 2010n);
        expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(10n * PER_SECOND);
        expect((await registry.getAccount(payer, testUSD)).paidIndex).to.equal(1010n * 10n ** 18n);
      });
    });

    context("given a payer that ran dry", () => {
      it("settles what was funded, and not what was not", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(listedAt + 1000n);
        await raise(1n, RATE);
        // 10 TestUSD are 446,400 seconds at 60 USD a month.
        await at(listedAt + 1_000_000n);
        await expect(raise(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 2n * RATE, 2n * RATE, 446_400n * PER_SECOND, 447_400n * 10n ** 18n);
        expect(await registry.poolOf(1)).to.equal(testUsd("10") * scale(6n));
        await at(listedAt + 2_000_000n);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await passTo(listedAt + 2_000_100n);
        expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(200n * PER_SECOND);
      });
    });

    it("starts a stream again that has ended, and charges nothing for the time between", async () => {
      const ledger = await withLedger();
      const { registry, payer, testUSD } = ledger;
      const { raise, lower } = streamsOf(ledger);
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      const start = (await now()) + 1_000n;
      await at(start);
      await raise(1n, RATE);
      await at(start + 100n);
      await lower(1n, RATE);
      await at(start + 5000n);
      await raise(1n, RATE);
      await passTo(start + 5003n);
      expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(3n * PER_SECOND);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(testUsd("10") * scale(6n) - 103n * PER_SECOND);
    });
  });
});
