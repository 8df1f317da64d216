import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, passTo } from "../helpers/units";

const INDEX = 10n ** 18n;
const TICK = 2n ** 72n;
const HALF = 2n ** 31n;

/** The payer has 0.9 TestUSD, and pays 60 USD a month to cluster 1 since the 1000th second, until the 41,176th: in the 8th tick. */
const streaming = deployments.createFixture(async (): Promise<Ledger> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, 900_000);
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return ledger;
});

describe("AccountRegistry", () => {
  describe("getLine", () => {
    it("is empty where nobody has ever paid", async () => {
      const { registry } = await streaming();
      expect(await registry.getLine(2)).to.deep.equal([0n, 0n, 0n, 0n, 0n, true, 0n, 0n]);
    });

    it("says what is paid, and what has been earned, now", async () => {
      const ledger = await streaming();
      const { registry, otherPayer, testUSD, listedAt } = ledger;
      await registry.connect(otherPayer).deposit(testUSD, testUsd("100"));
      await at(listedAt + 2000n);
      await streamsOf(ledger).raise(1n, usd("30"), otherPayer);
      await passTo(listedAt + 4000n);
      expect(await registry.getLine(1)).to.deep.equal([TEST_USD_ID, RATE + usd("30"), 0n, 4000n * PER_SECOND, 0n, true, 0n, 0n]);
    });

    it("looks beyond ends that nobody has crossed: the rate is that of the line as it is, the revenue is exact", async () => {
      const { registry, listedAt } = await streaming();
      await passTo(listedAt + 100_000n);
      const revenue = RATE * (8n * TICK - 1000n * INDEX);
      expect(await registry.getLine(1)).to.deep.equal([TEST_USD_ID, RATE, 0n, revenue, 0n, true, 0n, 0n]);
      await registry.settleCluster(1, 100);
      expect(await registry.getLine(1)).to.deep.equal([TEST_USD_ID, 0n, 21n, revenue, 0n, true, 0n, 0n]);
    });

    it("says which share is not served since when, and what is withheld for it", async () => {
      const { registry, clusters, payer, testUSD, listedAt } = await streaming();
      await at(listedAt + 2000n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, HALF);
      await passTo(listedAt + 5000n);
      const expected = [2500n * PER_SECOND, 1500n * PER_SECOND, true, HALF, 2000n * INDEX];
      expect(await registry.getLine(1)).to.deep.equal([TEST_USD_ID, RATE, 0n, ...expected]);
      // A refund takes what was withheld; another share is counted from its own change on.
      await at(listedAt + 5000n + 1n);
      await registry.touchAccount(payer, testUSD);
      expect((await registry.getLine(1)).scaledUnserved).to.equal(0n);
      await at(listedAt + 6001n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 0);
      await passTo(listedAt + 7001n);
      expect(await registry.getLine(1)).to.deep.equal([
        TEST_USD_ID,
        RATE,
        0n,
        (1000n + 2000n + 1000n) * PER_SECOND + PER_SECOND / 2n,
        500n * PER_SECOND,
        true,
        0n,
        6001n * INDEX,
      ]);
    });

    it("withholds up to the end of a payer that ran out of funds", async () => {
      const { registry, clusters, payer, testUSD, listedAt } = await streaming();
      await at(listedAt + 2000n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, HALF);
      await passTo(listedAt + 100_000n);
      const onLine = RATE * (8n * TICK - 2000n * INDEX);
      const line = await registry.getLine(1);
      expect([line.scaledRevenue, line.scaledUnserved]).to.deep.equal([1000n * PER_SECOND + onLine / 2n, onLine / 2n]);
      await registry.settleCluster(1, 100);
      const settled = await registry.getLine(1);
      expect([settled.scaledRevenue, settled.scaledUnserved]).to.deep.equal([1000n * PER_SECOND + onLine / 2n, onLine / 2n]);
      await registry.touchAccount(payer, testUSD);
      const touched = await registry.getLine(1);
      expect([touched.scaledRevenue, touched.scaledUnserved]).to.deep.equal([(1000n + 39_176n / 2n) * PER_SECOND, 0n]);
    });

    it("counts in the cluster's currency", async () => {
      const ledger = await streaming();
      const { registry, payer, scaledToken } = ledger;
      const { raise, lower } = streamsOf(ledger);
      await registry.connect(payer).deposit(scaledToken, 10n ** 24n);
      await raise(2n, 5n, payer, FINE_TOKEN_ID);
      expect((await registry.getLine(2)).currencyId).to.equal(FINE_TOKEN_ID);
      // It stays so when nobody pays any more.
      await lower(2n, 5n, payer, FINE_TOKEN_ID);
      expect((await registry.getLine(2)).currencyId).to.equal(FINE_TOKEN_ID);
    });
  });

  describe("endsAt", () => {
    it("is the sum of the rates that end at a tick", async () => {
      const ledger = await streaming();
      const { registry, otherPayer, testUSD, listedAt } = ledger;
      await registry.connect(otherPayer).deposit(testUSD, 850_000);
      await at(listedAt + 2000n);
      await streamsOf(ledger).raise(1n, usd("60"), otherPayer);
      expect(await registry.endsAt(1, 7)).to.equal(0n);
      expect(await registry.endsAt(1, 8)).to.equal(RATE + usd("60"));
      expect(await registry.endsAt(1, 9)).to.equal(0n);
      expect(await registry.endsAt(2, 8)).to.equal(0n);
    });

    it("is flagged and what was not served up to it, once it was crossed in a cluster with unserved time", async () => {
      const { registry, clusters, listedAt } = await streaming();
      await at(listedAt + 2000n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, HALF);
      await at(listedAt + 100_000n);
      await registry.settleCluster(1, 100);
      expect(await registry.endsAt(1, 8)).to.equal(2n ** 255n + HALF * (8n * TICK - 2000n * INDEX));
    });
  });
});
