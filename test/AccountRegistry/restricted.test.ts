import { expect } from "chai";
import { ethers } from "hardhat";

import { ROLES } from "../../deployment/roles";
import { base, NATIVE, usd } from "../fixtures";
import { TEST_USD_ID, withLedger } from "../helpers/ledger";

describe("AccountRegistry", () => {
  describe("functions of the other registries", () => {
    it("knows the registries that may call it, and the sequencer's feed, from its deployment on", async () => {
      const { registry, accessManager, clusters, buckets, terms } = await withLedger();
      expect(await registry.CLUSTER_REGISTRY()).to.equal(clusters.address);
      expect(await registry.BUCKET_REGISTRY()).to.equal(buckets.address);
      expect(await registry.TERMS_REGISTRY()).to.equal(terms.address);
      expect(await registry.SEQUENCER_FEED()).to.equal(ethers.ZeroAddress);
      expect(await registry.authority()).to.equal(accessManager.target);
    });

    it("lets the bucket registry alone raise, lower and settle", async () => {
      const { registry, admin, clusters, payer, stranger, terms } = await withLedger();
      const change = { payer: payer.address, clusterId: 1n, currencyId: TEST_USD_ID, degraded: false, rate: 1n };
      for (const caller of [admin, clusters, payer, stranger, terms]) {
        const asCaller = registry.connect(caller);
        for (const call of [() => asCaller.raiseRate(change), () => asCaller.lowerRate(change), () => asCaller.settleStream(payer, 1)]) {
          await expect(call()).to.be.revertedWithCustomError(registry, "CallerNotRegistry").withArgs(caller.address);
        }
      }
    });

    it("lets the cluster registry alone take pools and say what is not served", async () => {
      const { registry, admin, buckets, payer, stranger, terms } = await withLedger();
      const distribution = {
        clusterId: 1n,
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

  describe("functions of administration", () => {
    it("refuses whoever has no role", async () => {
      const { accountRegistry, deployer, owner, manager, testUSD } = await base();
      for (const caller of [deployer, owner, manager]) {
        const asCaller = accountRegistry.connect(caller);
        for (const call of [
          () => asCaller.addCurrency(caller, usd("1"), ethers.ZeroAddress, 0),
          () => asCaller.setFeed(testUSD, ethers.ZeroAddress, 0),
          () => asCaller.setPrice(testUSD, usd("1")),
          () => asCaller.pauseCurrency(testUSD, true),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(accountRegistry, "AccessManagedUnauthorized").withArgs(caller.address);
        }
      }
    });

    it("lets the price role set prices, and nothing else", async () => {
      const { accountRegistry, accessManager, stranger, testUSD } = await base();
      await accessManager.grantRole(ROLES.PRICE_ORACLE, stranger, 0);
      await accountRegistry.setPrice(testUSD, usd("2"));
      expect((await accountRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd("2"));
      for (const call of [
        () => accountRegistry.addCurrency(stranger, usd("1"), ethers.ZeroAddress, 0),
        () => accountRegistry.setFeed(testUSD, ethers.ZeroAddress, 0),
        () => accountRegistry.pauseCurrency(testUSD, true),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(accountRegistry, "AccessManagedUnauthorized").withArgs(stranger.address);
      }
    });

    it("lets the guardian pause, and nothing else", async () => {
      const { accountRegistry, accessManager, stranger, testUSD } = await base();
      await accessManager.grantRole(ROLES.GUARDIAN, stranger, 0);
      await accountRegistry.pauseCurrency(testUSD, true);
      expect((await accountRegistry.getCurrency(testUSD)).paused).to.equal(true);
      for (const call of [
        () => accountRegistry.addCurrency(stranger, usd("1"), ethers.ZeroAddress, 0),
        () => accountRegistry.setFeed(testUSD, ethers.ZeroAddress, 0),
        () => accountRegistry.setPrice(testUSD, usd("1")),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(accountRegistry, "AccessManagedUnauthorized").withArgs(stranger.address);
      }
    });

    it("reaches no deposit: the admin withdraws only what it deposited itself", async () => {
      const { accountRegistry, admin, owner } = await base();
      await accountRegistry.connect(owner).deposit(NATIVE, 5, { value: 5 });
      await expect(accountRegistry.connect(admin).withdraw(NATIVE, 1, admin))
        .to.be.revertedWithCustomError(accountRegistry, "InsufficientBalance")
        .withArgs(0, 1);
    });
  });
});
