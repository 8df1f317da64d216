import { expect } from "chai";
import { PANIC_CODES } from "@nomicfoundation/hardhat-chai-matchers/panic";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, MAX_UINT64, passTo } from "../helpers/units";

const DEPOSIT = testUsd("10") * scale(6n);
const INDEX = 10n ** 18n;

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

    it("lets a stream shrink, moves its end, and returns the paid index", async () => {
      const ledger = await streaming();
      const { registry, buckets, payer, listedAt } = ledger;
      await passTo(listedAt + 1050n);
      const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, rate: usd("20") };
      expect(await registry.connect(buckets).lowerRate.staticCall(change)).to.equal(1050n * INDEX);
      await at(listedAt + 1100n);
      const balance = DEPOSIT - 100n * PER_SECOND;
      const end = tickBefore(1100n * INDEX + balance / usd("40"));
      await expect(streamsOf(ledger).lower(1n, usd("20")))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, usd("40"), usd("40"), balance, 1100n * INDEX, end);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      expect(await registry.endsAt(1, end >> 72n)).to.equal(usd("40"));
      expect(await registry.endsAt(1, 94)).to.equal(0n);
      await passTo(listedAt + 1103n);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND + 3n * 40n * 10n ** 36n);
    });

    it("ends a stream: nothing is owed from then on", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      expect(await registry.endsAt(1, 94)).to.equal(RATE);
      await at(listedAt + 1100n);
      await expect(streamsOf(ledger).lower(1n, RATE))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, DEPOSIT - 100n * PER_SECOND, 1100n * INDEX, 0);
      expect(await registry.endsAt(1, 94)).to.equal(0n);
      await passTo(listedAt + 9000n);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, 0n, 0n, 0n]);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      const account = await registry.getAccount(payer, testUSD);
      expect(account.scaledBalance).to.equal(DEPOSIT - 100n * PER_SECOND);
      expect([account.ratePerMonth, account.coveredUntil, account.endIndex, account.streamCount]).to.deep.equal([0n, MAX_UINT64, 0n, 0n]);
    });

    it("leaves the payer's other streams running, and moves their end", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      const { raise, lower } = streamsOf(ledger);
      await at(listedAt + 1010n);
      await raise(2n, usd("6"));
      await at(listedAt + 1020n);
      const balance = DEPOSIT - (20n * 60n + 10n * 6n) * 10n ** 36n;
      const end = tickBefore(1020n * INDEX + balance / usd("6"));
      await expect(lower(1n, RATE))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, 0, usd("6"), balance, 1020n * INDEX, end);
      expect(await registry.endsAt(2, end >> 72n)).to.equal(usd("6"));
      await passTo(listedAt + 1050n);
      expect(await registry.poolOf(1)).to.equal(20n * PER_SECOND);
      expect(await registry.poolOf(2)).to.equal(40n * 6n * 10n ** 36n);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(DEPOSIT - (20n * 60n + 40n * 6n) * 10n ** 36n);
    });

    it("lowers by nothing, which touches the account", async () => {
      const ledger = await streaming();
      const { registry, payer, listedAt } = ledger;
      await at(listedAt + 1100n);
      await expect(streamsOf(ledger).lower(1n, 0n))
        .to.emit(registry, "StreamChanged")
        .withArgs(payer.address, 1, TEST_USD_ID, RATE, RATE, DEPOSIT - 100n * PER_SECOND, 1100n * INDEX, tickBefore(447_400n * INDEX));
    });

    context("given a payer that ran out of funds", () => {
      it("passes on what was paid, and ends the stream without debt", async () => {
        const ledger = await streaming();
        const { registry, payer, testUSD, listedAt } = ledger;
        await at(listedAt + 1_000_000n);
        await expect(streamsOf(ledger).lower(1n, RATE))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, 0, 0, 0, 447_400n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(DEPOSIT);
        await registry.connect(payer).deposit(testUSD, 5);
        await passTo(listedAt + 2_000_000n);
        const account = await registry.getAccount(payer, testUSD);
        expect([account.balance, account.coveredUntil]).to.deep.equal([5n, MAX_UINT64]);
      });

      it("charges nothing twice when it is lowered in two steps", async () => {
        const ledger = await streaming();
        const { registry, payer, listedAt } = ledger;
        const { lower } = streamsOf(ledger);
        await at(listedAt + 1_000_000n);
        await lower(1n, usd("20"));
        await at(listedAt + 1_000_100n);
        await expect(lower(1n, usd("20")))
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 1, TEST_USD_ID, usd("20"), usd("20"), 0, 447_400n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(446_400n * PER_SECOND);
      });
    });

    context("given a cluster with unserved time", () => {
      it("refunds first, and the refund counts for where the streams end", async () => {
        const ledger = await streaming();
        const { registry, clusters, payer, listedAt } = ledger;
        const { raise, lower } = streamsOf(ledger);
        await registry.connect(clusters).setUnservedShare(2, TEST_USD_ID, 2n ** 32n);
        await at(listedAt + 2000n);
        await raise(2n, RATE);
        await at(listedAt + 3000n);
        // 2,000 seconds of cluster 1; those of cluster 2 come back.
        const balance = DEPOSIT - 2000n * PER_SECOND;
        const lowered = lower(2n, RATE);
        await expect(lowered)
          .to.emit(registry, "UnservedRefunded")
          .withArgs(payer.address, 2, 1000n * PER_SECOND);
        await expect(lowered)
          .to.emit(registry, "StreamChanged")
          .withArgs(payer.address, 2, TEST_USD_ID, 0, RATE, balance, 3000n * INDEX, tickBefore(447_400n * INDEX));
        expect(await registry.poolOf(2)).to.equal(0n);
        expect((await registry.getLine(2)).scaledUnserved).to.equal(0n);
      });
    });
  });
});
