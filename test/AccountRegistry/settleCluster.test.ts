import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { contractAsSigner } from "../helpers/clusters";
import { type Ledger, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, scale, MAX_RATE, passTo } from "../helpers/units";

const INDEX = 10n ** 18n;
const TICK = 2n ** 72n;
const SCALED = scale(6n);

/** Two payers of cluster 1 since the 1000th and the 2000th second; they run out of funds after 8 ticks and after 12. */
const streaming = deployments.createFixture(async (): Promise<Ledger> => {
  const ledger = await withLedger();
  const { registry, payer, otherPayer, testUSD, listedAt } = ledger;
  const { raise } = streamsOf(ledger);
  // 40,176 and 57,600 seconds.
  await registry.connect(payer).deposit(testUSD, 900_000);
  await registry.connect(otherPayer).deposit(testUSD, 645_162);
  await at(listedAt + 1000n);
  await raise(1n, RATE);
  await at(listedAt + 2000n);
  await raise(1n, usd("30"), otherPayer);
  return ledger;
});

describe("AccountRegistry", () => {
  describe("settleCluster", () => {
    it("refuses a cluster that nobody has ever paid", async () => {
      const { registry } = await streaming();
      await expect(registry.settleCluster(2, 1)).to.be.revertedWithCustomError(registry, "ClusterNeverPaid").withArgs(2);
    });

    it("finds nothing to cross before the first end", async () => {
      const { registry, listedAt } = await streaming();
      expect(await registry.endsAt(1, 8)).to.equal(RATE);
      expect(await registry.endsAt(1, 12)).to.equal(usd("30"));
      expect(await registry.settleCluster.staticCall(1, 10)).to.equal(true);
      await at(listedAt + 37_778n);
      await expect(registry.settleCluster(1, 10)).not.to.emit(registry, "ClusterSettled");
      expect((await registry.getLine(1)).ratePerMonth).to.equal(RATE + usd("30"));
    });

    it("crosses an end from the second on in which the index has reached it", async () => {
      const { registry, listedAt } = await streaming();
      // The 8th tick is at 37,778.93 seconds.
      expect(8n * TICK).to.be.within(37_778n * INDEX, 37_779n * INDEX);
      await at(listedAt + 37_779n);
      await expect(registry.settleCluster(1, 10))
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 37_779n * INDEX, usd("30"));
      expect(await registry.poolOf(1)).to.equal(RATE * (8n * TICK - 1000n * INDEX) + usd("30") * 35_779n * INDEX);
    });

    it("crosses as many ticks as it is told, and says whether all are", async () => {
      const ledger = await streaming();
      const { registry, listedAt } = ledger;
      await passTo(listedAt + 100_000n);
      for (const [maxTicks, isSettled] of [
        [0n, false],
        [1n, false],
        [2n, false],
        // The walk looks once more, from the last end to now.
        [3n, true],
      ] as const) {
        expect(await registry.settleCluster.staticCall(1, maxTicks)).to.equal(isSettled);
      }
      await expect(registry.settleCluster(1, 0)).not.to.emit(registry, "ClusterSettled");
      await expect(registry.settleCluster(1, 1))
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 8n * TICK, usd("30"));
      expect((await registry.getLine(1)).settledTick).to.equal(8n);
      await expect(registry.settleCluster(1, 1))
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 12n * TICK, 0);
      // Without streams on its line there is nothing to look for.
      expect(await registry.settleCluster.staticCall(1, 0)).to.equal(true);
      expect(await registry.poolOf(1)).to.equal(RATE * (8n * TICK - 1000n * INDEX) + usd("30") * (12n * TICK - 2000n * INDEX));
    });

    it("shows the same pool before and after, in parts or at once", async () => {
      const { registry, payer, otherPayer, testUSD, listedAt } = await streaming();
      await passTo(listedAt + 100_000n);
      const pool = await registry.poolOf(1);
      await registry.settleCluster(1, 1);
      expect(await registry.poolOf(1)).to.equal(pool);
      await registry.settleCluster(1, 9);
      expect(await registry.poolOf(1)).to.equal(pool);
      await registry.touchAccount(payer, testUSD);
      await registry.touchAccount(otherPayer, testUSD);
      const balances = [payer, otherPayer].map(async (who) => (await registry.getAccount(who, testUSD)).scaledBalance);
      const left = (await Promise.all(balances)).reduce((sum, balance) => sum + balance, 0n);
      expect(await registry.poolOf(1)).to.equal(1_545_162n * SCALED - left);
    });

    context("given a cluster with more ticks to cross than fit into another call", () => {
      // Ticks are passed by the thousand a second, once the price has fallen to a hundred-millionth.
      const walking = deployments.createFixture(async (): Promise<Ledger & { end: bigint }> => {
        const ledger = await withLedger();
        const { registry, prices, clusters, payer, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("1000000"));
        await at(listedAt + 1000n);
        // A million tokens, at 31 USD a month, are good for 18.3 million ticks.
        await raise(1n, usd("31"));
        const { endIndex } = await registry.getAccount(payer, testUSD);
        const asPrices = await contractAsSigner(prices);
        await at(listedAt + 2000n);
        await registry.connect(asPrices).setIndexSpeed(TEST_USD_ID, 10n ** 26n);
        // 2,150 words of 256 ticks.
        await at(listedAt + 2026n);
        await registry.connect(clusters).credit(payer, TEST_USD_ID, 0);
        return { ...ledger, end: endIndex };
      });

      it("refuses what needs all of it, says how far it is, and goes on after settling in parts", async () => {
        const { registry, clusters, payer, listedAt, end } = await walking();
        const distribution = { clusterId: 1, whole: true, networkFeeBps: 0, managementFeeBps: 0, networkAccount: payer, manager: payer };
        const asClusters = registry.connect(clusters);
        const index = 2000n * INDEX + 27n * 10n ** 26n;
        expect(index < end).to.equal(true);
        const settledIndex = (2_000n * 256n - 1n) * TICK;
        await at(listedAt + 2027n);
        await expect(asClusters.takePool(distribution))
          .to.be.revertedWithCustomError(registry, "ClusterNotSettled")
          .withArgs(1, settledIndex, index);
        await at(listedAt + 2028n);
        await expect(asClusters.setUnservedShare(1, TEST_USD_ID, 1))
          .to.be.revertedWithCustomError(registry, "ClusterNotSettled")
          .withArgs(1, settledIndex, index + 10n ** 26n);

        // What is looked at by a call of a view is as far.
        const line = await registry.getLine(1);
        expect([line.isSettled, line.settledTick]).to.deep.equal([false, 0n]);
        expect(line.scaledRevenue).to.equal(usd("31") * (settledIndex - 1000n * INDEX));

        expect(await registry.settleCluster.staticCall(1, 2_000)).to.equal(false);
        await at(listedAt + 2029n);
        await registry.settleCluster(1, 2_000);
        expect((await registry.getLine(1)).settledTick).to.equal(2_000n * 256n - 1n);
        expect((await registry.getLine(1)).isSettled).to.equal(true);
        await at(listedAt + 2030n);
        await asClusters.takePool(distribution);
        expect(await registry.poolOf(1)).to.equal(0n);
      });

      it("takes as much as one call reaches where not all is needed", async () => {
        const { registry, clusters, payer, testUSD, listedAt } = await walking();
        const distribution = {
          clusterId: 1,
          whole: false,
          networkFeeBps: 0,
          managementFeeBps: 10_000,
          networkAccount: payer,
          manager: clusters,
        };
        const earned = usd("31") * ((2_000n * 256n - 1n) * TICK - 1000n * INDEX);
        expect(await registry.connect(clusters).takePool.staticCall(distribution)).to.deep.equal([0n, earned, 0n]);
        await at(listedAt + 2027n);
        await registry.connect(clusters).takePool(distribution);
        expect((await registry.getAccount(clusters, testUSD)).scaledBalance).to.equal(earned);
        // The rest with the next call.
        expect((await registry.getLine(1)).isSettled).to.equal(true);
        await at(listedAt + 2028n);
        await registry.connect(clusters).takePool(distribution);
        expect((await registry.getAccount(clusters, testUSD)).scaledBalance).to.equal(usd("31") * (1000n * INDEX + 28n * 10n ** 26n));
      });
    });

    context("at the largest numbers", () => {
      it("crosses the end of a stream at the largest rate", async () => {
        const ledger = await withLedger();
        const { registry, clusters, payer, testUSD, listedAt } = ledger;
        // Good for 5,000 seconds.
        await registry.connect(clusters).credit(payer, TEST_USD_ID, MAX_RATE * 5000n * INDEX);
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, MAX_RATE);
        expect((await registry.getAccount(payer, testUSD)).endIndex).to.equal(TICK);
        await at(listedAt + 10_000n);
        await expect(registry.settleCluster(1, 10))
          .to.emit(registry, "ClusterSettled")
          .withArgs(1, 10_000n * INDEX, 0);
        expect(await registry.poolOf(1)).to.equal(MAX_RATE * (TICK - 1000n * INDEX));
        expect((await registry.getStream(payer, 1)).scaledLate).to.equal(MAX_RATE * (6000n * INDEX - TICK));
        await registry.touchAccount(payer, testUSD);
        expect(await registry.poolOf(1)).to.equal(MAX_RATE * 5000n * INDEX);
      });
    });
  });
});
