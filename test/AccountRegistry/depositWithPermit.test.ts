import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { type AddressLike, MaxUint256, resolveAddress, Signature } from "ethers";
import { deployments, ethers } from "hardhat";

import type { TestUSD } from "../../cache/typechain-types";
import { NATIVE } from "../fixtures";
import { type Ledger, withLedger } from "../helpers/ledger";
import { at, scale, now } from "../helpers/units";

/** The holder's signature for a spender to take that much of the token. */
async function permitOf(
  token: TestUSD,
  holder: HardhatEthersSigner,
  spender: AddressLike,
  value: bigint,
  deadline: bigint,
): Promise<Signature> {
  const { name, version, chainId, verifyingContract } = await token.eip712Domain();
  const signed = await holder.signTypedData(
    { name, version, chainId, verifyingContract },
    {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { owner: holder.address, spender: await resolveAddress(spender), value, nonce: await token.nonces(holder), deadline },
  );
  return Signature.from(signed);
}

/** The payer has revoked its allowance and signed a permit for 100. */
const withPermit = deployments.createFixture(async (): Promise<Ledger & { deadline: bigint; v: number; r: string; s: string }> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD } = ledger;
  await testUSD.connect(payer).approve(registry, 0);
  const deadline = (await now()) + 3600n;
  const { v, r, s } = await permitOf(testUSD, payer, registry, 100n, deadline);
  return { ...ledger, deadline, v, r, s };
});

describe("AccountRegistry", () => {
  describe("depositWithPermit", () => {
    it("refuses the native currency, which knows no permits", async () => {
      const { registry, payer, deadline, v, r, s } = await withPermit();
      await expect(registry.connect(payer).depositWithPermit(payer, NATIVE, 100, deadline, v, r, s))
        .to.be.revertedWithCustomError(registry, "CurrencyWithoutPermit")
        .withArgs(NATIVE);
    });

    it("refuses a currency that is not listed", async () => {
      const { registry, payer, stranger, deadline, v, r, s } = await withPermit();
      await expect(registry.connect(payer).depositWithPermit(payer, stranger, 100, deadline, v, r, s))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("refuses the zero account", async () => {
      const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
      await expect(registry.connect(payer).depositWithPermit(ethers.ZeroAddress, testUSD, 100, deadline, v, r, s))
        .to.be.revertedWithCustomError(registry, "AccountZero")
        .withArgs();
    });

    it("refuses an amount of zero", async () => {
      const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
      await expect(registry.connect(payer).depositWithPermit(payer, testUSD, 0, deadline, v, r, s))
        .to.be.revertedWithCustomError(registry, "AmountZero")
        .withArgs();
    });

    context("given no allowance", () => {
      it("deposits by the permit, and leaves no allowance", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        const deposited = registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s);
        await expect(deposited).to.changeTokenBalances(testUSD, [payer, registry], [-100n, 100n]);
        await expect(deposited)
          .to.emit(registry, "Deposited")
          .withArgs(payer.address, testUSD, payer.address, 100, 100n * scale(6n));
        expect(await testUSD.allowance(payer, registry)).to.equal(0n);
        expect(await registry.custody(testUSD)).to.deep.equal([100n, 100n]);
      });

      it("credits whom the caller names", async () => {
        const { registry, payer, receiver, testUSD, deadline, v, r, s } = await withPermit();
        await expect(registry.connect(payer).depositWithPermit(receiver, testUSD, 100, deadline, v, r, s))
          .to.emit(registry, "Deposited")
          .withArgs(receiver.address, testUSD, payer.address, 100, 100n * scale(6n));
        expect((await registry.getAccount(receiver, testUSD)).balance).to.equal(100n);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(0n);
      });

      it("deposits when somebody has sent the permit ahead", async () => {
        const { registry, payer, stranger, testUSD, deadline, v, r, s } = await withPermit();
        await testUSD.connect(stranger).permit(payer, registry, 100, deadline, v, r, s);
        await registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(100n);
        expect(await testUSD.allowance(payer, registry)).to.equal(0n);
      });

      it("lets nobody else use the permit, to credit themselves", async () => {
        const { registry, payer, stranger, testUSD, deadline, v, r, s } = await withPermit();
        await expect(registry.connect(stranger).depositWithPermit(stranger, testUSD, 100, deadline, v, r, s))
          .to.be.revertedWithCustomError(registry, "PermitFailed")
          .withArgs(testUSD, stranger.address, 0, 100);
        expect(await testUSD.allowance(payer, registry)).to.equal(0n);
      });

      it("refuses a permit for another amount", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await expect(registry.connect(payer).depositWithPermit(payer, testUSD, 99, deadline, v, r, s))
          .to.be.revertedWithCustomError(registry, "PermitFailed")
          .withArgs(testUSD, payer.address, 0, 99);
      });

      it("refuses a permit that was used before", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s);
        await expect(registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s))
          .to.be.revertedWithCustomError(registry, "PermitFailed")
          .withArgs(testUSD, payer.address, 0, 100);
      });

      it("takes a permit at its deadline", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await at(deadline);
        await registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(100n);
      });

      it("refuses a permit after its deadline", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await at(deadline + 1n);
        await expect(registry.connect(payer).depositWithPermit(payer, testUSD, 100, deadline, v, r, s))
          .to.be.revertedWithCustomError(registry, "PermitFailed")
          .withArgs(testUSD, payer.address, 0, 100);
      });
    });

    context("given an allowance, when the permit fails", () => {
      it("refuses when the allowance is too small", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await testUSD.connect(payer).approve(registry, 100);
        await expect(registry.connect(payer).depositWithPermit(payer, testUSD, 101, deadline, v, r, s))
          .to.be.revertedWithCustomError(registry, "PermitFailed")
          .withArgs(testUSD, payer.address, 100, 101);
      });

      it("deposits when the allowance suffices", async () => {
        const { registry, payer, testUSD, deadline, v, r, s } = await withPermit();
        await testUSD.connect(payer).approve(registry, 101);
        await registry.connect(payer).depositWithPermit(payer, testUSD, 101, deadline, v, r, s);
        expect((await registry.getAccount(payer, testUSD)).balance).to.equal(101n);
        expect(await testUSD.allowance(payer, registry)).to.equal(0n);
      });

      it("deposits a token that has no permits at all", async () => {
        const { registry, payer, scaledToken } = await withLedger();
        await registry.connect(payer).depositWithPermit(payer, scaledToken, 7, MaxUint256, 27, ethers.ZeroHash, ethers.ZeroHash);
        expect((await registry.getAccount(payer, scaledToken)).balance).to.equal(7n);
      });
    });
  });
});
