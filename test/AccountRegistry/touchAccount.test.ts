import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, passTo } from "../helpers/units";

const DEPOSIT = testUsd("10") * scale(6n);
const INDEX = 10n ** 18n;
/** The last tick before the payer runs out of funds. */
const END = tickBefore(447_400n * INDEX);
/** What it pays after that. */
const LATE = RATE * (447_400n * INDEX - END);
const ALL = 2n ** 32n;

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
  describe("touchAccount", () => {
    it("refuses a currency that is not listed", async () => {
      const { registry, payer, stranger } = await withLedger();
      await expect(registry.touchAccount(payer, stranger))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("leaves an account without streams alone", async () => {
      const { registry, payer, testUSD } = await withLedger();
      await registry.connect(payer).deposit(testUSD, 7);
      await expect(registry.touchAccount(payer, testUSD)).not.to.emit(registry, "AccountTouched");
      expect((await registry.getAccount(payer, testUSD)).balance).to.equal(7n);
    });

    it("changes nothing of a funded account, for whomever calls it", async () => {
      const { registry, payer, stranger, testUSD, listedAt } = await streaming();
      await at(listedAt + 1100n);
      await expect(registry.connect(stranger).touchAccount(payer, testUSD))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, DEPOSIT - 100n * PER_SECOND, 1100n * INDEX, END);
      expect(await registry.endsAt(1, 94)).to.equal(RATE);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      await passTo(listedAt + 1_000_000n);
      expect(await registry.poolOf(1)).to.equal(DEPOSIT - LATE);
    });

    it("changes nothing twice in one transaction", async () => {
      const { registry, payer, testUSD, listedAt } = await streaming();
      await at(listedAt + 446_000n);
      const touch = registry.interface.encodeFunctionData("touchAccount", [payer.address, testUSD.target]);
      await registry.multicall([touch, touch, touch]);
      expect(await registry.poolOf(1)).to.equal(445_000n * PER_SECOND);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(1_400n * PER_SECOND);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 0n]);
    });

    it("passes on what was paid after the registered end, and settles no cluster", async () => {
      const { registry, payer, testUSD, listedAt } = await streaming();
      await at(listedAt + 445_000n);
      const touched = registry.touchAccount(payer, testUSD);
      await expect(touched)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, 2_400n * PER_SECOND, 445_000n * INDEX, 0);
      await expect(touched).not.to.emit(registry, "ClusterSettled");
      expect(await registry.poolOf(1)).to.equal(444_000n * PER_SECOND);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 0n]);
      // Less than a tick is left, which nobody is told of.
      await passTo(listedAt + 447_000n);
      expect(await registry.poolOf(1)).to.equal(444_000n * PER_SECOND);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 2_000n * PER_SECOND, 0n]);
      await at(listedAt + 500_000n);
      await registry.touchAccount(payer, testUSD);
      expect(await registry.poolOf(1)).to.equal(DEPOSIT);
    });

    it("moves the ends of all streams to where the account runs out of funds after a credit", async () => {
      const ledger = await streaming();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 2000n);
      await streamsOf(ledger).raise(2n, RATE);
      await registry.connect(clusters).credit(payer, TEST_USD_ID, DEPOSIT);
      await at(listedAt + 3000n);
      // 1,000 seconds of one stream, 1,000 of both.
      const balance = 2n * DEPOSIT - 3000n * PER_SECOND;
      const end = tickBefore(3000n * INDEX + balance / (2n * RATE));
      await expect(registry.touchAccount(payer, testUSD))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, balance, 3000n * INDEX, end);
      for (const clusterId of [1n, 2n]) expect(await registry.endsAt(clusterId, end >> 72n)).to.equal(RATE);
      expect((await registry.getAccount(payer, testUSD)).endIndex).to.equal(end);
    });

    it("refunds what was not served, by each cluster", async () => {
      const ledger = await streaming();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 2000n);
      await streamsOf(ledger).raise(2n, 2n * RATE);
      await at(listedAt + 3000n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, ALL / 4n);
      await at(listedAt + 4000n);
      await registry.connect(clusters).setUnservedShare(2, TEST_USD_ID, ALL);
      await at(listedAt + 5000n);
      // A quarter of 2,000 seconds of the one, all of 1,000 seconds of the other at twice the rate.
      const touched = registry.touchAccount(payer, testUSD);
      await expect(touched)
        .to.emit(registry, "UnservedRefunded")
        .withArgs(payer.address, 1, 500n * PER_SECOND);
      await expect(touched)
        .to.emit(registry, "UnservedRefunded")
        .withArgs(payer.address, 2, 2000n * PER_SECOND);
      const balance = DEPOSIT - (4000n + 6000n - 2500n) * PER_SECOND;
      await expect(touched)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, balance, 5000n * INDEX, tickBefore(5000n * INDEX + balance / (3n * RATE)));
      expect(await registry.poolOf(1)).to.equal(3500n * PER_SECOND);
      expect(await registry.poolOf(2)).to.equal(4000n * PER_SECOND);
      await passTo(listedAt + 5004n);
      expect(await registry.listStreams(payer, testUSD)).to.deep.equal([
        [1n, RATE, 0n, PER_SECOND],
        [2n, 2n * RATE, 0n, 8n * PER_SECOND],
      ]);
    });

    it("wakes an account up that was out of funds, by what was not served", async () => {
      const { registry, clusters, payer, testUSD, listedAt } = await streaming();
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 0);
      await at(listedAt + 2000n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, ALL / 2n);
      await at(listedAt + 1_000_000n);
      // Half of all but the first 1,000 seconds, which it has not paid for twice.
      const refund = (445_400n * PER_SECOND) / 2n;
      const touched = registry.touchAccount(payer, testUSD);
      await expect(touched).to.emit(registry, "UnservedRefunded").withArgs(payer.address, 1, refund);
      await expect(touched)
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, refund, 447_400n * INDEX, tickBefore(1_222_700n * INDEX));
      expect(await registry.poolOf(1)).to.equal(DEPOSIT - refund);
      expect((await registry.getAccount(payer, testUSD)).coveredUntil).to.equal(listedAt + 1_222_700n);
    });
  });
});
