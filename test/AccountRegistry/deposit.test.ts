import { expect } from "chai";
import { ethers } from "hardhat";

import { NATIVE, testUsd } from "../fixtures";
import { PER_SECOND, RATE, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale } from "../helpers/units";

describe("AccountRegistry", () => {
  describe("deposit", () => {
    context("when it is refused", () => {
      it("refuses an amount of zero", async () => {
        const { registry, payer, testUSD } = await withLedger();
        await expect(registry.connect(payer).deposit(testUSD, 0)).to.be.revertedWithCustomError(registry, "AmountZero").withArgs();
        await expect(registry.connect(payer).deposit(NATIVE, 0)).to.be.revertedWithCustomError(registry, "AmountZero").withArgs();
      });

      it("refuses a currency that is not listed", async () => {
        const { registry, payer, stranger } = await withLedger();
        await expect(registry.connect(payer).deposit(stranger, 1))
          .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
          .withArgs(stranger.address);
      });

      it("refuses ether that is not the amount", async () => {
        const { registry, payer } = await withLedger();
        for (const value of [0n, 99n, 101n]) {
          await expect(registry.connect(payer).deposit(NATIVE, 100, { value }))
            .to.be.revertedWithCustomError(registry, "EtherMismatch")
            .withArgs(value, 100);
        }
      });

      it("refuses ether that comes with a token", async () => {
        const { registry, payer, testUSD } = await withLedger();
        await expect(registry.connect(payer).deposit(testUSD, 100, { value: 100 }))
          .to.be.revertedWithCustomError(registry, "EtherMismatch")
          .withArgs(100, 0);
      });

      it("passes on why the token refuses", async () => {
        const { registry, payer, stranger, testUSD } = await withLedger();
        await expect(registry.connect(stranger).deposit(testUSD, 100))
          .to.be.revertedWithCustomError(testUSD, "ERC20InsufficientAllowance")
          .withArgs(registry, 0, 100);
        await testUSD.connect(payer).approve(registry, 99);
        await expect(registry.connect(payer).deposit(testUSD, 100))
          .to.be.revertedWithCustomError(testUSD, "ERC20InsufficientAllowance")
          .withArgs(registry, 99, 100);
      });

      it("takes no ether that is merely sent", async () => {
        const { registry, payer } = await withLedger();
        await expect(payer.sendTransaction({ to: registry, value: 1 })).to.be.revertedWithoutReason();
      });
    });

    context("when an ERC-20 is deposited", () => {
      it("takes it and credits the caller, exactly", async () => {
        const { registry, payer, testUSD } = await withLedger();
        const deposited = registry.connect(payer).deposit(testUSD, testUsd("12.345678"));
        await expect(deposited).to.changeTokenBalances(testUSD, [payer, registry], [-12_345_678n, 12_345_678n]);
        await expect(deposited)
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, testUSD, payer.address, 12_345_678n, 12_345_678n * 2_678_400n * 10n ** 30n);

        const account = await registry.getAccount(payer, testUSD);
        expect(account.balance).to.equal(12_345_678n);
        expect(account.scaledBalance).to.equal(12_345_678n * 2_678_400n * 10n ** 30n);
        expect(await registry.custody(testUSD)).to.deep.equal([12_345_678n, 12_345_678n]);
      });

      it("adds to what is there", async () => {
        const { registry, payer, testUSD } = await withLedger();
        await registry.connect(payer).deposit(testUSD, 5);
        await expect(registry.connect(payer).deposit(testUSD, 7))
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, testUSD, payer.address, 7, 12n * scale(6n));
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(12n);
        expect(await registry.custody(testUSD)).to.deep.equal([12n, 12n]);
      });

      it("leaves other accounts and other currencies alone", async () => {
        const { registry, payer, otherPayer, testUSD, scaledToken } = await withLedger();
        await registry.connect(payer).deposit(testUSD, 5);
        await registry.connect(otherPayer).deposit(testUSD, 11);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(5n);
        expect((await registry.getAccount(otherPayer, testUSD)).balance).to.equal(11n);
        expect((await registry.getAccount(payer, scaledToken)).balance).to.equal(0n);
        expect((await registry.getAccount(payer, NATIVE)).balance).to.equal(0n);
        expect(await registry.custody(testUSD)).to.deep.equal([16n, 16n]);
        expect(await registry.custody(scaledToken)).to.deep.equal([0n, 0n]);
      });
    });

    context("when the account pays streams", () => {
      it("touches it, and moves its end later", async () => {
        const ledger = await withLedger();
        const { registry, payer, otherPayer, testUSD, listedAt } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, RATE);
        expect(await registry.endsAt(1, 94)).to.equal(RATE);
        await at(listedAt + 2000n);
        const balance = testUsd("20") * scale(6n) - 1000n * PER_SECOND;
        const end = tickBefore(893_800n * 10n ** 18n);
        const deposited = registry.connect(otherPayer).depositFor(payer, testUSD, testUsd("10"));
        await expect(deposited)
          .to.emit(registry, "AccountTouched")
          .withArgs(payer.address, TEST_USD_ID, balance, 2000n * 10n ** 18n, end);
        await expect(deposited).to.emit(registry, "Deposited").withArgs(payer.address, testUSD, otherPayer.address, testUsd("10"), balance);
        expect(await registry.endsAt(1, 94)).to.equal(0n);
        expect(await registry.endsAt(1, end >> 72n)).to.equal(RATE);
      });

      it("counts refunds into the balance that it names", async () => {
        const ledger = await withLedger();
        const { registry, clusters, payer, testUSD, listedAt } = ledger;
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 2n ** 30n);
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, RATE);
        await at(listedAt + 2000n);
        const deposited = registry.connect(payer).deposit(testUSD, 7);
        await expect(deposited)
          .to.emit(registry, "UnservedRefunded")
          .withArgs(payer.address, 1, 250n * PER_SECOND);
        await expect(deposited)
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, testUSD, payer.address, 7, (testUsd("10") + 7n) * scale(6n) - 750n * PER_SECOND);
      });
    });

    context("when the native currency is deposited", () => {
      it("takes the ether and credits the caller, exactly", async () => {
        const { registry, payer } = await withLedger();
        const deposited = registry.connect(payer).deposit(NATIVE, 123, { value: 123 });
        await expect(deposited).to.changeEtherBalances([payer, registry], [-123n, 123n]);
        await expect(deposited)
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, NATIVE, payer.address, 123, 123n * 2_678_400n * 10n ** 18n);
        expect((await registry.getAccount(payer, NATIVE)).balance).to.equal(123n);
        expect(await registry.custody(NATIVE)).to.deep.equal([123n, 123n]);
      });
    });

    context("when it is one of several calls in one transaction", () => {
      it("credits each deposit of a token", async () => {
        const { registry, payer, testUSD } = await withLedger();
        const deposit = (amount: bigint): string => registry.interface.encodeFunctionData("deposit", [testUSD.target, amount]);
        await registry.connect(payer).multicall([deposit(5n), deposit(7n)]);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(12n);
      });

      it("refuses native currency, which would count twice", async () => {
        const { registry, payer } = await withLedger();
        const data = registry.interface.encodeFunctionData("deposit", [NATIVE, 1]);
        await expect(registry.connect(payer).multicall([data]))
          .to.be.revertedWithCustomError(registry, "EtherMismatch")
          .withArgs(0, 1);
        const multicall = registry.interface.encodeFunctionData("multicall", [[data, data]]);
        await expect(payer.sendTransaction({ to: registry, data: multicall, value: 1 })).to.be.revertedWithoutReason();
      });
    });

    context("when the payer is a contract", () => {
      it("credits the contract", async () => {
        const { registry, testUSD } = await withLedger();
        const contract = await ethers.deployContract("RefusingReceiver");
        const signer = await ethers.getImpersonatedSigner(await contract.getAddress());
        await testUSD.mint(contract, 10);
        await ethers.provider.send("hardhat_setBalance", [contract.target, ethers.toQuantity(10n ** 18n)]);
        await testUSD.connect(signer).approve(registry, 10);
        await registry.connect(signer).deposit(testUSD, 10);
        expect((await registry.getAccount(contract, testUSD)).balance).to.equal(10n);
      });
    });
  });
});
