import { expect } from "chai";

import { testUsd, usd } from "../fixtures";
import { PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, MAX_RATE, now, passTo } from "../helpers/units";

const DEPOSIT = testUsd("10") * scale(6n);
const INDEX = 10n ** 18n;

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

    context("when the account pays as many clusters as it can", () => {
      it("refuses the 33rd, until one of the others ends", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        const { raise, lower } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        for (let clusterId = 1n; clusterId <= 32n; clusterId++) await raise(clusterId, clusterId);
        expect((await registry.getAccount(payer, testUSD)).streamCount).to.equal(32n);
        await expect(raise(33n, 1n)).to.be.revertedWithCustomError(registry, "StreamLimitReached").withArgs(payer.address, 32);
        // It can raise what it pays, and pay others in another currency.
        await raise(32n, 1n);
        await raise(33n, 1n, payer, 3n);
        await lower(5n, 5n);
        await raise(34n, 34n);
        expect((await registry.getAccount(payer, testUSD)).ratePerMonth).to.equal((32n * 33n) / 2n + 1n - 5n + 34n);
        await expect(raise(5n, 1n)).to.be.revertedWithCustomError(registry, "StreamLimitReached").withArgs(payer.address, 32);
      });
    });

    context("given a funded payer", () => {
      it("starts a stream at the payer's paid index, registers its end, and returns the paid index", async () => {
        const ledger = await withLedger();
        const { registry, buckets, payer, testUSD, listedAt } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await passTo(listedAt + 500n);
        const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, rate: RATE };
        expect(await registry.connect(buckets).raiseRate.staticCall(change)).to.equal(500n * INDEX);
        await at(listedAt + 1000n);
        await expect(streamsOf(ledger).raise(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, RATE, RATE, DEPOSIT, 1000n * INDEX, 94n * 2n ** 72n);
        expect(await registry.endsAt(1, 94)).to.equal(RATE);

        await passTo(listedAt + 1007n);
        expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 0n]);
        expect(await registry.poolOf(1)).to.equal(7n * PER_SECOND);
        const account = await registry.getAccount(payer, testUSD);
        expect(account.ratePerMonth).to.equal(RATE);
        expect(account.scaledBalance).to.equal(DEPOSIT - 7n * PER_SECOND);
      });

      it("lets a stream grow, and moves the ends of all", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(listedAt + 1000n);
        await raise(1n, usd("60"));
        await at(listedAt + 1050n);
        await raise(2n, usd("5"));
        await at(listedAt + 1100n);
        const balance = DEPOSIT - (100n * 60n + 50n * 5n) * 10n ** 36n;
        const end = tickBefore(1100n * INDEX + balance / usd("95"));
        await expect(raise(1n, usd("30")))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, usd("90"), usd("95"), balance, 1100n * INDEX, end);
        expect(await registry.endsAt(1, end >> 72n)).to.equal(usd("90"));
        expect(await registry.endsAt(2, end >> 72n)).to.equal(usd("5"));
        expect(await registry.endsAt(1, 94)).to.equal(0n);
        expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
        expect(await registry.poolOf(2)).to.equal(50n * 5n * 10n ** 36n);

        await passTo(listedAt + 1110n);
        expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND + 10n * 90n * 10n ** 36n);
        expect(await registry.poolOf(2)).to.equal(60n * 5n * 10n ** 36n);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(
          DEPOSIT - (100n * 60n + 60n * 5n + 10n * 90n) * 10n ** 36n,
        );
      });

      it("raises by nothing, for what costs nothing: no stream starts", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        await at(listedAt + 1000n);
        await expect(raise(1n, 0n))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, 0, 1000n * INDEX, 0);
        await passTo(listedAt + 2000n);
        expect(await registry.getStream(payer, 1)).to.deep.equal([1n, 0n, 0n, 0n]);
        expect((await registry.getAccount(payer, testUSD)).streamCount).to.equal(0n);
        expect((await registry.getLine(1)).currencyId).to.equal(0n);

        // Beside a stream that runs, too, whose account is touched by it.
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(listedAt + 3000n);
        await raise(2n, RATE);
        await at(listedAt + 3100n);
        await expect(raise(1n, 0n))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 0, RATE, DEPOSIT - 100n * PER_SECOND, 3100n * INDEX, tickBefore(449_400n * INDEX));
        expect(await registry.listStreams(payer, testUSD)).to.deep.equal([[2n, RATE, 0n, 0n]]);
      });
    });

    context("given a payer without funds", () => {
      it("lets the stream run from the next deposit on", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        await at(listedAt + 1000n);
        await expect(streamsOf(ledger).raise(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, RATE, RATE, 0, 1000n * INDEX, 0);
        await passTo(listedAt + 1500n);
        expect(await registry.poolOf(1)).to.equal(0n);
        expect((await registry.getLine(1)).ratePerMonth).to.equal(0n);
        await at(listedAt + 2000n);
        await expect(registry.connect(payer).deposit(testUSD, testUsd("10")))
          .to.emit(registry, "AccountTouched")
          .withArgs(payer.address, TEST_USD_ID, DEPOSIT, 1000n * INDEX, tickBefore(448_400n * INDEX));
        await passTo(listedAt + 2010n);
        expect(await registry.poolOf(1)).to.equal(10n * PER_SECOND);
        expect((await registry.getAccount(payer, testUSD)).paidIndex).to.equal(1010n * INDEX);
      });
    });

    context("given a payer that ran out of funds", () => {
      it("passes on what was paid, and nothing else", async () => {
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
          .withArgs(payer.address, 1, TEST_USD_ID, 2n * RATE, 2n * RATE, 0, 447_400n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(DEPOSIT);
        await at(listedAt + 2_000_000n);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await passTo(listedAt + 2_000_100n);
        expect(await registry.poolOf(1)).to.equal(DEPOSIT + 200n * PER_SECOND);
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
      expect(await registry.poolOf(1)).to.equal(103n * PER_SECOND);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(DEPOSIT - 103n * PER_SECOND);
    });
  });
});
