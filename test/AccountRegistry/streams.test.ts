import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, PER_SECOND, RATE, streamsOf, withLedger } from "../helpers/ledger";
import { at, scale, now, passTo } from "../helpers/units";

const SCALED = scale(6n);

/** All that the registry owes in TestUSD, in scaled units, as far as these people and clusters are concerned. */
async function accounted({ registry, testUSD }: Ledger, people: HardhatEthersSigner[], clusterIds: bigint[]): Promise<bigint> {
  let sum = 0n;
  for (const person of people) {
    sum += (await registry.getAccount(person, testUSD)).scaledBalance;
    for (const clusterId of clusterIds) sum += (await registry.getStream(person, clusterId)).scaledLate;
  }
  for (const clusterId of clusterIds) {
    const { scaledRevenue, scaledUnserved } = await registry.getLine(clusterId);
    sum += scaledRevenue + scaledUnserved;
  }
  return sum;
}

describe("AccountRegistry", () => {
  describe("streams", () => {
    context("when the price changes", () => {
      // Slopes of the index: 10^36 / price, rounded down once a second and never again.
      const changes: [seconds: bigint, price: string, slope: bigint][] = [
        [100n, "1.5", 666_666_666_666_666_666n],
        [107n, "0.9", 1_111_111_111_111_111_111n],
        [1000n, "1.3", 769_230_769_230_769_230n],
      ];
      const end = 3000n;
      const paid = (rate: bigint): bigint =>
        rate * (100n * 10n ** 18n + 7n * 666_666_666_666_666_666n + 893n * 1_111_111_111_111_111_111n + 2000n * 769_230_769_230_769_230n);

      it("charges each price for as long as it was in force, exactly, without anyone touching the stream", async () => {
        const ledger = await withLedger();
        const { registry, prices, admin, payer, testUSD } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await streamsOf(ledger).raise(1n, RATE + 1n);
        for (const [seconds, price] of changes) {
          await at(start + seconds);
          await prices.connect(admin).setPrice(testUSD, usd(price));
        }
        await at(start + end);
        await streamsOf(ledger).settle(1n);
        expect(await registry.poolOf(1)).to.equal(paid(RATE + 1n));
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(testUsd("10") * SCALED - paid(RATE + 1n));
      });

      it("pays exactly the same, however often and whenever it is settled", async () => {
        const ledger = await withLedger();
        const { registry, prices, admin, payer, otherPayer, testUSD } = ledger;
        const { raise, settle } = streamsOf(ledger);
        for (const person of [payer, otherPayer]) await registry.connect(person).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await raise(1n, RATE + 1n);
        await at(start + 1n);
        await raise(2n, RATE + 1n, otherPayer);
        const pricesAt = new Map(changes.map(([seconds, price]) => [seconds, price]));
        for (const seconds of [2n, 3n, 57n, 99n, 100n, 101n, 106n, 107n, 108n, 500n, 999n, 1000n, 1001n, 2222n, 2999n]) {
          const price = pricesAt.get(seconds);
          await at(start + seconds);
          if (price === undefined) await settle(1n);
          else await prices.connect(admin).setPrice(testUSD, usd(price));
        }
        await at(start + end);
        await settle(1n);
        expect(await registry.poolOf(1)).to.equal(paid(RATE + 1n));
        await at(start + end + 1n);
        await settle(2n, otherPayer);
        // The other began a second later, at 1 USD, and was settled a second later, at 1.3 USD.
        const shift = 769_230_769_230_769_230n - 10n ** 18n;
        expect(await registry.poolOf(2)).to.equal(paid(RATE + 1n) + (RATE + 1n) * shift);
        expect(await accounted(ledger, [payer, otherPayer], [1n, 2n])).to.equal(testUsd("20") * SCALED);
      });

      it("charges nothing for the prices of a time without funds", async () => {
        const ledger = await withLedger();
        const { registry, prices, admin, payer, testUSD } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await streamsOf(ledger).raise(1n, RATE);
        await at(start + 500_000n);
        await prices.connect(admin).setPrice(testUSD, usd("0.5"));
        await at(start + 600_000n);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(start + 600_100n);
        await streamsOf(ledger).settle(1n);
        // All of the first deposit, and 100 seconds at half a dollar.
        expect(await registry.poolOf(1)).to.equal(testUsd("10") * SCALED + 200n * PER_SECOND);
      });
    });

    context("when an account runs out of funds", () => {
      it("stops all its streams at the same instant, however they are settled", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        const { raise, settle } = streamsOf(ledger);
        const rates = [usd("7"), usd("11"), usd("13") + 1n];
        for (const [i, rate] of rates.entries()) await raise(BigInt(i) + 1n, rate);
        const start = (await now()) + 1000n;
        await at(start);
        await registry.connect(payer).deposit(testUSD, 1);
        // One base unit pays for so much of the index, less than a tenth of a second, and leaves the remainder.
        const total = usd("31") + 1n;
        const covered = SCALED / total;
        expect(covered).to.equal(86_399_999_999_999_999n);
        await at(start + 1n);
        await settle(2n);
        await at(start + 900n);
        await settle(3n);
        await at(start + 9000n);
        await settle(1n);
        for (const [i, rate] of rates.entries()) {
          expect(await registry.poolOf(BigInt(i) + 1n)).to.equal(rate * covered);
        }
        const account = await registry.getAccount(payer, testUSD);
        expect(account.scaledBalance).to.equal(SCALED % total);
        expect(await accounted(ledger, [payer], [1n, 2n, 3n])).to.equal(SCALED);
      });

      it("keeps the dust, which counts with the next deposits", async () => {
        const ledger = await withLedger();
        const { registry, payer, scaledToken } = ledger;
        await registry.connect(payer).deposit(scaledToken, 100);
        const start = (await now()) + 1_000n;
        await at(start);
        await streamsOf(ledger).raise(1n, RATE, payer, FINE_TOKEN_ID);
        // 267.84 x 10^18 scaled units at 60 x 10^18: 4 of the index, 27.84 x 10^18 are left.
        await at(start + 10n);
        await expect(registry.connect(payer).deposit(scaledToken, 10))
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, scaledToken, payer.address, 10, 54_624n * 10n ** 15n);
        await passTo(start + 20n);
        expect((await registry.coverageOf(payer, FINE_TOKEN_ID)).depleted).to.equal(true);
        expect(await registry.poolOf(1)).to.equal(4n * RATE);
        // With 26.784 x 10^18 more, it is enough for one.
        await at(start + 30n);
        await registry.connect(payer).deposit(scaledToken, 10);
        await passTo(start + 40n);
        expect(await registry.poolOf(1)).to.equal(4n * RATE);
        expect((await registry.getStream(payer, 1)).scaledLate).to.equal(RATE);
        expect((await registry.getAccount(payer, scaledToken)).scaledBalance).to.equal(21_408n * 10n ** 15n);
        expect(await registry.custody(scaledToken)).to.deep.equal([120n, 120n]);
      });

      it("charges each of several times with funds, and nothing between them", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        const start = (await now()) + 1000n;
        await at(start);
        await streamsOf(ledger).raise(1n, RATE);
        // Each hour brings a deposit that is good for 44.64 seconds.
        for (let hour = 1n; hour <= 5n; hour++) {
          await at(start + hour * 3600n);
          await registry.connect(payer).deposit(testUSD, 1000);
          await passTo(start + hour * 3600n + 44n);
          // The time since the last deposit, which is less than a tick, is not known to the cluster.
          expect(await registry.poolOf(1)).to.equal((hour - 1n) * 1000n * SCALED);
          expect((await registry.getStream(payer, 1)).scaledLate).to.equal(44n * PER_SECOND);
        }
        await at(start + 6n * 3600n);
        await streamsOf(ledger).settle(1n);
        expect(await registry.poolOf(1)).to.equal(5000n * SCALED);
      });
    });

    context("when an account is topped up before it runs out of funds", () => {
      it("goes on without a gap, whoever pays", async () => {
        const ledger = await withLedger();
        const { registry, payer, otherPayer, testUSD } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        const start = (await now()) + 1_000n;
        await at(start);
        await streamsOf(ledger).raise(1n, RATE);
        // At the last second that is covered.
        await at(start + 446_400n);
        await registry.connect(otherPayer).depositFor(payer, testUSD, testUsd("10"));
        expect((await registry.getAccount(payer, testUSD)).coveredUntil).to.equal(start + 892_800n);
        await at(start + 892_800n);
        await streamsOf(ledger).settle(1n);
        expect(await registry.poolOf(1)).to.equal(testUsd("20") * SCALED);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(0n);
      });
    });

    context("at the largest numbers", () => {
      it("stays exact at the largest rate", async () => {
        const ledger = await withLedger();
        const { registry, payer, testUSD } = ledger;
        const { raise, settle } = streamsOf(ledger);
        const rate = 2n ** 96n - 1n;
        await registry.connect(payer).deposit(testUSD, testUsd("1000000"));
        const start = (await now()) + 1_000n;
        await at(start);
        await raise(1n, rate);
        await at(start + 30n);
        await settle(1n);
        expect(await registry.poolOf(1)).to.equal(30n * rate * 10n ** 18n);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(testUsd("1000000") * SCALED - 30n * rate * 10n ** 18n);
        // A million tokens pay for 33.8 seconds of it.
        await at(start + 40n);
        await settle(1n);
        const covered = (testUsd("1000000") * SCALED) / rate;
        expect(await registry.poolOf(1)).to.equal(covered * rate);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(testUsd("1000000") * SCALED - covered * rate);
      });
    });

    context("through a whole story", () => {
      const story = deployments.createFixture(withLedger);

      it("loses and makes nothing, in scaled units", async () => {
        const ledger = await story();
        const { registry, prices, admin, clusters, payer, otherPayer, receiver, stranger, testUSD } = ledger;
        const { raise, lower, settle } = streamsOf(ledger);
        const people = [payer, otherPayer, receiver, stranger];
        const ids = [1n, 2n, 3n];
        let deposited = 0n;
        let withdrawn = 0n;
        let handedOver = 0n;
        const check = async (): Promise<void> => {
          expect((await accounted(ledger, people, ids)) + handedOver).to.equal((deposited - withdrawn) * SCALED);
          expect(await registry.custody(testUSD)).to.deep.equal([deposited - withdrawn, deposited - withdrawn]);
        };
        const deposit = async (who: HardhatEthersSigner, amount: bigint): Promise<void> => {
          await registry.connect(who).deposit(testUSD, amount);
          deposited += amount;
        };
        const wait = async (seconds: bigint): Promise<void> => at((await now()) + seconds);

        await deposit(payer, 12_345_678n);
        await deposit(otherPayer, 999n);
        await wait(100n);
        await raise(1n, usd("60") + 7n);
        await raise(2n, usd("0.3") + 1n);
        await raise(1n, usd("1000"), otherPayer);
        await raise(3n, usd("1"), receiver);
        await check();
        await wait(777n);
        await prices.connect(admin).setPrice(testUSD, usd("1.3"));
        await settle(1n, otherPayer);
        await check();
        await wait(5n);
        await lower(1n, usd("59"));
        await wait(100_000n);
        await prices.connect(admin).setPrice(testUSD, usd("0.9"));
        await settle(1n);
        await check();
        const distribution = {
          clusterId: 1n,
          whole: true,
          networkFeeBps: 137n,
          managementFeeBps: 291n,
          networkAccount: stranger.address,
          manager: receiver.address,
        };
        await wait(10n);
        // In the second of the transaction, as it takes all that was earned until then.
        const [, , shares] = await registry.connect(clusters).takePool.staticCall(distribution, { blockTag: "pending" });
        await registry.connect(clusters).takePool(distribution);
        handedOver += shares;
        await check();
        await wait(3_000_000n);
        await registry.connect(clusters).credit(otherPayer, 1, shares / 3n);
        handedOver -= shares / 3n;
        await check();
        await settle(1n, otherPayer);
        await settle(3n, receiver);
        await lower(2n, usd("0.3"));
        await check();
        await deposit(payer, 31n);
        await wait(1n);
        const { balance } = await registry.getAccount(stranger, testUSD);
        await registry.connect(stranger).withdraw(testUSD, balance, stranger);
        withdrawn += balance;
        await check();
      });
    });
  });
});
