import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { deployments, ethers } from "hardhat";

import type { DepositsHarness, IAccountRegistry, PlainToken } from "../../typechain-types";
import { NATIVE } from "../fixtures";

const NO_SIGNATURE = { v: 27, r: ethers.ZeroHash, s: ethers.ZeroHash };
const DECIMALS = 6n;
const ID = 1n;
/** The most base units that 224 bits of scaled units hold. */
const MAX_CUSTODY = 2n ** 224n / (2_678_400n * 10n ** 30n);

interface WithListing {
  harness: DepositsHarness;
  /** The harness under the interface that has the errors. */
  errors: IAccountRegistry;
  token: PlainToken;
  payer: HardhatEthersSigner;
  /** Lists a currency of which so much is owed. */
  owe: (owed: bigint) => Promise<void>;
}

/** A payer has 1,000 of a token, of which the harness may take 100. */
const withListing = deployments.createFixture(async (): Promise<WithListing> => {
  const [payer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  const harness = await ethers.deployContract("DepositsHarness");
  const token = await ethers.deployContract("PlainToken", [DECIMALS]);
  await token.mint(payer, 1_000);
  await token.connect(payer).approve(harness, 100);
  const owe = async (owed: bigint): Promise<void> => {
    await harness.set({ owed, decimals: DECIMALS, id: ID });
  };
  await owe(0n);
  return { harness, errors: await ethers.getContractAt("IAccountRegistry", harness), token, payer, owe };
});

describe("Deposits", () => {
  describe("requireListed", () => {
    it("refuses a currency without a number, and no other", async () => {
      const { harness, errors, token } = await withListing();
      await harness.requireListed(token);
      await harness.set({ owed: 0, decimals: DECIMALS, id: 0 });
      await expect(harness.requireListed(token)).to.be.revertedWithCustomError(errors, "CurrencyNotListed").withArgs(token.target);
    });
  });

  describe("permit", () => {
    it("refuses the native currency, listed or not", async () => {
      const { harness, errors, payer } = await withListing();
      await harness.set({ owed: 0, decimals: 18, id: 0 });
      await expect(harness.permit(NATIVE, payer, { amount: 1, deadline: 1, ...NO_SIGNATURE }))
        .to.be.revertedWithCustomError(errors, "CurrencyWithoutPermit")
        .withArgs(NATIVE);
    });

    it("refuses a currency that is not listed, and does not call it", async () => {
      const { harness, errors, token, payer } = await withListing();
      await harness.set({ owed: 0, decimals: DECIMALS, id: 0 });
      await expect(harness.permit(token, payer, { amount: 1, deadline: 1, ...NO_SIGNATURE }))
        .to.be.revertedWithCustomError(errors, "CurrencyNotListed")
        .withArgs(token.target);
    });

    it("needs no permit where the allowance suffices", async () => {
      const { harness, errors, token, payer } = await withListing();
      await harness.permit(token, payer, { amount: 100, deadline: 1, ...NO_SIGNATURE });
      await expect(harness.permit(token, payer, { amount: 101, deadline: 1, ...NO_SIGNATURE }))
        .to.be.revertedWithCustomError(errors, "PermitFailed")
        .withArgs(token.target, payer.address, 100, 101);
    });
  });

  describe("receiveFrom", () => {
    it("refuses an amount of zero", async () => {
      const { harness, errors, token, payer } = await withListing();
      await expect(harness.receiveFrom(token, payer, 0))
        .to.be.revertedWithCustomError(errors, "AmountZero")
        .withArgs();
    });

    it("refuses a currency that is not listed", async () => {
      const { harness, errors, token, payer } = await withListing();
      await harness.set({ owed: 0, decimals: DECIMALS, id: 0 });
      await expect(harness.receiveFrom(token, payer, 1))
        .to.be.revertedWithCustomError(errors, "CurrencyNotListed")
        .withArgs(token.target);
    });

    it("refuses ether with a token, and another amount of it than the native currency needs", async () => {
      const { harness, errors, token, payer } = await withListing();
      for (const [currency, value, expected] of [
        [token.target, 1n, 0n],
        [NATIVE, 6n, 7n],
        [NATIVE, 0n, 7n],
      ] as const) {
        await expect(harness.receiveFrom(currency, payer, 7, { value }))
          .to.be.revertedWithCustomError(errors, "EtherMismatch")
          .withArgs(value, expected);
      }
    });

    it("takes a token by the allowance, and owes what arrived", async () => {
      const { harness, token, payer, owe } = await withListing();
      await owe(30n);
      const received = harness.receiveFrom(token, payer, 70);
      await expect(received).to.emit(harness, "Received").withArgs(70);
      await expect(received).to.changeTokenBalances(token, [payer, harness], [-70, 70]);
      expect(await harness.listing()).to.deep.equal([100n, DECIMALS, ID]);
    });

    it("takes ether", async () => {
      const { harness, payer } = await withListing();
      await harness.set({ owed: 1, decimals: 18, id: ID });
      await expect(harness.receiveFrom(NATIVE, payer, 7, { value: 7 }))
        .to.emit(harness, "Received")
        .withArgs(7);
      expect(await harness.listing()).to.deep.equal([8n, 18n, ID]);
    });

    it("refuses tokens that do not arrive", async () => {
      const { harness, errors, payer } = await withListing();
      const token = await ethers.deployContract("IdleToken");
      await token.mint(payer, 10);
      await token.connect(payer).approve(harness, 10);
      await token.setIdle(true);
      await expect(harness.receiveFrom(token, payer, 10))
        .to.be.revertedWithCustomError(errors, "DepositNotReceived")
        .withArgs(token.target, 10);
    });

    it("refuses one base unit more than custody holds", async () => {
      const { harness, errors, token, payer, owe } = await withListing();
      await owe(MAX_CUSTODY - 10n);
      await expect(harness.receiveFrom(token, payer, 11))
        .to.be.revertedWithCustomError(errors, "CustodyExceeded")
        .withArgs(token.target, MAX_CUSTODY + 1n, MAX_CUSTODY);
      await harness.receiveFrom(token, payer, 10);
      expect((await harness.listing()).owed).to.equal(MAX_CUSTODY);
    });
  });
});
