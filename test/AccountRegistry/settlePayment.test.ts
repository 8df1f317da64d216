import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, passTo } from "../helpers/units";

const DEPOSIT = testUsd("10") * scale(6n);
const INDEX = 10n ** 18n;
/** The last tick before the payer runs out of funds. */
const END = tickBefore(447_400n * INDEX);

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
  describe("settlePayment", () => {
    context("when there is nothing to settle", () => {
      it("leaves a cluster alone that nobody has ever paid", async () => {
        const ledger = await streaming();
        const { registry } = ledger;
        const settled = streamsOf(ledger).settle(2n);
        await expect(settled).not.to.emit(registry, "AccountTouched");
        await expect(settled).not.to.emit(registry, "ClusterSettled");
        expect(await registry.poolOf(2)).to.equal(0n);
      });

      it("leaves the account alone of somebody who pays nobody, or no longer does", async () => {
        const ledger = await streaming();
        const { registry, stranger } = ledger;
        const { lower, settle } = streamsOf(ledger);
        await expect(settle(1n, stranger)).not.to.emit(registry, "AccountTouched");
        await lower(1n, RATE);
        const pool = await registry.poolOf(1);
        await expect(settle(1n)).not.to.emit(registry, "AccountTouched");
        expect(await registry.poolOf(1)).to.equal(pool);
      });

      it("finds nothing of a payer that has never been funded", async () => {
        const ledger = await streaming();
        const { registry, otherPayer, listedAt } = ledger;
        const { raise, settle } = streamsOf(ledger);
        await at(listedAt + 2000n);
        await raise(1n, RATE, otherPayer);
        await at(listedAt + 3000n);
        await expect(settle(1n, otherPayer))
          .to.emit(registry, "AccountTouched")
          .withArgs(otherPayer.address, TEST_USD_ID, 0, 2000n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(2000n * PER_SECOND);
      });

      it("finds nothing more of a payer that is out of funds, once it was settled", async () => {
        const ledger = await streaming();
        const { registry, payer, listedAt } = ledger;
        const { settle } = streamsOf(ledger);
        await at(listedAt + 1_000_000n);
        await settle(1n);
        await expect(settle(1n))
          .to.emit(registry, "AccountTouched")
          .withArgs(payer.address, TEST_USD_ID, 0, 447_400n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(DEPOSIT);
      });
    });

    it("touches the payer's account, and changes nothing of what has been paid", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 1100n);
      const settled = streamsOf(ledger).settle(1n);
      await expect(settled)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, DEPOSIT - 100n * PER_SECOND, 1100n * INDEX, END);
      await expect(settled).not.to.emit(registry, "ClusterSettled");
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 0n]);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(DEPOSIT - 100n * PER_SECOND);
      // No token has moved.
      expect(await registry.custody(testUSD)).to.deep.equal([testUsd("10"), testUsd("10")]);
    });

    it("passes on the last part of a payer that ran out of funds, and crosses its end", async () => {
      const ledger = await streaming();
      const { registry, payer, listedAt } = ledger;
      await passTo(listedAt + 999_999n);
      const late = RATE * (447_400n * INDEX - END);
      expect(await registry.poolOf(1)).to.equal(DEPOSIT - late);
      expect((await registry.getStream(payer, 1)).scaledLate).to.equal(late);
      await at(listedAt + 1_000_000n);
      const settled = streamsOf(ledger).settle(1n);
      await expect(settled)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, 0, 447_400n * INDEX, 0);
      await expect(settled)
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 1_000_000n * INDEX, 0);
      expect(await registry.poolOf(1)).to.equal(DEPOSIT);
      expect((await registry.getStream(payer, 1)).scaledLate).to.equal(0n);
    });

    it("settles the cluster with the ends of all its payers, and touches one account", async () => {
      const ledger = await streaming();
      const { registry, payer, otherPayer, testUSD, listedAt } = ledger;
      const { raise, settle } = streamsOf(ledger);
      await registry.connect(otherPayer).deposit(testUSD, testUsd("1"));
      await at(listedAt + 2000n);
      await raise(1n, RATE, otherPayer);
      // The other payer is covered for 44,640 seconds; the 9th tick is in second 42,501 of the currency.
      expect((await registry.getAccount(otherPayer, testUSD)).endIndex).to.equal(9n * 2n ** 72n);
      await at(listedAt + 100_000n);
      const settled = settle(1n);
      await expect(settled)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, DEPOSIT - 99_000n * PER_SECOND, 100_000n * INDEX, END);
      await expect(settled)
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 100_000n * INDEX, RATE);
      const otherLate = RATE * (46_640n * INDEX - 9n * 2n ** 72n);
      expect(await registry.poolOf(1)).to.equal(99_000n * PER_SECOND + 44_640n * PER_SECOND - otherLate);
      expect((await registry.getStream(otherPayer, 1)).scaledLate).to.equal(otherLate);
      await settle(1n, otherPayer);
      expect((await registry.getStream(otherPayer, 1)).scaledLate).to.equal(0n);
    });

    it("touches all the payer's streams, and settles one cluster", async () => {
      const ledger = await streaming();
      const { registry, payer, testUSD, listedAt } = ledger;
      const { raise, settle } = streamsOf(ledger);
      await at(listedAt + 1100n);
      await raise(2n, 9n);
      await at(listedAt + 1_000_000n);
      const settled = settle(2n);
      await expect(settled)
        .to.emit(registry, "ClusterSettled")
        .withArgs(2, 1_000_000n * INDEX, 0);
      const { paidIndex } = await registry.getAccount(payer, testUSD);
      for (const [clusterId, pool] of [
        [1n, RATE * (paidIndex - 1000n * INDEX)],
        [2n, 9n * (paidIndex - 1100n * INDEX)],
      ] as const) {
        expect(await registry.poolOf(clusterId)).to.equal(pool);
        expect((await registry.getStream(payer, clusterId)).scaledLate).to.equal(0n);
      }
      expect((await registry.getLine(1)).ratePerMonth).to.equal(RATE);
      expect((await registry.getLine(2)).ratePerMonth).to.equal(0n);
    });

    it("knows the currency of the cluster", async () => {
      const ledger = await streaming();
      const { registry, payer, scaledToken } = ledger;
      const { raise, settle } = streamsOf(ledger);
      await registry.connect(payer).deposit(scaledToken, 10n ** 24n);
      await raise(2n, RATE, payer, 3n);
      const settled = await settle(2n);
      const { scaledBalance, paidIndex, endIndex } = await registry.getAccount(payer, scaledToken);
      await expect(settled).to.emit(registry, "AccountTouched").withArgs(payer.address, 3, scaledBalance, paidIndex, endIndex);
    });
  });
});
