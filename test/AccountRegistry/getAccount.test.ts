import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, MAX_UINT64, now, passTo } from "../helpers/units";

const SCALED = scale(6n);
const INDEX = 10n ** 18n;

/** The payer has 10 TestUSD, good for 446,400 seconds of the 60 USD a month that it pays since the 1000th second of the currency. */
const streaming = deployments.createFixture(async (): Promise<Ledger & { start: bigint }> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return { ...ledger, start: listedAt + 1000n };
});

/** 94 ticks of 4,722 seconds: the last one before the 447,400th second. */
const END = tickBefore(447_400n * INDEX);

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
        expect(await registry.getAccount(stranger, testUSD)).to.deep.equal([0n, 0n, MAX_UINT64, 0n, 1000n * INDEX, 0n, 0n]);
        expect(await registry.getAccount(payer, testUSD)).to.deep.equal([3n, 0n, MAX_UINT64, 3n * SCALED, 1000n * INDEX, 0n, 0n]);
      });
    });

    context("given a stream", () => {
      it("is covered to the exact second, whenever it is asked", async () => {
        const { registry, payer, testUSD, start } = await streaming();
        expect(END).to.equal(94n * 2n ** 72n);
        for (const seconds of [0n, 1n, 1000n, 442_902n, 442_903n, 446_399n]) {
          if (seconds !== 0n) await passTo(start + seconds);
          const scaled = 10_000_000n * SCALED - seconds * PER_SECOND;
          expect(await registry.getAccount(payer, testUSD)).to.deep.equal([
            scaled / SCALED,
            RATE,
            start + 446_400n,
            scaled,
            (1000n + seconds) * INDEX,
            // The 94th tick is in second 443,902 of the currency.
            seconds <= 442_902n ? END : 0n,
            1n,
          ]);
        }
      });

      it("is out of funds from that second on: covered until now, and paid no further", async () => {
        const { registry, payer, testUSD, start } = await streaming();
        for (const seconds of [446_400n, 446_401n, 1_000_000n]) {
          await passTo(start + seconds);
          expect(await registry.getAccount(payer, testUSD)).to.deep.equal([0n, RATE, start + seconds, 0n, 447_400n * INDEX, 0n, 1n]);
        }
      });

      it("lasts twice as long at twice the price, from the change on, and ends at the same index", async () => {
        const { registry, prices, admin, payer, testUSD, start } = await streaming();
        await at(start + 46_400n);
        await prices.connect(admin).setPrice(testUSD, usd("2"));
        const account = await registry.getAccount(payer, testUSD);
        expect([account.coveredUntil, account.endIndex]).to.deep.equal([start + 46_400n + 800_000n, END]);
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
        const depleted = await registry.getAccount(payer, testUSD);
        expect([depleted.coveredUntil, depleted.scaledBalance]).to.deep.equal([start + 3n, 0n]);
      });

      it("is covered until the largest value, where it is longer than that, and ends at the farthest tick", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD, listedAt } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("1000"));
        await at(listedAt + 10_000n);
        // 1000 tokens are 2.7 x 10^45 scaled units, and a second costs 10^18.
        await streamsOf(ledger).raise(1n, 1n);
        const account = await registry.getAccount(payer, testUSD);
        expect(account.coveredUntil).to.equal(MAX_UINT64);
        // Two ticks are 9,445 seconds.
        expect(account.endIndex).to.equal((2n + 2n ** 40n - 1n) * 2n ** 72n);
      });

      it("counts the clusters that it pays", async () => {
        const ledger = await streaming();
        const { registry, payer, testUSD } = ledger;
        const { raise, lower } = streamsOf(ledger);
        const count = async (): Promise<bigint> => (await registry.getAccount(payer, testUSD)).streamCount;
        await raise(2n, 1n);
        await raise(2n, 1n);
        expect(await count()).to.equal(2n);
        await lower(2n, 1n);
        expect(await count()).to.equal(2n);
        await lower(2n, 1n);
        expect(await count()).to.equal(1n);
      });
    });
  });

  describe("coverageOf", () => {
    it("says how far an account has paid", async () => {
      const { registry, payer, start } = await streaming();
      await passTo(start + 400n);
      expect(await registry.coverageOf(payer, TEST_USD_ID)).to.deep.equal([1400n * INDEX, 1400n * INDEX, INDEX, start + 446_400n, false]);
      await passTo(start + 1_000_000n);
      expect(await registry.coverageOf(payer, TEST_USD_ID)).to.deep.equal([
        1_001_000n * INDEX,
        447_400n * INDEX,
        INDEX,
        start + 1_000_000n,
        true,
      ]);
    });

    it("does not call an account depleted that owes nothing", async () => {
      const { registry, stranger, listedAt } = await withLedger();
      await passTo(listedAt + 1000n);
      expect(await registry.coverageOf(stranger, TEST_USD_ID)).to.deep.equal([1000n * INDEX, 1000n * INDEX, INDEX, MAX_UINT64, false]);
    });

    it("calls an account depleted at the balance that does not pay for one of the index", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer } = ledger;
      await streamsOf(ledger).raise(1n, RATE, payer, FINE_TOKEN_ID);
      await registry.connect(clusters).credit(payer, FINE_TOKEN_ID, RATE - 1n);
      expect((await registry.coverageOf(payer, FINE_TOKEN_ID)).depleted).to.equal(true);
      await registry.connect(clusters).credit(payer, FINE_TOKEN_ID, 1);
      expect((await registry.coverageOf(payer, FINE_TOKEN_ID)).depleted).to.equal(false);
    });
  });

  describe("getStream", () => {
    it("is empty where there is none: the cluster was never paid, not by this account, or no longer", async () => {
      const ledger = await streaming();
      const { registry, payer, stranger } = ledger;
      expect(await registry.getStream(payer, 2)).to.deep.equal([2n, 0n, 0n, 0n]);
      expect(await registry.getStream(stranger, 1)).to.deep.equal([1n, 0n, 0n, 0n]);
      const { raise, lower } = streamsOf(ledger);
      await raise(2n, 5n);
      await lower(2n, 5n);
      expect(await registry.getStream(payer, 2)).to.deep.equal([2n, 0n, 0n, 0n]);
    });

    it("says what the cluster does not know of yet, which is nothing before the registered end", async () => {
      const { registry, payer, start } = await streaming();
      for (const seconds of [17n, 442_902n, 442_903n, 446_400n, 1_000_000n]) {
        await passTo(start + seconds);
        const paidIndex = (1000n + (seconds < 446_400n ? seconds : 446_400n)) * INDEX;
        const late = paidIndex > END ? RATE * (paidIndex - END) : 0n;
        expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, late, 0n]);
        expect(await registry.poolOf(1)).to.equal(RATE * (paidIndex - 1000n * INDEX) - late);
      }
    });

    it("says what the cluster would refund, once a part is not served", async () => {
      const { registry, clusters, payer, start } = await streaming();
      await at(start + 100n);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 2n ** 30n);
      await passTo(start + 500n);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 100n * PER_SECOND]);
      // All of the time that is paid but for the first 100 seconds, whether the cluster knows of it or not.
      await passTo(start + 1_000_000n);
      const late = RATE * (447_400n * INDEX - END);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, late, (446_300n * PER_SECOND) / 4n]);
    });

    it("knows the streams of each currency by the cluster", async () => {
      const ledger = await streaming();
      const { registry, payer, scaledToken } = ledger;
      await registry.connect(payer).deposit(scaledToken, 10n ** 24n);
      await streamsOf(ledger).raise(2n, 7n, payer, FINE_TOKEN_ID);
      expect(await registry.getStream(payer, 1)).to.deep.equal([1n, RATE, 0n, 0n]);
      expect(await registry.getStream(payer, 2)).to.deep.equal([2n, 7n, 0n, 0n]);
    });
  });

  describe("poolOf", () => {
    it("is empty where nobody has ever paid", async () => {
      const { registry } = await streaming();
      expect(await registry.poolOf(2)).to.equal(0n);
    });

    it("is all that has been earned, at any time, without settling", async () => {
      const { registry, start } = await streaming();
      for (const seconds of [1n, 2n, 5_000n, 400_000n]) {
        await passTo(start + seconds);
        expect(await registry.poolOf(1)).to.equal(seconds * PER_SECOND);
      }
    });
  });
});
