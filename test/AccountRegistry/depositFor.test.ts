import { expect } from "chai";
import { ethers } from "hardhat";

import { NATIVE } from "../fixtures";
import { withLedger } from "../helpers/ledger";
import { scale } from "../helpers/units";

describe("AccountRegistry", () => {
  describe("depositFor", () => {
    it("refuses the zero account, whose key nobody holds", async () => {
      const { registry, payer, testUSD } = await withLedger();
      await expect(registry.connect(payer).depositFor(ethers.ZeroAddress, testUSD, 1))
        .to.be.revertedWithCustomError(registry, "AccountZero")
        .withArgs();
    });

    it("refuses an amount of zero", async () => {
      const { registry, payer, receiver, testUSD } = await withLedger();
      await expect(registry.connect(payer).depositFor(receiver, testUSD, 0))
        .to.be.revertedWithCustomError(registry, "AmountZero")
        .withArgs();
    });

    it("refuses a currency that is not listed", async () => {
      const { registry, payer, receiver } = await withLedger();
      await expect(registry.connect(payer).depositFor(receiver, receiver, 1))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(receiver.address);
    });

    it("refuses ether that is not the amount", async () => {
      const { registry, payer, receiver } = await withLedger();
      await expect(registry.connect(payer).depositFor(receiver, NATIVE, 7, { value: 8 }))
        .to.be.revertedWithCustomError(registry, "EtherMismatch")
        .withArgs(8, 7);
    });

    it("takes a token from the caller and credits the account", async () => {
      const { registry, payer, receiver, testUSD } = await withLedger();
      const deposited = registry.connect(payer).depositFor(receiver, testUSD, 9);
      await expect(deposited).to.changeTokenBalances(testUSD, [payer, registry, receiver], [-9n, 9n, 0n]);
      await expect(deposited)
        .to.emit(registry, "Deposited")
        .withArgs(receiver.address, testUSD, payer.address, 9, 9n * scale(6n));
      expect((await registry.getAccount(receiver, testUSD)).balance).to.equal(9n);
      expect((await registry.getAccount(payer, testUSD)).balance).to.equal(0n);
    });

    it("takes ether from the caller and credits the account", async () => {
      const { registry, payer, receiver } = await withLedger();
      const deposited = registry.connect(payer).depositFor(receiver, NATIVE, 9, { value: 9 });
      await expect(deposited).to.changeEtherBalances([payer, registry, receiver], [-9n, 9n, 0n]);
      await expect(deposited)
        .to.emit(registry, "Deposited")
        .withArgs(receiver.address, NATIVE, payer.address, 9, 9n * scale(18n));
      expect((await registry.getAccount(receiver, NATIVE)).balance).to.equal(9n);
      expect((await registry.getAccount(payer, NATIVE)).balance).to.equal(0n);
    });
  });
});
