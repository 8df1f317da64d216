import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, scale, passTo } from "../helpers/units";

/** The payer has 10 TestUSD, good for 446,400 seconds of the 60 USD a month that it pays to cluster 1 since the 1000th second. */
const streaming = deployments.createFixture(async (): Promise<Ledger> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return ledger;
});

describe("AccountRegistry", () => {
  describe("settleStream", () => {
    context("when nothing is owed", () => {
      it("leaves a stream alone that has never been, or has ended", async () => {
        const ledger = await streaming();
        const { registry } = ledger;
        const { lower, settle } = streamsOf(ledger);
        await expect(settle(2n)).not.to.emit(registry, "PaymentSettled");
        await lower(1n, RATE);
        const pool = await registry.poolOf(1);
        await expect(settle(1n)).not.to.emit(registry, "PaymentSettled");
        expect(await registry.poolOf(1)).to.equal(pool);
        expect(await registry.poolOf(2)).to.equal(0n);
      });

      it("leaves the stream of a payer alone that has never been funded", async () => {
        const ledger = await streaming();
        const { registry, otherPayer } = ledger;
        const { raise, settle } = streamsOf(ledger);
        await raise(1n, RATE, otherPayer);
        await expect(settle(1n, otherPayer)).not.to.emit(registry, "PaymentSettled");
        expect(await registry.poolOf(1)).to.equal(0n);
      });

      it("leaves the stream of a dry payer alone, once it is settled", async () => {
        const ledger = await streaming();
        const { registry, listedAt } = ledger;
        const { settle } = streamsOf(ledger);
        await at(listedAt + 1_000_000n);
        await settle(1n);
        await expect(settle(1n)).not.to.emit(registry, "PaymentSettled");
        expect(await registry.poolOf(1)).to.equal(446_400n * PER_SECOND);
      });
    });

    it("moves what is owed to the pool, and leaves the account as it was", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 1100n);
      await expect(streamsOf(ledger).settle(1n))
        .to.emit(registry, "PaymentSettled")
        .withArgs(payer.address, 1, 100n * PER_SECOND, 1100n * 10n ** 18n);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      expect(await registry.getStream(payer, 1)).to.deep.equal([TEST_USD_ID, RATE, 1100n * 10n ** 18n, 0n, 0n]);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(testUsd("10") * scale(6n) - 100n * PER_SECOND);
      // No token has moved.
      expect(await registry.custody(testUSD)).to.deep.equal([testUsd("10"), testUsd("10")]);
    });

    it("pays the part that was funded of a payer that ran dry", async () => {
      const ledger = await streaming();
      const { registry, payer, listedAt } = ledger;
      await at(listedAt + 1_000_000n);
      await expect(streamsOf(ledger).settle(1n))
        .to.emit(registry, "PaymentSettled")
        .withArgs(payer.address, 1, 446_400n * PER_SECOND, 447_400n * 10n ** 18n);
    });

    it("adds what several payers owe to one pool, each by itself", async () => {
      const ledger = await streaming();
      const { registry, payer, otherPayer, testUSD, listedAt } = ledger;
      const { raise, settle } = streamsOf(ledger);
      await registry.connect(otherPayer).deposit(testUSD, testUsd("1"));
      await at(listedAt + 1050n);
      await raise(1n, 7n, otherPayer);
      await at(listedAt + 1100n);
      await settle(1n, otherPayer);
      expect(await registry.poolOf(1)).to.equal(50n * 7n * 10n ** 18n);
      await at(listedAt + 1200n);
      await settle(1n);
      expect(await registry.poolOf(1)).to.equal(50n * 7n * 10n ** 18n + 200n * PER_SECOND);
      expect((await registry.getStream(otherPayer, 1)).scaledOwed).to.equal(100n * 7n * 10n ** 18n);
      expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(0n);
    });

    it("settles one cluster, and not the payer's others", async () => {
      const ledger = await streaming();
      const { registry, payer, listedAt } = ledger;
      const { raise, settle } = streamsOf(ledger);
      await at(listedAt + 1100n);
      await raise(2n, 9n);
      await at(listedAt + 1200n);
      await settle(2n);
      expect(await registry.poolOf(1)).to.equal(0n);
      expect(await registry.poolOf(2)).to.equal(100n * 9n * 10n ** 18n);
      await passTo(listedAt + 1300n);
      expect((await registry.getStream(payer, 1)).scaledOwed).to.equal(300n * PER_SECOND);
      expect((await registry.getStream(payer, 2)).scaledOwed).to.equal(100n * 9n * 10n ** 18n);
    });
  });
});
