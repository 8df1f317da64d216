import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, passTo } from "../helpers/units";

const DEPOSIT = testUsd("10") * scale(6n);
const INDEX = 10n ** 18n;
const ALL = 2n ** 32n;
const END = tickBefore(447_400n * INDEX);

/** The payer has 10 TestUSD, good for 446,400 seconds of the 60 USD a month that it pays to cluster 1 since the 1000th second. */
const streaming = deployments.createFixture(async (): Promise<Ledger & { setShare: (share: bigint) => Promise<unknown> }> => {
  const ledger = await withLedger();
  const { registry, clusters, payer, testUSD, listedAt } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await at(listedAt + 1000n);
  await streamsOf(ledger).raise(1n, RATE);
  return { ...ledger, setShare: (share) => registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, share) };
});

// Callers are tested with the restricted functions; a cluster that has to be settled in parts, with settleCluster.

describe("AccountRegistry", () => {
  describe("setUnservedShare", () => {
    it("notes the share of a cluster, from now on", async () => {
      const { registry, clusters, listedAt } = await streaming();
      await at(listedAt + 2000n);
      await expect(registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, ALL / 2n))
        .to.emit(registry, "UnservedShareChanged")
        .withArgs(1, ALL / 2n);
      const line = await registry.getLine(1);
      expect([line.unservedShare, line.unservedSince]).to.deep.equal([ALL / 2n, 2000n * INDEX]);
      expect([line.scaledRevenue, line.scaledUnserved]).to.deep.equal([1000n * PER_SECOND, 0n]);
    });

    it("takes a cluster that nobody has ever paid, in its currency", async () => {
      const ledger = await streaming();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      await at(listedAt + 2000n);
      await registry.connect(clusters).setUnservedShare(2, TEST_USD_ID, ALL / 4n);
      expect(await registry.getLine(2)).to.deep.equal([TEST_USD_ID, 0n, 0n, 0n, 0n, true, ALL / 4n, 2000n * INDEX]);
      expect(await registry.settleCluster.staticCall(2, 0)).to.equal(true);
      // Who pays it from then on has no refund for the time before.
      await at(listedAt + 3000n);
      await streamsOf(ledger).raise(2n, RATE);
      await at(listedAt + 3400n);
      await expect(registry.touchAccount(payer, testUSD))
        .to.emit(registry, "UnservedRefunded")
        .withArgs(payer.address, 2, 100n * PER_SECOND);
      // A currency of its own counts on its own.
      await registry.connect(clusters).setUnservedShare(3, FINE_TOKEN_ID, 1);
      expect((await registry.getLine(3)).currencyId).to.equal(FINE_TOKEN_ID);
    });

    it("crosses the ends before it, so that only what is left of the streams is not served", async () => {
      const { registry, clusters, payer, testUSD, listedAt } = await streaming();
      await at(listedAt + 500_000n);
      const changed = registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, ALL);
      await expect(changed)
        .to.emit(registry, "ClusterSettled")
        .withArgs(1, 500_000n * INDEX, 0);
      await expect(changed).to.emit(registry, "UnservedShareChanged").withArgs(1, ALL);
      await expect(registry.touchAccount(payer, testUSD)).not.to.emit(registry, "UnservedRefunded");
      expect(await registry.poolOf(1)).to.equal(DEPOSIT);
    });

    it("counts each share for as long as it was in force", async () => {
      const { registry, payer, testUSD, listedAt, setShare } = await streaming();
      for (const [second, share] of [
        [2000n, ALL / 4n],
        [3000n, ALL / 2n],
        [5000n, 0n],
        [6000n, ALL],
        [6100n, ALL / 8n],
      ] as const) {
        await at(listedAt + second);
        await setShare(share);
      }
      await at(listedAt + 7700n);
      // A quarter of 1,000 seconds, half of 2,000, all of 100, an eighth of 1,600.
      await expect(registry.touchAccount(payer, testUSD))
        .to.emit(registry, "UnservedRefunded")
        .withArgs(payer.address, 1, (250n + 1000n + 100n + 200n) * PER_SECOND);
      expect(await registry.poolOf(1)).to.equal((6700n - 1550n) * PER_SECOND);
    });

    it("gives nothing to the cluster where nothing is served, and all back to the payer", async () => {
      const { registry, clusters, payer, testUSD, listedAt, setShare } = await streaming();
      await at(listedAt + 1000n + 10n);
      await setShare(ALL);
      await passTo(listedAt + 400_000n);
      expect(await registry.poolOf(1)).to.equal(10n * PER_SECOND);
      const distribution = {
        clusterId: 1,
        whole: true,
        networkFeeBps: 0,
        managementFeeBps: 10_000,
        networkAccount: clusters,
        manager: clusters,
      };
      await registry.connect(clusters).takePool(distribution);
      expect((await registry.getAccount(clusters, testUSD)).scaledBalance).to.equal(10n * PER_SECOND);
      await at(listedAt + 400_010n);
      await registry.connect(payer).withdraw(testUSD, 1, payer);
      expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(DEPOSIT - 10n * PER_SECOND - scale(6n));
      expect(await registry.poolOf(1)).to.equal(0n);
    });

    it("refunds the last part of a payer that ran out of funds, unless the share has changed since its end", async () => {
      for (const changes of [false, true]) {
        const { registry, payer, testUSD, listedAt, setShare } = await streaming();
        await at(listedAt + 2000n);
        await setShare(ALL / 2n);
        await at(listedAt + 450_000n);
        if (changes) await setShare(ALL);
        await at(listedAt + 460_000n);
        const paid = changes ? END : 447_400n * INDEX;
        const refund = (RATE * (paid - 2000n * INDEX)) / 2n;
        await expect(registry.touchAccount(payer, testUSD)).to.emit(registry, "UnservedRefunded").withArgs(payer.address, 1, refund);
        expect(await registry.poolOf(1)).to.equal(DEPOSIT - refund);
      }
    });

    it("rounds a refund down, and the rest stays with the cluster", async () => {
      const ledger = await withLedger();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      await registry.connect(payer).deposit(testUSD, 1);
      await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, ALL / 3n);
      await at(listedAt + 1000n);
      await streamsOf(ledger).raise(1n, 7n);
      await at(listedAt + 1001n);
      // 7 x 10^18 scaled units, of which 1,431,655,765 / 2^32 are not served.
      const refund = (7n * INDEX * (ALL / 3n)) / ALL;
      expect(refund).to.equal(2_333_333_332_790_061_831n);
      await expect(registry.touchAccount(payer, testUSD)).to.emit(registry, "UnservedRefunded").withArgs(payer.address, 1, refund);
      expect(await registry.poolOf(1)).to.equal(7n * INDEX - refund);
      expect((await registry.getLine(1)).scaledUnserved).to.equal(0n);
    });
  });
});
