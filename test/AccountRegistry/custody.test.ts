import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { NATIVE, usd } from "../fixtures";
import { withLedger } from "../helpers/ledger";
import { scale } from "../helpers/units";

// The widths in which the registry counts: 224 bits of scaled units, 128 bits of base units.
const BOUNDS = [
  // floor((2^224 - 1) / (2,678,400 x 10^36))
  { decimals: 0n, maximum: 10_065_690_959_957_676_147_949_154n },
  // 2^128 - 1, which is less than the scaled units would allow.
  { decimals: 18n, maximum: 340_282_366_920_938_463_463_374_607_431_768_211_455n },
] as const;

/** floor((2^224 - 1) / (2,678,400 x 10^30)), of a token of 6 decimals. */
const LARGEST_OF_SIX = 10_065_690_959_957_676_147_949_154_378_367n;

describe("AccountRegistry", () => {
  describe("custody", () => {
    it("refuses a currency that is not listed", async () => {
      const { registry, stranger } = await withLedger();
      await expect(registry.custody(stranger)).to.be.revertedWithCustomError(registry, "CurrencyNotListed").withArgs(stranger.address);
    });

    it("shows what is held and what is owed, of all accounts together", async () => {
      const { registry, payer, otherPayer, testUSD } = await withLedger();
      expect(await registry.custody(testUSD)).to.deep.equal([0n, 0n]);
      await registry.connect(payer).deposit(testUSD, 10);
      await registry.connect(otherPayer).deposit(testUSD, 20);
      await registry.connect(payer).withdraw(testUSD, 3, payer);
      expect(await registry.custody(testUSD)).to.deep.equal([27n, 27n]);
    });

    it("shows ether that was forced upon it as held and not owed", async () => {
      const { registry, payer } = await withLedger();
      await registry.connect(payer).deposit(NATIVE, 10, { value: 10 });
      await ethers.provider.send("hardhat_setBalance", [registry.target, "0x1e"]);
      expect(await registry.custody(NATIVE)).to.deep.equal([30n, 10n]);
    });

    context("given a token that took back what was deposited", () => {
      it("shows that less is held than owed, and names a deposit of more than all numbers as the largest", async () => {
        const { registry, prices, admin, payer } = await withLedger();
        const token = await ethers.deployContract("ReverseTransferToken");
        await prices.connect(admin).addCurrency(token, usd("1"), ethers.ZeroAddress, 0);
        await token.mint(payer, MaxUint256);
        await token.connect(payer).approve(registry, MaxUint256);
        await registry.connect(payer).deposit(token, 5);
        await token.setTakes(true);
        await token.transferFrom(payer, registry, 5);
        await token.setTakes(false);
        expect(await registry.custody(token)).to.deep.equal([0n, 5n]);
        // 5 and the largest number.
        await expect(registry.connect(payer).deposit(token, MaxUint256))
          .to.be.revertedWithCustomError(registry, "CustodyExceeded")
          .withArgs(token, MaxUint256, LARGEST_OF_SIX);
      });
    });

    for (const { decimals, maximum } of BOUNDS) {
      context(`given a token of ${decimals} decimals`, () => {
        const fixture = deployments.createFixture(async () => {
          const ledger = await withLedger();
          const { registry, prices, admin, payer } = ledger;
          const token = await ethers.deployContract("StandardToken", [decimals]);
          await prices.connect(admin).addCurrency(token, usd("1"), ethers.ZeroAddress, 0);
          await token.mint(payer, MaxUint256);
          await token.connect(payer).approve(registry, MaxUint256);
          return { ...ledger, token };
        });

        it("refuses a deposit of more than the widths hold", async () => {
          const { registry, payer, token } = await fixture();
          await expect(registry.connect(payer).deposit(token, maximum + 1n))
            .to.be.revertedWithCustomError(registry, "CustodyExceeded")
            .withArgs(token, maximum + 1n, maximum);
          await expect(registry.connect(payer).deposit(token, MaxUint256))
            .to.be.revertedWithCustomError(registry, "CustodyExceeded")
            .withArgs(token, MaxUint256, maximum);
        });

        it("takes just as much, and not one more in any account", async () => {
          const { registry, payer, receiver, token } = await fixture();
          await expect(registry.connect(payer).deposit(token, maximum))
            .to.emit(registry, "Deposited")
            .withArgs(payer.address, token, payer.address, maximum, maximum * scale(decimals));
          expect((await registry.getAccount(payer, token)).balance).to.equal(maximum);
          await expect(registry.connect(payer).depositFor(receiver, token, 1))
            .to.be.revertedWithCustomError(registry, "CustodyExceeded")
            .withArgs(token, maximum + 1n, maximum);
        });

        it("counts all deposits together, and has room again after a withdrawal", async () => {
          const { registry, payer, receiver, token } = await fixture();
          const asPayer = registry.connect(payer);
          await asPayer.deposit(token, maximum - 5n);
          await expect(asPayer.depositFor(receiver, token, 6))
            .to.be.revertedWithCustomError(registry, "CustodyExceeded")
            .withArgs(token, maximum + 1n, maximum);
          await asPayer.depositFor(receiver, token, 5);
          expect(await registry.custody(token)).to.deep.equal([maximum, maximum]);
          await asPayer.withdraw(token, 1, payer);
          await asPayer.deposit(token, 1);
          expect(await registry.custody(token)).to.deep.equal([maximum, maximum]);
          await asPayer.withdraw(token, MaxUint256, payer);
          expect(await registry.custody(token)).to.deep.equal([5n, 5n]);
        });
      });
    }
  });
});
