import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, scale, MAX_UINT64, now, passTo } from "../helpers/units";

const SCALED = scale(6n);

/** The payer has 10 TestUSD, good for 446,400 seconds of the 60 USD a month that it pays since the 1000th second of the currency. */
const streaming = deployments.createFixture(async (): Promise<Ledger & { start: bigint }> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return { ...ledger, start: listedAt + 1000n };
});

describe("AccountRegistry", () => {
  describe("getAccount", () => {
    it("refuses a currency that is not listed", async () => {
      const { registry, stranger } = await withLedger();
      await expect(registry.getAccount(stranger, stranger))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    context("given nothing owed", () => {
      it("is covered for ever, empty or not", async () => {
        const { registry, payer, stranger, testUSD, listedAt } = await withLedger();
        await registry.connect(payer).deposit(testUSD, 3);
        await passTo(listedAt + 1000n);
        expect(await registry.getAccount(stranger, testUSD)).to.deep.equal([0n, 0n, MAX_UINT64, 0n, 1000n * 10n ** 18n]);
        expect(await registry.getAccount(payer, testUSD)).to.deep.equal([3n, 0n, MAX_UINT64, 3n * SCALED, 1000n * 10n ** 18n]);
      });
    });

    context("given a stream", () => {
      it("is covered to the exact second, whenever it is asked", async () => {
        const { registry, payer, testUSD, start } = await streaming();
        for (const seconds of [0n, 1n, 1000n, 446_399n]) {
          if (seconds !== 0n) await passTo(start + seconds);
          const scaled = 10_000_000n * SCALED - seconds * PER_SECOND;
          expect(await registry.getAccount(payer, testUSD)).to.deep.equal([
            scaled / SCALED,
            RATE,
            start + 446_400n,
            scaled,
            (1000n + seconds) * 10n ** 18n,
          ]);
        }
      });

      it("is dry from that second on: covered until now, and funded no further", async () => {
        const { registry, payer, testUSD, start } = await streaming();
        for (const seconds of [446_400n, 446_401n, 1_000_000n]) {
          await passTo(start + seconds);
          expect(await registry.getAccount(payer, testUSD)).to.deep.equal([0n, RATE, start + seconds, 0n, 447_400n * 10n ** 18n]);
        }
      });

      it("lasts twice as long at twice the price, from the change on", async () => {
        const { registry, prices, admin, payer, testUSD, start } = await streaming();
        await at(start + 46_400n);
        await prices.connect(admin).setPrice(testUSD, usd("2"));
        expect((await registry.getAccount(payer, testUSD)).coveredUntil).to.equal(start + 46_400n + 800_000n);
        await passTo(start + 846_399n);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(30n * 10n ** 36n);
        await passTo(start + 846_400n);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(0n);
      });

      it("rounds the seconds that are covered down", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        await registry.connect(payer).deposit(testUSD, 1);
        const start = (await now()) + 1_000n;
        await at(start);
        // One base unit is 2,678,400 x 10^30 scaled units, and a second costs 10^36.
        await streamsOf(ledger).raise(1n, usd("1"));
        expect((await registry.getAccount(payer, testUSD)).coveredUntil).to.equal(start + 2n);
        await passTo(start + 2n);
        const last = await registry.getAccount(payer, testUSD);
        expect([last.coveredUntil, last.scaledBalance]).to.deep.equal([start + 2n, 678_400n * 10n ** 30n]);
        await passTo(start + 3n);
        const dry = await registry.getAccount(payer, testUSD);
        expect([dry.coveredUntil, dry.scaledBalance]).to.deep.equal([start + 3n, 0n]);
      });

      it("is covered until the largest value, where it is longer than that", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("1000"));
        // 1000 tokens are 2.7 x 10^45 scaled units, and a second costs 10^18.
        await streamsOf(ledger).raise(1n, 1n);
        expect((await registry.getAccount(payer, testUSD)).coveredUntil).to.equal(MAX_UINT64);
      });
    });
  });

  describe("coverageOf", () => {
    it("says how far an account has paid", async () => {
      const { registry, payer, start } = await streaming();
      await passTo(start + 400n);
      expect(await registry.coverageOf(payer, TEST_USD_ID)).to.deep.equal([
        1400n * 10n ** 18n,
        1400n * 10n ** 18n,
        10n ** 18n,
        start + 446_400n,
        false,
      ]);
      await passTo(start + 1_000_000n);
      expect(await registry.coverageOf(payer, TEST_USD_ID)).to.deep.equal([
        1_001_000n * 10n ** 18n,
        447_400n * 10n ** 18n,
        10n ** 18n,
        start + 1_000_000n,
        true,
      ]);
    });

    it("calls an account that owes nothing not dry", async () => {
      const { registry, stranger, listedAt } = await withLedger();
      await passTo(listedAt + 1000n);
      expect(await registry.coverageOf(stranger, TEST_USD_ID)).to.deep.equal([
        1000n * 10n ** 18n,
        1000n * 10n ** 18n,
        10n ** 18n,
        MAX_UINT64,
        false,
      ]);
    });

    it("calls an account dry at the balance that does not pay for one of the index", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer } = ledger;
      await streamsOf(ledger).raise(1n, RATE, payer, FINE_TOKEN_ID);
      await registry.connect(clusters).credit(payer, FINE_TOKEN_ID, RATE - 1n);
      expect((await registry.coverageOf(payer, FINE_TOKEN_ID)).dry).to.equal(true);
      await registry.connect(clusters).credit(payer, FINE_TOKEN_ID, 1);
      expect((await registry.coverageOf(payer, FINE_TOKEN_ID)).dry).to.equal(false);
    });
  });

  describe("getStream", () => {
    it("is empty where there has never been one", async () => {
      const { registry, payer, stranger } = await streaming();
      expect(await registry.getStream(stranger, 1)).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
      expect(await registry.getStream(payer, 2)).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
    });

    it("says what settling would move", async () => {
      const { registry, payer, start } = await streaming();
      await passTo(start + 17n);
      expect(await registry.getStream(payer, 1)).to.deep.equal([TEST_USD_ID, RATE, 1000n * 10n ** 18n, 17n * PER_SECOND, 0n]);
    });
  });

  describe("poolOf", () => {
    it("is empty where nothing has been settled", async () => {
      const { registry } = await streaming();
      expect(await registry.poolOf(1)).to.equal(0n);
    });
  });
});
