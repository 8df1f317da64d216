import { expect } from "chai";
import { ethers } from "hardhat";

import { ROLES } from "../../deployment/roles";
import { base, NATIVE, usd } from "../fixtures";
import { withLedger } from "../helpers/ledger";

describe("PriceRegistry", () => {
  it("knows the registry that it tells, its authority and the sequencer's feed from its deployment on", async () => {
    const { registry, prices, accessManager } = await withLedger();
    expect(await prices.ACCOUNT_REGISTRY()).to.equal(registry.target);
    expect(await prices.authority()).to.equal(accessManager.target);
    expect(await prices.SEQUENCER_FEED()).to.equal(ethers.ZeroAddress);
  });

  describe("functions of administration", () => {
    it("refuses whoever has no role", async () => {
      const { priceRegistry, deployer, owner, manager, testUSD } = await base();
      for (const caller of [deployer, owner, manager]) {
        const asCaller = priceRegistry.connect(caller);
        for (const call of [
          () => asCaller.addCurrency(caller, usd("1"), ethers.ZeroAddress, 0),
          () => asCaller.setFeed(testUSD, ethers.ZeroAddress, 0),
          () => asCaller.setPrice(testUSD, usd("1")),
          () => asCaller.pauseCurrency(testUSD, true),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(priceRegistry, "AccessManagedUnauthorized").withArgs(caller.address);
        }
      }
    });

    it("lets the price role set prices, and nothing else", async () => {
      const { priceRegistry, accessManager, stranger, testUSD } = await base();
      await accessManager.grantRole(ROLES.PRICE_ORACLE, stranger, 0);
      await priceRegistry.setPrice(testUSD, usd("2"));
      expect((await priceRegistry.getCurrency(testUSD)).usdPerToken).to.equal(usd("2"));
      for (const call of [
        () => priceRegistry.addCurrency(stranger, usd("1"), ethers.ZeroAddress, 0),
        () => priceRegistry.setFeed(testUSD, ethers.ZeroAddress, 0),
        () => priceRegistry.pauseCurrency(testUSD, true),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(priceRegistry, "AccessManagedUnauthorized").withArgs(stranger.address);
      }
    });

    it("lets the guardian pause, and nothing else", async () => {
      const { priceRegistry, accessManager, stranger, testUSD } = await base();
      await accessManager.grantRole(ROLES.GUARDIAN, stranger, 0);
      await priceRegistry.pauseCurrency(testUSD, true);
      expect((await priceRegistry.getCurrency(testUSD)).paused).to.equal(true);
      for (const call of [
        () => priceRegistry.addCurrency(stranger, usd("1"), ethers.ZeroAddress, 0),
        () => priceRegistry.setFeed(testUSD, ethers.ZeroAddress, 0),
        () => priceRegistry.setPrice(testUSD, usd("1")),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(priceRegistry, "AccessManagedUnauthorized").withArgs(stranger.address);
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
