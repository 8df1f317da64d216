import { expect } from "chai";

import { TEST_USD_ID, withLedger } from "../helpers/ledger";

describe("AccountRegistry", () => {
  describe("functions of the other registries", () => {
    it("knows the registries that may call it from its deployment on", async () => {
      const { registry, prices, clusters, buckets, terms } = await withLedger();
      expect(await registry.PRICE_REGISTRY()).to.equal(prices.target);
      expect(await registry.CLUSTER_REGISTRY()).to.equal(clusters.address);
      expect(await registry.BUCKET_REGISTRY()).to.equal(buckets.address);
      expect(await registry.TERMS_REGISTRY()).to.equal(terms.address);
    });

    it("lets the price registry alone list currencies, change the speed of indexes and pause", async () => {
      const { registry, admin, buckets, clusters, payer, stranger, terms } = await withLedger();
      for (const caller of [admin, buckets, clusters, payer, stranger, terms]) {
        const asCaller = registry.connect(caller);
        for (const call of [
          () => asCaller.listCurrency(stranger, 10n ** 18n),
          () => asCaller.setIndexSpeed(TEST_USD_ID, 10n ** 18n),
          () => asCaller.setPaused(TEST_USD_ID, true),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(registry, "CallerNotRegistry").withArgs(caller.address);
        }
      }
    });

    it("lets the bucket registry alone raise and lower rates", async () => {
      const { registry, admin, clusters, payer, stranger, terms } = await withLedger();
      const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, rate: 1n };
      for (const caller of [admin, clusters, payer, stranger, terms]) {
        const asCaller = registry.connect(caller);
        for (const call of [() => asCaller.raiseRate(change), () => asCaller.lowerRate(change)]) {
          await expect(call()).to.be.revertedWithCustomError(registry, "CallerNotRegistry").withArgs(caller.address);
        }
      }
    });

    it("lets the cluster registry alone take pools and say what is not served", async () => {
      const { registry, admin, buckets, payer, stranger, terms } = await withLedger();
      const distribution = {
        clusterId: 1n,
        whole: true,
        networkFeeBps: 0n,
        managementFeeBps: 0n,
        networkAccount: payer.address,
        manager: payer.address,
      };
      for (const caller of [admin, buckets, payer, stranger, terms]) {
        const asCaller = registry.connect(caller);
        for (const call of [() => asCaller.takePool(distribution), () => asCaller.setUnservedShare(1, TEST_USD_ID, 1)]) {
          await expect(call()).to.be.revertedWithCustomError(registry, "CallerNotRegistry").withArgs(caller.address);
        }
      }
    });

    it("lets the terms registry alone debit, and it and the cluster registry alone credit", async () => {
      const { registry, admin, buckets, clusters, payer, stranger } = await withLedger();
      const refused = (call: Promise<unknown>, caller: string): Promise<void> =>
        expect(call).to.be.revertedWithCustomError(registry, "CallerNotRegistry").withArgs(caller);
      for (const caller of [admin, buckets, payer, stranger]) {
        await refused(registry.connect(caller).credit(caller, TEST_USD_ID, 1), caller.address);
        await refused(registry.connect(caller).debit(caller, TEST_USD_ID, 1), caller.address);
      }
      await refused(registry.connect(clusters).debit(clusters, TEST_USD_ID, 1), clusters.address);
    });
  });
});
