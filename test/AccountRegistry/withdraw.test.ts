import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { NATIVE, testUsd, usd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, streamsOf, TEST_USD_ID, tickBefore, withLedger } from "../helpers/ledger";
import { at, scale, now, passTo } from "../helpers/units";

const SCALED = scale(6n);

/** The payer has 10 TestUSD and 1000 wei in its accounts. */
const withDeposits = deployments.createFixture(async (): Promise<Ledger> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  await registry.connect(payer).deposit(NATIVE, 1000, { value: 1000 });
  return ledger;
});

describe("AccountRegistry", () => {
  describe("withdraw", () => {
    context("when it is refused", () => {
      it("refuses the zero address and the registry itself as recipients", async () => {
        const { registry, payer, testUSD } = await withDeposits();
        for (const to of [ethers.ZeroAddress, await registry.getAddress()]) {
          for (const currency of [NATIVE, await testUSD.getAddress()]) {
            await expect(registry.connect(payer).withdraw(currency, 1, to))
              .to.be.revertedWithCustomError(registry, "RecipientInvalid")
              .withArgs(to);
          }
        }
      });

      it("refuses a currency that is not listed", async () => {
        const { registry, payer, stranger } = await withDeposits();
        await expect(registry.connect(payer).withdraw(stranger, 1, payer))
          .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
          .withArgs(stranger.address);
      });

      it("refuses an amount of zero", async () => {
        const { registry, payer, testUSD } = await withDeposits();
        await expect(registry.connect(payer).withdraw(testUSD, 0, payer))
          .to.be.revertedWithCustomError(registry, "AmountZero")
          .withArgs();
      });

      it("refuses everything of nothing", async () => {
        const { registry, stranger, testUSD } = await withDeposits();
        await expect(registry.connect(stranger).withdraw(testUSD, MaxUint256, stranger))
          .to.be.revertedWithCustomError(registry, "AmountZero")
          .withArgs();
      });

      it("refuses more than there is", async () => {
        const { registry, payer, stranger, testUSD } = await withDeposits();
        for (const amount of [10_000_001n, MaxUint256 - 1n]) {
          await expect(registry.connect(payer).withdraw(testUSD, amount, payer))
            .to.be.revertedWithCustomError(registry, "InsufficientBalance")
            .withArgs(10_000_000, amount);
        }
        await expect(registry.connect(stranger).withdraw(testUSD, 1, stranger))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(0, 1);
      });
    });

    context("given a plain balance", () => {
      it("sends a part to anyone, exactly", async () => {
        const { registry, payer, receiver, testUSD } = await withDeposits();
        const withdrawn = registry.connect(payer).withdraw(testUSD, 3, receiver);
        await expect(withdrawn).to.changeTokenBalances(testUSD, [registry, payer, receiver], [-3n, 0n, 3n]);
        await expect(withdrawn)
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, testUSD, receiver.address, 3, 9_999_997n * SCALED);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(9_999_997n);
        expect((await registry.getAccount(receiver, testUSD)).balance).to.equal(0n);
        expect(await registry.custody(testUSD)).to.deep.equal([9_999_997n, 9_999_997n]);
      });

      it("sends exactly what there is", async () => {
        const { registry, payer, testUSD } = await withDeposits();
        const withdrawn = registry.connect(payer).withdraw(testUSD, testUsd("10"), payer);
        await expect(withdrawn).to.changeTokenBalances(testUSD, [registry, payer], [-testUsd("10"), testUsd("10")]);
        expect((await registry.getAccount(payer, testUSD)).scaledBalance).to.equal(0n);
        expect(await registry.custody(testUSD)).to.deep.equal([0n, 0n]);
      });

      it("sends all there is, asked for by the largest number", async () => {
        const { registry, payer, testUSD } = await withDeposits();
        await expect(registry.connect(payer).withdraw(testUSD, MaxUint256, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, testUSD, payer.address, testUsd("10"), 0);
        expect(await registry.custody(testUSD)).to.deep.equal([0n, 0n]);
      });

      it("sends native currency", async () => {
        const { registry, payer, receiver } = await withDeposits();
        const withdrawn = registry.connect(payer).withdraw(NATIVE, 400, receiver);
        await expect(withdrawn).to.changeEtherBalances([registry, payer, receiver], [-400n, 0n, 400n]);
        await expect(withdrawn)
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, NATIVE, receiver.address, 400, 600n * scale(18n));
        expect(await registry.custody(NATIVE)).to.deep.equal([600n, 600n]);
        await expect(registry.connect(payer).withdraw(NATIVE, 601, receiver))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(600, 601);
      });

      it("takes nothing from the accounts of others", async () => {
        const { registry, payer, otherPayer, testUSD } = await withDeposits();
        await registry.connect(otherPayer).deposit(testUSD, 77);
        await registry.connect(payer).withdraw(testUSD, MaxUint256, payer);
        expect((await registry.getAccount(otherPayer, testUSD)).balance).to.equal(77n);
        await registry.connect(otherPayer).withdraw(testUSD, 77, otherPayer);
        expect(await registry.custody(testUSD)).to.deep.equal([0n, 0n]);
      });

      it("withdraws while the currency is paused", async () => {
        const { registry, prices, admin, payer, testUSD } = await withDeposits();
        await prices.connect(admin).pauseCurrency(testUSD, true);
        await registry.connect(payer).deposit(testUSD, 1);
        await expect(registry.connect(payer).withdraw(testUSD, MaxUint256, payer)).to.changeTokenBalance(testUSD, payer, 10_000_001n);
      });
    });

    context("when native currency goes to a contract", () => {
      it("names the recipient that refuses, and keeps what it has", async () => {
        const { registry, payer } = await withDeposits();
        const refusing = await ethers.deployContract("RefusingReceiver");
        await expect(registry.connect(payer).withdraw(NATIVE, 400, refusing))
          .to.be.revertedWithCustomError(registry, "NativeTransferFailed")
          .withArgs(refusing, 400);
        expect((await registry.getAccount(payer, NATIVE)).balance).to.equal(1000n);
        await expect(registry.connect(payer).withdraw(NATIVE, 1000, payer)).to.changeEtherBalance(payer, 1000);
      });

      it("names the recipient that burns all gas", async () => {
        const { registry, payer } = await withDeposits();
        const burning = await ethers.deployContract("GasBurningReceiver");
        await expect(registry.connect(payer).withdraw(NATIVE, 400, burning, { gasLimit: 1_000_000 }))
          .to.be.revertedWithCustomError(registry, "NativeTransferFailed")
          .withArgs(burning, 400);
        expect(await registry.custody(NATIVE)).to.deep.equal([1000n, 1000n]);
      });

      it("copies nothing of what the recipient returns", async () => {
        const { registry, payer } = await withDeposits();
        const verbose = await ethers.deployContract("HugeReturnDataReceiver");
        // A megabyte of memory costs 2.2 million: the limit is enough for the recipient to make it once, not for us to copy it.
        const withdrawn = registry.connect(payer).withdraw(NATIVE, 400, verbose, { gasLimit: 3_000_000 });
        await expect(withdrawn).to.changeEtherBalances([registry, verbose], [-400, 400]);
      });

      it("sends all the gas along, so that a wallet may work with it", async () => {
        const { registry, payer, testUSD } = await withDeposits();
        const receiver = await ethers.deployContract("ReentrantReceiver");
        // Far more than the 2,300 of a stipend: it mints itself a token.
        await receiver.setHook(testUSD, testUSD.interface.encodeFunctionData("mint", [await receiver.getAddress(), 5]));
        await registry.connect(payer).withdraw(NATIVE, 400, receiver);
        expect(await testUSD.balanceOf(receiver)).to.equal(5n);
      });
    });

    context("given a stream out of the account", () => {
      // 60 USD a month at 1 USD a token is 60 x 10^36 scaled units a second.
      const rate = usd("60");
      const perSecond = 60n * 10n ** 36n;

      it("leaves what has streamed out", async () => {
        const ledger = await withDeposits();
        const { registry, payer, testUSD } = ledger;
        const start = (await now()) + 100n;
        await at(start);
        await streamsOf(ledger).raise(1n, rate);
        // 1000 s cost 60,000 x 10^36 scaled units, which is 22,401.4 of 2,678,400 x 10^30: so much is gone, and there is a part of a unit.
        const left = testUsd("10") * SCALED - 1000n * perSecond;
        const available = 10_000_000n - 22_402n;
        await at(start + 1000n);
        await expect(registry.connect(payer).withdraw(testUSD, available + 1n, payer))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(available, available + 1n);
        await at(start + 1001n);
        await expect(registry.connect(payer).withdraw(testUSD, 1, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, testUSD, payer.address, 1, left - perSecond - SCALED);
      });

      it("withdraws all but a part of a base unit, and the account is out of funds on that", async () => {
        const ledger = await withDeposits();
        const { registry, payer, testUSD } = ledger;
        const start = (await now()) + 100n;
        await at(start);
        await streamsOf(ledger).raise(1n, rate);
        const left = testUsd("10") * SCALED - 1000n * perSecond;
        await at(start + 1000n);
        await expect(registry.connect(payer).withdraw(testUSD, MaxUint256, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, testUSD, payer.address, 9_977_598n, left - 9_977_598n * SCALED);

        // The rest, below one base unit, pays for less than a second.
        const rest = left - 9_977_598n * SCALED;
        await passTo(start + 1001n);
        const account = await registry.getAccount(payer, testUSD);
        expect(account.balance).to.equal(0n);
        expect(account.scaledBalance).to.equal(rest % rate);
        expect(await registry.poolOf(1)).to.equal(1000n * perSecond);
        expect((await registry.getStream(payer, 1)).scaledLate).to.equal(rest - (rest % rate));
        expect(await registry.custody(testUSD)).to.deep.equal([22_402n, 22_402n]);
      });

      it("leaves the dust of a depleted account to be withdrawn", async () => {
        const ledger = await withLedger();
        const { registry, payer, scaledToken } = ledger;
        await registry.connect(payer).deposit(scaledToken, 100);
        const start = (await now()) + 100n;
        await at(start);
        await streamsOf(ledger).raise(1n, rate, payer, FINE_TOKEN_ID);
        // 100 x 2,678,400 x 10^12 = 267.84 x 10^18 scaled units pay for 4 of the index at 60 x 10^18 each, and 27.84 x 10^18 are left:
        // ten base units, and 1.056 x 10^18.
        await at(start + 10n);
        await expect(registry.connect(payer).withdraw(scaledToken, 11, payer))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(10, 11);
        await expect(registry.connect(payer).withdraw(scaledToken, MaxUint256, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, scaledToken, payer.address, 10, 1_056_000_000_000_000_000n);
        expect(await registry.poolOf(1)).to.equal(4n * rate);
        expect(await registry.custody(scaledToken)).to.deep.equal([90n, 90n]);
      });

      it("refuses everything of a depleted account without dust of a base unit", async () => {
        const ledger = await withDeposits();
        const { registry, payer, testUSD } = ledger;
        await streamsOf(ledger).raise(1n, rate);
        // Covered for 446,400 s.
        await at((await now()) + 446_401n);
        await expect(registry.connect(payer).withdraw(testUSD, MaxUint256, payer))
          .to.be.revertedWithCustomError(registry, "AmountZero")
          .withArgs();
        await expect(registry.connect(payer).withdraw(testUSD, 1, payer))
          .to.be.revertedWithCustomError(registry, "InsufficientBalance")
          .withArgs(0, 1);
      });

      it("withdraws what is left of a top-up after a time without funds, for which nothing is charged", async () => {
        const ledger = await withDeposits();
        const { registry, payer, testUSD } = ledger;
        const start = (await now()) + 100n;
        await at(start);
        await streamsOf(ledger).raise(1n, rate);
        await at(start + 1_000_000n);
        await registry.connect(payer).deposit(testUSD, testUsd("10"));
        await at(start + 1_001_000n);
        await expect(registry.connect(payer).withdraw(testUSD, MaxUint256, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, testUSD, payer.address, 9_977_598n, testUsd("10") * SCALED - 1000n * perSecond - 9_977_598n * SCALED);
        // 446,400 s of the first deposit and 1000 of the second.
        expect(await registry.poolOf(1)).to.equal(447_400n * perSecond);
      });

      it("moves the end of the stream earlier", async () => {
        const ledger = await withDeposits();
        const { registry, payer, testUSD, listedAt } = ledger;
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, rate);
        await at(listedAt + 2000n);
        const left = testUsd("4") * SCALED - 1000n * perSecond;
        const end = tickBefore(2000n * 10n ** 18n + left / rate);
        await expect(registry.connect(payer).withdraw(testUSD, testUsd("6"), payer))
          .to.emit(registry, "AccountTouched")
          .withArgs(payer.address, TEST_USD_ID, left, 2000n * 10n ** 18n, end);
        expect(await registry.endsAt(1, 94)).to.equal(0n);
        expect(await registry.endsAt(1, end >> 72n)).to.equal(rate);
      });

      it("withdraws refunds, too, which come first", async () => {
        const ledger = await withDeposits();
        const { registry, clusters, payer, testUSD, listedAt } = ledger;
        await registry.connect(clusters).setUnservedShare(1, TEST_USD_ID, 2n ** 31n);
        await at(listedAt + 1000n);
        await streamsOf(ledger).raise(1n, rate);
        await at(listedAt + 2000n);
        // Half of 1,000 seconds: 500 x 60 x 10^36 scaled units are 11,200.7 base units.
        const withdrawn = registry.connect(payer).withdraw(testUSD, MaxUint256, payer);
        await expect(withdrawn).to.changeTokenBalance(testUSD, payer, testUsd("10") - 11_201n);
        await expect(withdrawn)
          .to.emit(registry, "UnservedRefunded")
          .withArgs(payer.address, 1, 500n * perSecond);
        expect(await registry.poolOf(1)).to.equal(500n * perSecond);
      });
    });
  });
});
