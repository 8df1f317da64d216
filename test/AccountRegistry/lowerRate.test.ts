import { expect } from "chai";
import { PANIC_CODES } from "@nomicfoundation/hardhat-chai-matchers/panic";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, scale, MAX_UINT64, passTo } from "../helpers/units";

/** The payer has 10 TestUSD, and pays 60 USD a month to cluster 1 since the 1000th second of the currency. */
const streaming = deployments.createFixture(async (): Promise<Ledger> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return ledger;
});

describe("AccountRegistry", () => {
  describe("lowerRate", () => {
    it("refuses to lower by more than the stream pays, which the bucket registry never asks for", async () => {
      const ledger = await streaming();
      const { raise, lower } = streamsOf(ledger);
      await raise(2n, RATE);
      await expect(lower(1n, RATE + 1n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
      await expect(lower(3n, 1n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
      await expect(lower(1n, 2n * RATE + 1n)).to.be.revertedWithPanic(PANIC_CODES.ARITHMETIC_OVERFLOW);
    });

    it("lets a stream shrink, settles it at its old rate first, and returns the paid index", async () => {
      const ledger = await streaming();
      const { registry, buckets, payer, listedAt } = ledger;
      await passTo(listedAt + 1050n);
      const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, degraded: false, rate: usd("20") };
      expect(await registry.connect(buckets).lowerRate.staticCall(change)).to.equal(1050n * 10n ** 18n);
      await at(listedAt + 1100n);
      await expect(streamsOf(ledger).lower(1n, usd("20")))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, usd("40"), usd("40"), 100n * PER_SECOND, 1100n * 10n ** 18n);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      await passTo(listedAt + 1103n);
      expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(3n * 40n * 10n ** 36n);
    });

    it("ends a stream: nothing is owed from then on", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 1100n);
      await expect(streamsOf(ledger).lower(1n, RATE))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, 100n * PER_SECOND, 1100n * 10n ** 18n);
      await passTo(listedAt + 9000n);
      expect(await registry.getStream(payer, 1)).to.deep.equal([TEST_USD_ID, 0n, 1100n * 10n ** 18n, 0n, 0n]);
      const account = await registry.getAccount(payer, testUSD);
      expect(account.scaledBalance).to.equal(testUsd("10") * scale(6n) - 100n * PER_SECOND);
      expect([account.ratePerMonth, account.coveredUntil]).to.deep.equal([0n, MAX_UINT64]);
    });

    it("leaves the payer's other streams running", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      const { raise, lower } = streamsOf(ledger);
      await at(listedAt + 1010n);
      await raise(2n, usd("6"));
      await at(listedAt + 1020n);
      await expect(lower(1n, RATE))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, 0, usd("6"), 20n * PER_SECOND, 1020n * 10n ** 18n);
      await passTo(listedAt + 1050n);
      expect((await registry.getStream(payer, 2)).scaledOwed).to.equal(40n * 6n * 10n ** 36n);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(
        testUsd("10") * scale(6n) - (20n * 60n + 40n * 6n) * 10n ** 36n,
      );
    });

    context("given a payer that ran dry", () => {
      it("settles what was funded, and ends the stream without debt", async () => {
        const ledger = await streaming();
        const { registry, payer, testUSD, listedAt } = ledger;
        await at(listedAt + 1_000_000n);
        await expect(streamsOf(ledger).lower(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, 446_400n * PER_SECOND, 447_400n * 10n ** 18n);
        await registry.connect(payer).deposit(testUSD, 5);
        await passTo(listedAt + 2_000_000n);
        const account = await registry.getAccount(payer, testUSD);
        expect([account.balance, account.coveredUntil]).to.deep.equal([5n, MAX_UINT64]);
      });

      it("settles nothing twice when it is lowered in two steps", async () => {
        const ledger = await streaming();
        const { registry, payer, listedAt } = ledger;
        const { lower } = streamsOf(ledger);
        await at(listedAt + 1_000_000n);
        await lower(1n, usd("20"));
        await at(listedAt + 1_000_100n);
        await expect(lower(1n, usd("20")))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, usd("20"), usd("20"), 0, 447_400n * 10n ** 18n);
        expect(await registry.poolOf(1)).to.equal(446_400n * PER_SECOND);
      });
    });
  });
});
