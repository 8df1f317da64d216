import { expect } from "chai";
import { type AddressLike, type BaseContract, MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { contractOf, reverts } from "../helpers/code";
import { type Ledger, withLedger } from "../helpers/ledger";
import { scale } from "../helpers/units";

const SCALED = scale(6n);

interface Mintable extends BaseContract {
  mint: (to: string, amount: bigint) => Promise<unknown>;
  connect: (runner: Ledger["payer"]) => Mintable;
  approve: (spender: string, amount: bigint) => Promise<unknown>;
}

/** Lists a token, and gives the payer 1000 of it, approved. */
async function listed<T extends BaseContract & Omit<Mintable, "connect">>(ledger: Ledger, token: T): Promise<T> {
  const { registry, prices, admin, payer } = ledger;
  await prices.connect(admin).addCurrency(token, usd("1"), ethers.ZeroAddress, 0);
  await token.mint(payer.address, testUsd("1000"));
  await (token.connect(payer) as T).approve(await registry.getAddress(), MaxUint256);
  return token;
}

describe("AccountRegistry", () => {
  describe("unusual tokens", () => {
    context("given a token that takes a fee on transfer", () => {
      const fixture = deployments.createFixture(async () => {
        const ledger = await withLedger();
        return { ...ledger, token: await listed(ledger, await ethers.deployContract("FeeToken")) };
      });

      it("credits what arrives", async () => {
        const { registry, payer, token } = await fixture();
        const deposited = registry.connect(payer).deposit(token, 1_000_050);
        // One per cent of 1,000,050 is 10,000, rounded down.
        await expect(deposited).to.changeTokenBalances(token, [payer, registry], [-1_000_050n, 990_050n]);
        await expect(deposited)
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, token, payer.address, 990_050, 990_050n * SCALED);
        expect(await registry.custody(token)).to.deep.equal([990_050n, 990_050n]);
      });

      it("charges a withdrawal as the token moves it: the recipient bears the fee", async () => {
        const { registry, payer, receiver, token } = await fixture();
        await registry.connect(payer).deposit(token, 1_000_000);
        const withdrawn = registry.connect(payer).withdraw(token, MaxUint256, receiver);
        await expect(withdrawn).to.changeTokenBalances(token, [registry, receiver], [-990_000n, 980_100n]);
        await expect(withdrawn).to.emit(registry, "Withdrawn").withArgs(payer.address, token, receiver.address, 990_000, 0);
        expect(await registry.custody(token)).to.deep.equal([0n, 0n]);
      });
    });

    context("given a token that returns nothing", () => {
      it("deposits and withdraws", async () => {
        const ledger = await withLedger();
        const { registry, payer, receiver } = ledger;
        const token = await listed(ledger, await ethers.deployContract("NoReturnToken"));
        await registry.connect(payer).deposit(token, 100);
        expect(await registry.custody(token)).to.deep.equal([100n, 100n]);
        await registry.connect(payer).withdraw(token, 40, receiver);
        expect(await token.balanceOf(receiver)).to.equal(40n);
        expect(await registry.custody(token)).to.deep.equal([60n, 60n]);
      });
    });

    // Three ways of refusing without a reason, and what sets each of them off.
    const refusals = {
      "returns false": async () => {
        const token = await ethers.deployContract("FalseReturnToken");
        return { token, refuse: (refuses: boolean) => token.setRefuses(refuses) };
      },
      "reverts without a reason": async () => {
        const token = await ethers.deployContract("EmptyRevertToken");
        return { token, refuse: (refuses: boolean) => token.setRefuses(refuses) };
      },
      "returns false, but moves when it is asked again": async () => {
        const token = await ethers.deployContract("FirstCallFailingToken");
        return { token, refuse: (refuses: boolean) => token.setFailing(refuses) };
      },
    };
    for (const [name, deploy] of Object.entries(refusals)) {
      context(`given a token that ${name}`, () => {
        it("refuses the deposit", async () => {
          const ledger = await withLedger();
          const { registry, payer } = ledger;
          const { token, refuse } = await deploy();
          await listed(ledger, token);
          await refuse(true);
          await expect(registry.connect(payer).deposit(token, 100))
            .to.be.revertedWithCustomError(registry, "TokenTransferFailed")
            .withArgs(token, payer.address, registry, 100);
          expect(await registry.custody(token)).to.deep.equal([0n, 0n]);
        });

        it("refuses the withdrawal, and keeps the balance for another time", async () => {
          const ledger = await withLedger();
          const { registry, payer, receiver } = ledger;
          const { token, refuse } = await deploy();
          await listed(ledger, token);
          await registry.connect(payer).deposit(token, 100);
          await refuse(true);
          await expect(registry.connect(payer).withdraw(token, 100, receiver))
            .to.be.revertedWithCustomError(registry, "TokenTransferFailed")
            .withArgs(token, registry, receiver.address, 100);
          expect(await registry.custody(token)).to.deep.equal([100n, 100n]);
          await refuse(false);
          await expect(registry.connect(payer).withdraw(token, 100, receiver)).to.changeTokenBalance(token, receiver, 100);
        });
      });
    }

    context("given a token that says it moves and does not", () => {
      it("refuses the deposit", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("NoTransferToken"));
        await token.setIdle(true);
        await expect(registry.connect(payer).deposit(token, 100))
          .to.be.revertedWithCustomError(registry, "DepositNotReceived")
          .withArgs(token, 100);
      });

      it("lets the withdrawal be, as it costs nothing", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("NoTransferToken"));
        await registry.connect(payer).deposit(token, 100);
        await token.setIdle(true);
        await expect(registry.connect(payer).withdraw(token, 30, payer))
          .to.emit(registry, "Withdrawn")
          .withArgs(payer.address, token, payer.address, 30, 70n * SCALED);
        expect(await registry.custody(token)).to.deep.equal([100n, 70n]);
      });
    });

    context("given a token that takes instead of giving", () => {
      it("refuses the deposit", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("ReverseTransferToken"));
        await registry.connect(payer).deposit(token, 100);
        await token.setTakes(true);
        await expect(registry.connect(payer).deposit(token, 60))
          .to.be.revertedWithCustomError(registry, "DepositNotReceived")
          .withArgs(token, 60);
        expect(await registry.custody(token)).to.deep.equal([100n, 100n]);
      });
    });

    context("given a token that charges more than a transfer", () => {
      it("refuses the withdrawal, which the others would pay for", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("InexactToken"));
        await registry.connect(payer).deposit(token, 100);
        await token.skew(0, 0, -1);
        await expect(registry.connect(payer).withdraw(token, 40, payer))
          .to.be.revertedWithCustomError(registry, "WithdrawalOvercharged")
          .withArgs(token, 41, 40);
        // More than the registry has: the token refuses by itself, and what it says is passed on.
        await token.skew(0, 0, -101);
        await expect(registry.connect(payer).withdraw(token, 40, payer))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
          .withArgs(registry, 60, 101);
        await token.skew(0, 0, 0);
        await registry.connect(payer).withdraw(token, 40, payer);
        expect(await registry.custody(token)).to.deep.equal([60n, 60n]);
      });
    });

    context("given a token that panics, as older ones do", () => {
      it("names the deposit and the withdrawal that it refused", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("NoReturnToken"));
        await token.connect(payer).approve(registry, 99);
        await expect(registry.connect(payer).deposit(token, 100))
          .to.be.revertedWithCustomError(registry, "TokenTransferFailed")
          .withArgs(token, payer.address, registry, 100);
      });
    });

    context("given a token that does not say what somebody has, or may take", () => {
      const fixture = deployments.createFixture(async () => {
        const ledger = await withLedger();
        const proxy = await ethers.deployContract("FacetedProxy", [await ethers.deployContract("StandardToken", [6])]);
        const token = await listed(ledger, await ethers.getContractAt("StandardToken", proxy));
        await ledger.registry.connect(ledger.payer).deposit(token, 100);
        const silent = await ethers.deployContract("RefusingReceiver");
        const silence = (name: "balanceOf" | "allowance" | "transfer", code: AddressLike = silent): Promise<unknown> =>
          proxy.setFacet(token.interface.getFunction(name).selector, code);
        return { ...ledger, token, silence };
      });

      it("names it", async () => {
        const { registry, payer, token, silence } = await fixture();
        await silence("allowance");
        await expect(registry.connect(payer).depositWithPermit(payer, token, 5, 0, 27, ethers.ZeroHash, ethers.ZeroHash))
          .to.be.revertedWithCustomError(registry, "TokenUnavailable")
          .withArgs(token);
        await silence("balanceOf");
        for (const refused of [
          () => registry.connect(payer).deposit(token, 5),
          () => registry.connect(payer).withdraw(token, 5, payer),
          () => registry.custody(token),
        ]) {
          await expect(refused()).to.be.revertedWithCustomError(registry, "TokenUnavailable").withArgs(token);
        }
      });

      it("passes on no reason that is longer than a kilobyte", async () => {
        const { registry, payer, receiver, token, silence } = await fixture();
        await silence("transfer", await contractOf(reverts("0x", 4 + 32 * 32)));
        await expect(registry.connect(payer).withdraw(token, 5, receiver))
          .to.be.revertedWithCustomError(registry, "TokenTransferFailed")
          .withArgs(token, registry, receiver.address, 5);
      });
    });

    context("given a token that returns a megabyte", () => {
      // Making it costs 2.2 million of gas, and copying it would as much again: the limit is enough for the one and not for the other.
      const gasLimit = 3_000_000;

      it("copies none of it", async () => {
        const ledger = await withLedger();
        const { registry, payer } = ledger;
        const token = await listed(ledger, await ethers.deployContract("HugeReturnDataToken"));
        await registry.connect(payer).deposit(token, 100, { gasLimit });
        expect(await registry.custody(token)).to.deep.equal([100n, 100n]);
        await registry.connect(payer).withdraw(token, 100, payer, { gasLimit });
        expect(await registry.custody(token)).to.deep.equal([0n, 0n]);
      });
    });

    for (const [decimals, scaled] of [
      [0n, 2_678_400n * 10n ** 36n],
      [24n, 2_678_400n * 10n ** 12n],
    ] as const) {
      context(`given a token of ${decimals} decimals`, () => {
        it("counts a base unit as so many scaled ones, and gives all of it back", async () => {
          const ledger = await withLedger();
          const { registry, payer } = ledger;
          const token = await listed(ledger, await ethers.deployContract("StandardToken", [decimals]));
          await expect(registry.connect(payer).deposit(token, 3))
            .to.emit(registry, "Deposited")
            .withArgs(payer.address, token, payer.address, 3, 3n * scaled);
          await expect(registry.connect(payer).withdraw(token, MaxUint256, payer))
            .to.emit(registry, "Withdrawn")
            .withArgs(payer.address, token, payer.address, 3, 0);
        });
      });
    }

    context("given tokens that someone sent in by mistake", () => {
      it("credits them to nobody", async () => {
        const { registry, payer, stranger, testUSD } = await withLedger();
        await registry.connect(payer).deposit(testUSD, 100);
        await testUSD.connect(payer).transfer(registry, 50);
        expect(await registry.custody(testUSD)).to.deep.equal([150n, 100n]);
        await registry.connect(payer).deposit(testUSD, 1);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(101n);
        await registry.connect(payer).withdraw(testUSD, MaxUint256, stranger);
        expect(await registry.custody(testUSD)).to.deep.equal([50n, 0n]);
      });
    });
  });
});
