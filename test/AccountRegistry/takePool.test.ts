import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, now, passTo } from "../helpers/units";

interface WithPool extends Ledger {
  /** What the pool of cluster 1 holds: 7 x floor(10^36 / 1.5 x 10^18), which no fee divides. */
  pool: bigint;
  distribution: (changes: Partial<Fees>) => Fees & { clusterId: bigint };
}

interface Fees {
  clusterId: bigint;
  whole: boolean;
  networkFeeBps: bigint;
  managementFeeBps: bigint;
  networkAccount: string;
  manager: string;
}

/** A pool of a few scaled units: one second of a rate of 7 wei, at 1.5 USD a token. */
const withPool = deployments.createFixture(async (): Promise<WithPool> => {
  const ledger = await withLedger();
  const { registry, prices, admin, payer, receiver, stranger, testUSD } = ledger;
  const { raise, lower } = streamsOf(ledger);
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await prices.connect(admin).setPrice(testUSD, usd("1.5"));
  const start = (await now()) + 1_000n;
  await at(start);
  await raise(1n, 7n);
  await at(start + 1n);
  await lower(1n, 7n);
  return {
    ...ledger,
    pool: 4_666_666_666_666_666_662n,
    distribution: (changes) => ({
      clusterId: 1n,
      whole: true,
      networkFeeBps: 100n,
      managementFeeBps: 200n,
      networkAccount: stranger.address,
      manager: receiver.address,
      ...changes,
    }),
  };
});

describe("AccountRegistry", () => {
  describe("takePool", () => {
    context("given an empty pool", () => {
      it("takes nothing and credits nobody", async () => {
        const { registry, clusters, stranger, receiver, testUSD, distribution } = await withPool();
        const asClusters = registry.connect(clusters);
        expect(await asClusters.takePool.staticCall(distribution({ clusterId: 2n }))).to.deep.equal([0n, 0n, 0n]);
        await asClusters.takePool(distribution({ clusterId: 2n }));
        expect((await registry.getAccount(stranger, testUSD)).scaledBalance).to.equal(0n);
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(0n);
        expect(await registry.poolOf(2)).to.equal(0n);
      });
    });

    context("given a pool", () => {
      it("credits the network fee, then the management fee on the rest, each rounded down, and hands over what is left", async () => {
        const { registry, clusters, stranger, receiver, testUSD, pool, distribution } = await withPool();
        expect(await registry.poolOf(1)).to.equal(pool);
        // 1 % of 4,666,666,666,666,666,662 is 46,666,666,666,666,666.62; 2 % of the rest, 4,619,999,999,999,999,996, is 92,399,999,999,999,999.92.
        const fees = [46_666_666_666_666_666n, 92_399_999_999_999_999n] as const;
        const shares = 4_527_599_999_999_999_997n;
        expect(fees[0] + fees[1] + shares).to.equal(pool);

        const asClusters = registry.connect(clusters);
        expect(await asClusters.takePool.staticCall(distribution({}))).to.deep.equal([...fees, shares]);
        await expect(asClusters.takePool(distribution({})))
          .to.emit(registry, "Credited")
          .withArgs(stranger.address, TEST_USD_ID, fees[0], fees[0])
          .and.to.emit(registry, "Credited")
          .withArgs(receiver.address, TEST_USD_ID, fees[1], fees[1]);
        expect((await registry.getAccount(stranger, testUSD)).scaledBalance).to.equal(fees[0]);
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(fees[1]);
        expect(await registry.poolOf(1)).to.equal(0n);
        expect(await asClusters.takePool.staticCall(distribution({}))).to.deep.equal([0n, 0n, 0n]);
      });

      it("credits nobody where there are no fees", async () => {
        const { registry, clusters, stranger, receiver, testUSD, pool, distribution } = await withPool();
        const free = distribution({ networkFeeBps: 0n, managementFeeBps: 0n });
        expect(await registry.connect(clusters).takePool.staticCall(free)).to.deep.equal([0n, 0n, pool]);
        await expect(registry.connect(clusters).takePool(free)).not.to.emit(registry, "Credited");
        expect((await registry.getAccount(stranger, testUSD)).scaledBalance).to.equal(0n);
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(0n);
      });

      it("credits the network alone, or the manager alone", async () => {
        for (const [networkFeeBps, managementFeeBps, amounts] of [
          [10_000n, 3000n, [4_666_666_666_666_666_662n, 0n, 0n]],
          [0n, 3000n, [0n, 1_399_999_999_999_999_998n, 3_266_666_666_666_666_664n]],
          [1000n, 0n, [466_666_666_666_666_666n, 0n, 4_199_999_999_999_999_996n]],
        ] as const) {
          const { registry, clusters, stranger, receiver, testUSD, distribution } = await withPool();
          const fees = distribution({ networkFeeBps, managementFeeBps });
          expect(await registry.connect(clusters).takePool.staticCall(fees)).to.deep.equal(amounts);
          await registry.connect(clusters).takePool(fees);
          expect((await registry.getAccount(stranger, testUSD)).scaledBalance).to.equal(amounts[0]);
          expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(amounts[1]);
        }
      });

      it("credits both fees to one account, where network and manager are the same", async () => {
        const { registry, clusters, receiver, testUSD, distribution } = await withPool();
        await registry.connect(clusters).takePool(distribution({ networkAccount: receiver.address }));
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(46_666_666_666_666_666n + 92_399_999_999_999_999n);
      });

      it("credits fees of a single scaled unit", async () => {
        const ledger = await withLedger();
        const { registry, clusters, payer, receiver, stranger, testUSD } = ledger;
        const { raise } = streamsOf(ledger);
        // All that the payer has, as a rate of 7 wei takes it within a second.
        await registry.connect(clusters).credit(payer, TEST_USD_ID, 105);
        await raise(1n, 7n);
        await registry.touchAccount(payer, testUSD);
        const fees = { clusterId: 1, whole: true, networkFeeBps: 100, managementFeeBps: 100, networkAccount: stranger, manager: receiver };
        expect(await registry.connect(clusters).takePool.staticCall(fees)).to.deep.equal([1n, 1n, 103n]);
        await registry.connect(clusters).takePool(fees);
        expect((await registry.getAccount(stranger, testUSD)).scaledBalance).to.equal(1n);
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(1n);
      });

      it("collects again afterwards", async () => {
        const ledger = await withPool();
        const { registry, clusters, distribution } = ledger;
        const { raise } = streamsOf(ledger);
        await registry.connect(clusters).takePool(distribution({}));
        const start = (await now()) + 1_000n;
        await at(start);
        await raise(1n, 3n);
        await passTo(start + 2n);
        expect(await registry.poolOf(1)).to.equal(2n * 3n * 666_666_666_666_666_666n);
      });
    });

    context("given a cluster that has not been settled", () => {
      it("crosses the ends of all streams first, and takes all that was earned until now", async () => {
        const ledger = await withLedger();
        const { registry, clusters, payer, otherPayer, receiver, testUSD, listedAt } = ledger;
        const { raise } = streamsOf(ledger);
        // Good for 40,176 seconds, and for longer than all of the test.
        await registry.connect(payer).deposit(testUSD, 900_000);
        await registry.connect(otherPayer).deposit(testUSD, testUsd("1000"));
        await at(listedAt + 1000n);
        await raise(1n, RATE);
        await at(listedAt + 2000n);
        await raise(1n, usd("30"), otherPayer);
        const end = 8n * 2n ** 72n;
        expect((await registry.getAccount(payer, testUSD)).endIndex).to.equal(end);
        await at(listedAt + 100_000n);
        const fees = {
          clusterId: 1,
          whole: true,
          networkFeeBps: 0,
          managementFeeBps: 10_000,
          networkAccount: receiver,
          manager: receiver,
        };
        await expect(registry.connect(clusters).takePool(fees))
          .to.emit(registry, "ClusterSettled")
          .withArgs(1, 100_000n * 10n ** 18n, usd("30"));
        const earned = RATE * (end - 1000n * 10n ** 18n) + (98_000n * PER_SECOND) / 2n;
        expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(earned);
        // What the payer paid after its end is earned with the next touch.
        await at(listedAt + 100_010n);
        await registry.touchAccount(payer, testUSD);
        expect(await registry.poolOf(1)).to.equal(5n * PER_SECOND + RATE * (41_176n * 10n ** 18n - end));
      });
    });

    context("when who receives a fee pays streams", () => {
      it("credits a manager that is out of funds, and charges nothing for the time before", async () => {
        const ledger = await withLedger();
        const { registry, clusters, payer, receiver, stranger, testUSD } = ledger;
        const { raise, lower } = streamsOf(ledger);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await raise(1n, RATE);
        await at(start + 1n);
        await raise(2n, RATE, receiver);
        await at(start + 1000n);
        await lower(1n, RATE);
        await at(start + 2000n);
        await registry.connect(clusters).takePool({
          clusterId: 1,
          whole: true,
          networkFeeBps: 0,
          managementFeeBps: 3000,
          networkAccount: stranger,
          manager: receiver,
        });
        // 30 % of 1000 seconds pay for 300 of its own.
        const account = await registry.getAccount(receiver, testUSD);
        expect(account.scaledBalance).to.equal(300n * PER_SECOND);
        expect(account.coveredUntil).to.equal(start + 2300n);
        // It counts for the cluster from the next touch on.
        await passTo(start + 8999n);
        expect(await registry.poolOf(2)).to.equal(0n);
        await at(start + 9000n);
        await streamsOf(ledger).settle(2n, receiver);
        expect(await registry.poolOf(2)).to.equal(300n * PER_SECOND);
      });
    });
  });

  describe("credit", () => {
    it("adds to a plain account, which counts parts of base units together", async () => {
      const { registry, clusters, payer, receiver, testUSD } = await withLedger();
      await registry.connect(payer).deposit(testUSD, 5);
      const half = scale(6n) / 2n;
      await registry.connect(clusters).credit(receiver, TEST_USD_ID, half);
      const first = await registry.getAccount(receiver, testUSD);
      expect([first.balance, first.scaledBalance]).to.deep.equal([0n, half]);
      await expect(registry.connect(clusters).credit(receiver, TEST_USD_ID, half))
        .to.emit(registry, "Credited")
        .withArgs(receiver.address, TEST_USD_ID, half, 2n * half);
      const second = await registry.getAccount(receiver, testUSD);
      expect([second.balance, second.scaledBalance]).to.deep.equal([1n, 2n * half]);
      await expect(registry.connect(receiver).withdraw(testUSD, 1, receiver)).to.changeTokenBalance(testUSD, receiver, 1);
    });

    it("credits nothing, and changes nothing", async () => {
      const { registry, clusters, receiver, testUSD } = await withLedger();
      await registry.connect(clusters).credit(receiver, TEST_USD_ID, 0);
      expect((await registry.getAccount(receiver, testUSD)).scaledBalance).to.equal(0n);
    });

    it("adds to an account while something streams out of it", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer, testUSD } = ledger;
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      const start = (await now()) + 1_000n;
      await at(start);
      await streamsOf(ledger).raise(1n, RATE);
      await at(start + 1000n);
      const balance = testUsd("10") * scale(6n) - 1000n * PER_SECOND + 77n;
      await expect(registry.connect(clusters).credit(payer, TEST_USD_ID, 77))
        .to.emit(registry, "Credited")
        .withArgs(payer.address, TEST_USD_ID, 77, balance);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(balance);
      expect(await registry.poolOf(1)).to.equal(1000n * PER_SECOND);
    });

    it("moves no end: it counts for the clusters from the next touch on", async () => {
      const ledger = await withLedger();
      const { registry, clusters, terms, payer, testUSD, listedAt } = ledger;
      const deposited = testUsd("10") * scale(6n);
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, RATE);
      const end = tickBefore(447_400n * 10n ** 18n);
      await at(listedAt + 2000n);
      // Good for another 446,400 seconds.
      await expect(registry.connect(clusters).credit(payer, TEST_USD_ID, deposited - 5n)).not.to.emit(registry, "AccountTouched");
      await registry.connect(terms).credit(payer, TEST_USD_ID, 5);
      const account = await registry.getAccount(payer, testUSD);
      expect([account.endIndex, account.coveredUntil]).to.deep.equal([end, listedAt + 893_800n]);
      await passTo(listedAt + 600_000n);
      expect(await registry.poolOf(1)).to.equal(RATE * (end - 1000n * 10n ** 18n));
      expect((await registry.getStream(payer, 1)).scaledLate).to.equal(RATE * (600_000n * 10n ** 18n - end));
      await at(listedAt + 700_000n);
      await expect(registry.touchAccount(payer, testUSD))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, 193_800n * PER_SECOND, 700_000n * 10n ** 18n, tickBefore(893_800n * 10n ** 18n));
      expect(await registry.poolOf(1)).to.equal(699_000n * PER_SECOND);
    });

    it("lets the streams of an account that is out of funds go on, from then on, as often as it is credited", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      await registry.connect(payer).deposit(testUSD, 900_000);
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, RATE);
      // It is out of funds from second 41,176 on. Each credit is good for 100 seconds.
      for (const second of [50_000n, 60_000n, 60_050n, 70_000n]) {
        await at(listedAt + second);
        await registry.connect(clusters).credit(payer, TEST_USD_ID, 100n * PER_SECOND);
      }
      expect((await registry.getAccount(payer, testUSD)).paidIndex).to.equal((41_176n + 300n) * 10n ** 18n);
      await at(listedAt + 70_030n);
      await expect(registry.touchAccount(payer, testUSD))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, 70n * PER_SECOND, 41_506n * 10n ** 18n, 0);
      expect(await registry.poolOf(1)).to.equal((40_176n + 330n) * PER_SECOND);
    });

    it("lets the streams of an account that has never had any funds go on, from then on", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer, testUSD } = ledger;
      const start = (await now()) + 1_000n;
      await at(start);
      await streamsOf(ledger).raise(1n, RATE);
      await at(start + 1000n);
      await registry.connect(clusters).credit(payer, TEST_USD_ID, 100n * PER_SECOND + 1n);
      const account = await registry.getAccount(payer, testUSD);
      expect([account.scaledBalance, account.coveredUntil]).to.deep.equal([100n * PER_SECOND + 1n, start + 1100n]);
      await at(start + 1200n);
      await streamsOf(ledger).settle(1n);
      expect(await registry.poolOf(1)).to.equal(100n * PER_SECOND);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(1n);
    });
  });

  describe("debit", () => {
    it("refuses more than there is, in base units", async () => {
      const { registry, terms, payer, testUSD } = await withLedger();
      await registry.connect(payer).deposit(testUSD, 5);
      for (const amount of [6n, MaxUint256 - 1n]) {
        await expect(registry.connect(terms).debit(payer, TEST_USD_ID, amount))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(5, amount);
      }
    });

    it("does not take the largest number for all there is", async () => {
      const ledger = await withLedger();
      const { registry, terms, payer, testUSD } = ledger;
      await registry.connect(payer).deposit(testUSD, 5);
      for (const streams of [false, true]) {
        if (streams) await streamsOf(ledger).raise(1n, 1n);
        const { balance } = await registry.getAccount(payer, testUSD);
        await expect(registry.connect(terms).debit(payer, TEST_USD_ID, MaxUint256))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(streams ? 4n : balance, MaxUint256);
      }
    });

    it("takes out of a plain account, and returns how much that is in scaled units", async () => {
      const { registry, terms, payer, testUSD } = await withLedger();
      await registry.connect(payer).deposit(testUSD, 5);
      expect(await registry.connect(terms).debit.staticCall(payer, TEST_USD_ID, 5)).to.equal(5n * scale(6n));
      const debited = registry.connect(terms).debit(payer, TEST_USD_ID, 5);
      await expect(debited)
        .to.emit(registry, "Debited")
        .withArgs(payer.address, TEST_USD_ID, 5n * scale(6n), 0);
      await expect(debited).not.to.emit(registry, "AccountTouched");
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(0n);
      // It is still in custody.
      expect(await registry.custody(testUSD)).to.deep.equal([5n, 5n]);
    });

    it("moves the end of the account's streams earlier", async () => {
      const ledger = await withLedger();
      const { registry, terms, payer, testUSD, listedAt } = ledger;
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, RATE);
      await at(listedAt + 2000n);
      const left = testUsd("10") * scale(6n) - 1000n * PER_SECOND - testUsd("4") * scale(6n);
      const end = tickBefore(2000n * 10n ** 18n + left / RATE);
      await expect(registry.connect(terms).debit(payer, TEST_USD_ID, testUsd("4")))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, left, 2000n * 10n ** 18n, end)
        .and.to.emit(registry, "Debited")
        .withArgs(payer.address, TEST_USD_ID, testUsd("4") * scale(6n), left);
      expect(await registry.endsAt(1, 94)).to.equal(0n);
      expect(await registry.endsAt(1, end >> 72n)).to.equal(RATE);
      await passTo(listedAt + 500_000n);
      expect(await registry.poolOf(1)).to.equal(RATE * (end - 1000n * 10n ** 18n));
      await registry.touchAccount(payer, testUSD);
      expect(await registry.poolOf(1)).to.equal(testUsd("6") * scale(6n));
    });

    it("takes all but a part of a base unit, which leaves no end", async () => {
      const ledger = await withLedger();
      const { registry, terms, payer, testUSD, listedAt } = ledger;
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, RATE);
      await at(listedAt + 2000n);
      const before = testUsd("10") * scale(6n) - 1000n * PER_SECOND;
      const available = before / scale(6n);
      await expect(registry.connect(terms).debit(payer, TEST_USD_ID, available))
        .to.emit(registry, "AccountTouched")
        .withArgs(payer.address, TEST_USD_ID, before % scale(6n), 2000n * 10n ** 18n, 0);
      expect((await registry.getLine(1)).ratePerMonth).to.equal(0n);
    });

    it("counts the account's refunds first", async () => {
      const ledger = await withLedger();
      const { registry, clusters, terms, payer, testUSD, listedAt } = ledger;
      await registry.connect(payer).deposit(testUSD, testUsd("10"));
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 2n ** 32n);
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, RATE);
      await at(listedAt + 2000n);
      await expect(registry.connect(terms).debit(payer, TEST_USD_ID, testUsd("10")))
        .to.emit(registry, "UnservedRefunded")
        .withArgs(payer.address, 1, 1000n * PER_SECOND);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(0n);
    });
  });
});
