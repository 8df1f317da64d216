import { expect } from "chai";
import { dataSlice, id, MaxUint256, toBeHex, ZeroHash, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import { type FacetedProxy, FacetedProxy__factory } from "../../cache/typechain-types";
import { testUsd, usd } from "../fixtures";
import { BURNS_GAS, contractOf, MEGABYTE, returns, reverts } from "../helpers/code";
import { expectAllWithdrawn, expectTheRestWorks, withUntrustedToken, type WithUntrustedToken } from "../helpers/untrustedToken";
import { scaled } from "../helpers/streams";

// A token that turns hostile once people have deposited it and pay with it. It can keep its own deposits and withdrawals from happening,
// which then fail with a name; everything else goes on, in this currency and in the others.

/** Enough for the proxied token to make a megabyte, to copy it once and to fail afterwards; not enough to copy it again. */
const GAS = { gasLimit: 5_500_000 };
const word = (value: bigint): string => toBeHex(value, 32);
const PANIC = id("Panic(uint256)").slice(0, 10) + word(0x11n).slice(2);

interface WithHostile extends WithUntrustedToken {
  proxy: FacetedProxy;
  /** Replaces functions of the token by code; none: those are honest again. */
  replace: (code: string | undefined, ...functions: Replaceable[]) => Promise<void>;
}

type Replaceable = "allowance" | "balanceOf" | "decimals" | "transfer" | "transferFrom";

const withHostile = deployments.createFixture(async (): Promise<WithHostile> => {
  const fixture = await withUntrustedToken(async () =>
    ethers.deployContract("FacetedProxy", [await ethers.deployContract("StandardToken", [6])]),
  );
  const proxy = FacetedProxy__factory.connect(await fixture.token.getAddress(), fixture.stranger);
  const replace = async (code: string | undefined, ...functions: Replaceable[]): Promise<void> => {
    const facet = code === undefined ? ZeroAddress : await contractOf(code);
    for (const name of functions) await proxy.setFacet(fixture.token.interface.getFunction(name).selector, facet);
  };
  return { ...fixture, proxy, replace };
});

/** Whatever the token does to a transfer that way, this is what is heard of it. */
const BROKEN_TRANSFERS: Record<string, string> = {
  "reverts without a reason": reverts("0x"),
  "reverts with less than a selector": reverts("0x4e487b"),
  panics: reverts(PANIC),
  "burns all gas": BURNS_GAS,
  "reverts with a megabyte": reverts(id("Reason(bytes)").slice(0, 10), MEGABYTE + 4),
  "returns less than a word": returns(dataSlice(word(1n), 1)),
  "returns a word that is neither true nor false": returns(word(2n)),
  "returns the largest word": returns(word(MaxUint256)),
  "returns false and a megabyte": returns(word(0n), MEGABYTE),
};

/** Whatever the token does when it is asked for a balance, its deposits and withdrawals are refused with this name. */
const BROKEN_READS: Record<string, string> = {
  "reverts without a reason": reverts("0x"),
  "reverts with a reason": reverts(PANIC),
  "burns all gas": BURNS_GAS,
  "reverts with a megabyte": reverts("0x", MEGABYTE),
  "returns nothing": returns("0x"),
  "returns less than a word": returns(dataSlice(word(1n), 1)),
};

describe("attacks by tokens that turn hostile", () => {
  const permit = [MaxUint256, 27, ZeroHash, ZeroHash] as const;

  for (const [what, code] of Object.entries(BROKEN_TRANSFERS)) {
    it(`a token whose transfer ${what} makes deposit and withdrawal fail with a name, and nothing else`, async () => {
      const fixture = await withHostile();
      const { accountRegistry, otherOwner, replace, token } = fixture;
      const mine = accountRegistry.connect(otherOwner);
      await replace(code, "transfer", "transferFrom");
      for (const refused of [
        () => mine.deposit(token, 7, GAS),
        () => mine.depositFor(otherOwner, token, 7, GAS),
        () => mine.depositWithPermit(otherOwner, token, 7, ...permit, GAS),
      ]) {
        await expect(refused())
          .to.be.revertedWithCustomError(accountRegistry, "TokenTransferFailed")
          .withArgs(token, otherOwner, accountRegistry, 7);
      }
      await expect(mine.withdraw(token, 7, otherOwner, GAS))
        .to.be.revertedWithCustomError(accountRegistry, "TokenTransferFailed")
        .withArgs(token, accountRegistry, otherOwner, 7);
      await expectTheRestWorks(fixture);
      await replace(undefined, "transfer", "transferFrom");
      await expectAllWithdrawn(fixture);
    });
  }

  it("a token that says why it refuses is heard, unless that is longer than a kilobyte", async () => {
    const { accountRegistry, otherOwner, replace, token } = await withHostile();
    const mine = accountRegistry.connect(otherOwner);
    const reason = new ethers.Interface(["error Refused(uint256[29])"]);
    const words = Array<bigint>(29).fill(7n);
    const said = reason.encodeErrorResult("Refused", [words]);
    await replace(reverts(said), "transfer", "transferFrom");
    const heard = { interface: reason, target: token.target };
    for (const refused of [() => mine.deposit(token, 7), () => mine.withdraw(token, 7, otherOwner)]) {
      await expect(refused()).to.be.revertedWithCustomError(heard, "Refused").withArgs(words);
    }
    await replace(reverts(said, 4 + 32 * 31), "transfer", "transferFrom");
    await expect(mine.deposit(token, 7)).to.be.revertedWithCustomError(heard, "Refused").withArgs(words);
    await replace(reverts(said, 4 + 32 * 32), "transfer", "transferFrom");
    await expect(mine.deposit(token, 7))
      .to.be.revertedWithCustomError(accountRegistry, "TokenTransferFailed")
      .withArgs(token, otherOwner, accountRegistry, 7);
  });

  it("a token whose transfer returns true and a megabyte is listened to no further than the true", async () => {
    const fixture = await withHostile();
    const { accountRegistry, otherOwner, replace, token } = fixture;
    await replace(returns(word(1n), MEGABYTE), "transfer", "transferFrom");
    // It moves nothing.
    await expect(accountRegistry.connect(otherOwner).deposit(token, 7, GAS))
      .to.be.revertedWithCustomError(accountRegistry, "DepositNotReceived")
      .withArgs(token, 7);
    await accountRegistry.connect(otherOwner).withdraw(token, 7, otherOwner, GAS);
    expect((await accountRegistry.getAccount(otherOwner, token)).balance).to.equal(testUsd("50") - 7n);
    expect(await accountRegistry.custody(token)).to.deep.equal([testUsd("100"), testUsd("100") - 7n]);
  });

  for (const [what, code] of Object.entries(BROKEN_READS)) {
    it(`a token whose balanceOf ${what} makes deposit and withdrawal fail with a name, and nothing else`, async () => {
      const fixture = await withHostile();
      const { accountRegistry, otherOwner, replace, token } = fixture;
      const mine = accountRegistry.connect(otherOwner);
      await replace(code, "balanceOf");
      for (const refused of [
        () => mine.deposit(token, 7, GAS),
        () => mine.depositFor(otherOwner, token, 7, GAS),
        () => mine.depositWithPermit(otherOwner, token, 7, ...permit, GAS),
        () => mine.withdraw(token, 7, otherOwner, GAS),
        () => accountRegistry.custody(token, GAS),
      ]) {
        await expect(refused()).to.be.revertedWithCustomError(accountRegistry, "TokenUnavailable").withArgs(token);
      }
      await expectTheRestWorks(fixture);
      await replace(undefined, "balanceOf");
      await expectAllWithdrawn(fixture);
    });

    it(`a token whose permit is refused and whose allowance ${what} makes the deposit by permit fail with a name`, async () => {
      const fixture = await withHostile();
      const { accountRegistry, otherOwner, replace, token } = fixture;
      await replace(code, "allowance");
      await expect(accountRegistry.connect(otherOwner).depositWithPermit(otherOwner, token, 7, ...permit, GAS))
        .to.be.revertedWithCustomError(accountRegistry, "TokenUnavailable")
        .withArgs(token);
      await expectTheRestWorks(fixture);
      await expectAllWithdrawn(fixture);
    });
  }

  for (const [what, answer] of [
    ["nothing and a megabyte of zeros", 0n],
    ["all that there can be", MaxUint256],
  ] as const) {
    it(`a token that always says that the registry has ${what} has its deposits refused, and pays out what it is told to`, async () => {
      const fixture = await withHostile();
      const { accountRegistry, otherOwner, replace, token } = fixture;
      await replace(returns(word(answer), MEGABYTE), "balanceOf");
      await expect(accountRegistry.connect(otherOwner).deposit(token, 7))
        .to.be.revertedWithCustomError(accountRegistry, "DepositNotReceived")
        .withArgs(token, 7);
      expect(await accountRegistry.custody(token)).to.deep.equal([answer, testUsd("100")]);
      await expectTheRestWorks(fixture);
      await accountRegistry.connect(otherOwner).withdraw(token, 7, otherOwner);
      await replace(undefined, "balanceOf");
      expect(await token.balanceOf(otherOwner)).to.equal(testUsd("50") + 7n);
      await expectAllWithdrawn(fixture, -7n);
    });
  }

  for (const [what, code] of Object.entries({
    "returns 255 from then on": returns(word(255n)),
    "returns a huge word from then on": returns(word(MaxUint256)),
    "returns zero from then on": returns(word(0n)),
    ...BROKEN_READS,
  })) {
    it(`a token whose decimals() ${what} counts as it did when it was listed`, async () => {
      const fixture = await withHostile();
      const { accountRegistry, clusterRegistry, otherOwner, replace, token } = fixture;
      await replace(code, "decimals");
      expect(await clusterRegistry.quote(2, 1)).to.deep.equal([usd("10"), testUsd("10")]);
      await expect(accountRegistry.connect(otherOwner).deposit(token, 7))
        .to.emit(accountRegistry, "Deposited")
        .withArgs(otherOwner, token, otherOwner, 7, scaled(testUsd("50") + 7n));
      await expectTheRestWorks(fixture, 7n);
      await expectAllWithdrawn(fixture, 7n);
    });
  }

  it("a token that is gone makes deposit and withdrawal fail with a name, and nothing else", async () => {
    const fixture = await withHostile();
    const { accountRegistry, otherOwner, token } = fixture;
    const code = await ethers.provider.getCode(token);
    const setCode = (it: string): Promise<unknown> => ethers.provider.send("hardhat_setCode", [token.target, it]);
    await setCode("0x");
    const mine = accountRegistry.connect(otherOwner);
    for (const refused of [
      () => mine.deposit(token, 7),
      () => mine.depositFor(otherOwner, token, 7),
      () => mine.depositWithPermit(otherOwner, token, 7, ...permit),
      () => mine.withdraw(token, 7, otherOwner),
      () => accountRegistry.custody(token),
    ]) {
      await expect(refused()).to.be.revertedWithCustomError(accountRegistry, "TokenUnavailable").withArgs(token);
    }
    await expectTheRestWorks(fixture);
    await setCode(code);
    await expectAllWithdrawn(fixture);
  });
});

describe("attacks by tokens that are to be listed", () => {
  for (const [what, code] of Object.entries(BROKEN_READS)) {
    it(`a token whose decimals() ${what} is refused with a name`, async () => {
      const { accountRegistry, priceRegistry, admin } = await withHostile();
      const token = await contractOf(code);
      await expect(priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0, GAS))
        .to.be.revertedWithCustomError(accountRegistry, "CurrencyNotToken")
        .withArgs(token);
    });
  }

  for (const decimals of [25n, 255n, 256n, MaxUint256]) {
    it(`a token of ${decimals} decimals is refused with a name`, async () => {
      const { accountRegistry, priceRegistry, admin } = await withHostile();
      const token = await contractOf(returns(word(decimals), MEGABYTE));
      await expect(priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0, GAS))
        .to.be.revertedWithCustomError(accountRegistry, "CurrencyDecimalsTooMany")
        .withArgs(token, decimals, 24);
    });
  }

  it("an address without code is refused with a name, as a token and as the token of a deposit", async () => {
    const { accountRegistry, priceRegistry, admin, owner, stranger } = await withHostile();
    const mine = accountRegistry.connect(owner);
    await expect(priceRegistry.connect(admin).addCurrency(stranger, usd("1"), ZeroAddress, 0))
      .to.be.revertedWithCustomError(accountRegistry, "CurrencyNotToken")
      .withArgs(stranger);
    for (const refused of [
      () => mine.deposit(stranger, 1),
      () => mine.depositWithPermit(owner, stranger, 1, MaxUint256, 27, ZeroHash, ZeroHash),
      () => mine.withdraw(stranger, 1, owner),
    ]) {
      await expect(refused()).to.be.revertedWithCustomError(accountRegistry, "CurrencyNotListed").withArgs(stranger);
    }
  });
});
