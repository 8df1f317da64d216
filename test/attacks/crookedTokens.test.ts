import { expect } from "chai";
import { id, MaxUint256, ZeroHash, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { BlocklistToken__factory, FacetedProxy__factory, type InexactToken } from "../../cache/typechain-types";
import { base, type Base, testUsd, usd } from "../fixtures";
import { BURNS_GAS, contractOf, meddles, MEGABYTE, returns, reverts } from "../helpers/code";
import { expectAllWithdrawn, expectTheRestWorks, withUntrustedToken, type WithUntrustedToken } from "../helpers/untrustedToken";
import { scaled } from "../helpers/streams";

// Tokens that move more or less than they are asked to, refuse some people, or take permits that nobody signed.

const PERMIT = id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)").slice(0, 10);
const FORGED = [MaxUint256, 27, ZeroHash, ZeroHash] as const;

describe("attacks by tokens that move something else", () => {
  interface WithSkewed extends Base {
    token: InexactToken;
  }

  /** Both owners have 1000, approved; the other owner has 300 deposited while the token was honest. */
  async function withSkewed(): Promise<WithSkewed> {
    const fixture = await base();
    const { accountRegistry, priceRegistry, admin, otherOwner, owner } = fixture;
    const token = await ethers.deployContract("InexactToken");
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    for (const person of [owner, otherOwner]) {
      await token.mint(person, 1_000);
      await token.connect(person).approve(accountRegistry, MaxUint256);
    }
    await accountRegistry.connect(otherOwner).deposit(token, 300);
    return { ...fixture, token };
  }

  for (const [what, skew, credited] of [
    ["a fee on the way in alone", -7n, 93n],
    ["all but a base unit on the way in", -99n, 1n],
    ["more than was asked for", 7n, 107n],
    ["as much again, and a multiple", 900n, 1_000n],
  ] as const) {
    it(`a token that moves ${what} is credited as it arrives, and all of that can be withdrawn`, async () => {
      const { accountRegistry, otherOwner, owner, stranger, token } = await withSkewed();
      await token.skew(skew, 0, 0);
      await expect(accountRegistry.connect(owner).deposit(token, 100))
        .to.emit(accountRegistry, "Deposited")
        .withArgs(owner, token, owner, credited, scaled(credited));
      expect(await accountRegistry.custody(token)).to.deep.equal([300n + credited, 300n + credited]);
      await expect(accountRegistry.connect(owner).withdraw(token, MaxUint256, stranger)).to.changeTokenBalance(token, stranger, credited);
      await expect(accountRegistry.connect(otherOwner).withdraw(token, MaxUint256, stranger)).to.changeTokenBalance(token, stranger, 300);
      expect(await accountRegistry.custody(token)).to.deep.equal([0n, 0n]);
    });
  }

  it("a token that keeps all on the way in has the deposit refused", async () => {
    const { accountRegistry, owner, token } = await withSkewed();
    await token.skew(-100, 0, 0);
    await expect(accountRegistry.connect(owner).deposit(token, 100))
      .to.be.revertedWithCustomError(accountRegistry, "DepositNotReceived")
      .withArgs(token, 100);
    expect(await token.balanceOf(owner)).to.equal(1_000n);
  });

  for (const [what, skew, received] of [
    ["a fee", -7n, 93n],
    ["nothing", -100n, 0n],
    ["more", 7n, 107n],
  ] as const) {
    it(`a token that moves ${what} on the way out alone costs the registry what was asked for: the recipient bears it`, async () => {
      const { accountRegistry, otherOwner, owner, stranger, token } = await withSkewed();
      await accountRegistry.connect(owner).deposit(token, 100);
      await token.skew(0, skew, 0);
      const withdrawn = accountRegistry.connect(owner).withdraw(token, 100, stranger);
      await expect(withdrawn).to.changeTokenBalances(token, [accountRegistry, stranger], [-100n, received]);
      await expect(withdrawn).to.emit(accountRegistry, "Withdrawn").withArgs(owner, token, stranger, 100, 0);
      expect(await accountRegistry.custody(token)).to.deep.equal([300n, 300n]);
      expect((await accountRegistry.getAccount(otherOwner, token)).balance).to.equal(300n);
    });
  }

  for (const rebate of [7n, 60n, 1_000n]) {
    it(`a token that mints ${rebate} to the registry when it pays out 60 credits that to nobody`, async () => {
      const { accountRegistry, otherOwner, owner, stranger, token } = await withSkewed();
      await accountRegistry.connect(owner).deposit(token, 100);
      await token.skew(0, 0, rebate);
      await expect(accountRegistry.connect(owner).withdraw(token, 60, stranger))
        .to.emit(accountRegistry, "Withdrawn")
        .withArgs(owner, token, stranger, 60, scaled(40n));
      expect(await accountRegistry.custody(token)).to.deep.equal([340n + rebate, 340n]);
      await token.skew(0, 0, 0);
      for (const [person, amount] of [
        [owner, 40n],
        [otherOwner, 300n],
      ] as const) {
        await expect(accountRegistry.connect(person).withdraw(token, MaxUint256, stranger)).to.changeTokenBalance(token, stranger, amount);
      }
      expect(await accountRegistry.custody(token)).to.deep.equal([rebate, 0n]);
    });
  }

  it("a token that burns what the registry holds makes withdrawals fail with a name once it is short, first come, first served", async () => {
    const { accountRegistry, otherOwner, owner, stranger, token } = await withSkewed();
    await accountRegistry.connect(owner).deposit(token, 100);
    // Of the registry's balance, by a transfer that it makes to nobody.
    await ethers.provider.send("hardhat_impersonateAccount", [accountRegistry.target]);
    await ethers.provider.send("hardhat_setBalance", [accountRegistry.target, "0xde0b6b3a7640000"]);
    const asRegistry = await ethers.getSigner(await accountRegistry.getAddress());
    await token.connect(asRegistry).transfer(stranger, 350);
    expect(await accountRegistry.custody(token)).to.deep.equal([50n, 400n]);
    await accountRegistry.connect(owner).withdraw(token, 50, owner);
    for (const [person, amount] of [
      [owner, 50],
      [otherOwner, 300],
    ] as const) {
      await expect(accountRegistry.connect(person).withdraw(token, MaxUint256, person))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(accountRegistry, 0, amount);
      expect((await accountRegistry.getAccount(person, token)).balance).to.equal(amount);
    }
  });
});

describe("attacks by tokens that refuse some", () => {
  const deploy = (): Promise<WithUntrustedToken> => withUntrustedToken(() => ethers.deployContract("BlocklistToken"));

  it("whoever is blocked can withdraw to another address, and harms nobody else", async () => {
    const fixture = await deploy();
    const { accountRegistry, otherOwner, provider1, stranger, token } = fixture;
    const blocking = BlocklistToken__factory.connect(await token.getAddress(), stranger);
    await blocking.setBlocked(otherOwner, true);
    await blocking.setBlocked(provider1, true);
    // Whoever is blocked is still paid, as nothing moves for that.
    await expectTheRestWorks(fixture);
    for (const [person, amount] of [
      [otherOwner, testUsd("50")],
      [provider1, 7_467n],
    ] as const) {
      await expect(accountRegistry.connect(person).withdraw(token, MaxUint256, person))
        .to.be.revertedWithCustomError(blocking, "HolderBlocked")
        .withArgs(person);
      const elsewhere = ethers.Wallet.createRandom().address;
      await accountRegistry.connect(person).withdraw(token, MaxUint256, elsewhere);
      expect(await token.balanceOf(elsewhere)).to.equal(amount);
    }
    await expect(accountRegistry.connect(otherOwner).deposit(token, 7))
      .to.be.revertedWithCustomError(blocking, "HolderBlocked")
      .withArgs(otherOwner);
  });

  it("a token that blocks the registry itself keeps what it has, and everything else goes on until it no longer does", async () => {
    const fixture = await deploy();
    const { accountRegistry, otherOwner, stranger, token } = fixture;
    const blocking = BlocklistToken__factory.connect(await token.getAddress(), stranger);
    await blocking.setBlocked(accountRegistry, true);
    for (const refused of [
      () => accountRegistry.connect(otherOwner).deposit(token, 7),
      () => accountRegistry.connect(otherOwner).withdraw(token, 7, stranger),
    ]) {
      await expect(refused()).to.be.revertedWithCustomError(blocking, "HolderBlocked").withArgs(accountRegistry);
    }
    await expectTheRestWorks(fixture);
    await blocking.setBlocked(accountRegistry, false);
    await expectAllWithdrawn(fixture);
  });

  it("a token that is paused says so, and everything else goes on until it is not", async () => {
    const fixture = await deploy();
    const { accountRegistry, otherOwner, stranger, token } = fixture;
    const blocking = BlocklistToken__factory.connect(await token.getAddress(), stranger);
    await blocking.setPaused(true);
    for (const refused of [
      () => accountRegistry.connect(otherOwner).deposit(token, 7),
      () => accountRegistry.connect(otherOwner).depositWithPermit(otherOwner, token, 7, ...FORGED),
      () => accountRegistry.connect(otherOwner).withdraw(token, 7, stranger),
    ]) {
      await expect(refused()).to.be.revertedWithCustomError(blocking, "TokenPaused").withArgs();
    }
    await expectTheRestWorks(fixture);
    await blocking.setPaused(false);
    await expectAllWithdrawn(fixture);
  });
});

describe("attacks by permits", () => {
  const GAS = { gasLimit: 16_000_000 };

  const deploy = (): Promise<WithUntrustedToken> =>
    withUntrustedToken(async () => ethers.deployContract("FacetedProxy", [await ethers.deployContract("StandardToken", [6])]));

  for (const [what, code, fails] of [
    ["reverts without a reason", reverts("0x"), true],
    ["reverts with a megabyte", reverts("0x", MEGABYTE), true],
    ["burns all gas", BURNS_GAS, true],
    ["returns a megabyte", returns("0x", MEGABYTE), false],
    ["accepts everything and does nothing, as a fallback does", returns("0x"), false],
  ] as const) {
    it(`a permit that ${what} does not matter where the allowance suffices, and gives nothing where it does not`, async () => {
      const { accountRegistry, otherOwner, stranger, token } = await deploy();
      await FacetedProxy__factory.connect(await token.getAddress(), stranger).setFacet(PERMIT, await contractOf(code));
      const mine = accountRegistry.connect(otherOwner);
      await expect(mine.depositWithPermit(otherOwner, token, 7, ...FORGED, GAS))
        .to.emit(accountRegistry, "Deposited")
        .withArgs(otherOwner, token, otherOwner, 7, scaled(testUsd("50") + 7n));
      await token.connect(otherOwner).approve(accountRegistry, 6);
      const refused = expect(mine.depositWithPermit(otherOwner, token, 7, ...FORGED, GAS));
      if (fails) await refused.to.be.revertedWithCustomError(accountRegistry, "PermitFailed").withArgs(token, otherOwner, 6, 7);
      else await refused.to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance").withArgs(accountRegistry, 6, 7);
      expect(await accountRegistry.custody(token)).to.deep.equal([testUsd("100") + 7n, testUsd("100") + 7n]);
    });
  }

  it("a permit that brings somebody else's tokens along credits them to nobody", async () => {
    const { accountRegistry, otherOwner, owner, stranger, token } = await deploy();
    const proxy = FacetedProxy__factory.connect(await token.getAddress(), stranger);
    // The owner trusted the token itself with an allowance, which it now uses.
    await token.connect(owner).approve(token, 5);
    const take = token.interface.encodeFunctionData("transferFrom", [owner.address, await accountRegistry.getAddress(), 5]);
    await proxy.setFacet(PERMIT, await contractOf(meddles(await token.getAddress(), take, await proxy.HONEST())));
    await expect(accountRegistry.connect(otherOwner).depositWithPermit(otherOwner, token, 7, ...FORGED))
      .to.emit(accountRegistry, "Deposited")
      .withArgs(otherOwner, token, otherOwner, 7, scaled(testUsd("50") + 7n));
    expect(await token.balanceOf(owner)).to.equal(testUsd("50") - 5n);
    expect(await accountRegistry.custody(token)).to.deep.equal([testUsd("100") + 12n, testUsd("100") + 7n]);
  });

  it("a permit that anyone can send again, and forge, lets nobody but the holder deposit by it", async () => {
    const { accountRegistry, priceRegistry, admin, owner, stranger } = await base();
    const token = await ethers.deployContract("ReentrantToken");
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    await token.mint(owner, 100);
    await token.connect(stranger).permit(owner, accountRegistry, 60, ...FORGED);
    await expect(accountRegistry.connect(stranger).depositWithPermit(stranger, token, 60, ...FORGED))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
      .withArgs(stranger, 0, 60);
    // The holder can use one signature twice, for itself or for somebody else.
    await accountRegistry.connect(owner).depositWithPermit(owner, token, 40, ...FORGED);
    await accountRegistry.connect(owner).depositWithPermit(stranger, token, 40, ...FORGED);
    for (const account of [owner, stranger]) expect((await accountRegistry.getAccount(account, token)).balance).to.equal(40n);
    expect(await accountRegistry.custody(token)).to.deep.equal([80n, 80n]);
  });

  it("a balance that is asked for is told in vain to call back: nothing can change while it is", async () => {
    const { accountRegistry, otherOwner, owner, stranger, token } = await deploy();
    const proxy = FacetedProxy__factory.connect(await token.getAddress(), stranger);
    const [honest, registry] = [await proxy.HONEST(), await accountRegistry.getAddress()];
    await accountRegistry.connect(owner).depositFor(token, token, 9);
    const withdraw = accountRegistry.interface.encodeFunctionData("withdraw", [await token.getAddress(), 9, stranger.address]);
    for (const name of ["balanceOf", "allowance"] as const) {
      await proxy.setFacet(token.interface.getFunction(name).selector, await contractOf(meddles(registry, withdraw, honest)));
    }
    const mine = accountRegistry.connect(otherOwner);
    await mine.deposit(token, 7, GAS);
    await mine.depositWithPermit(otherOwner, token, 7, ...FORGED, GAS);
    await mine.withdraw(token, 4, otherOwner, GAS);
    expect((await accountRegistry.getAccount(token, token)).balance).to.equal(9n);
    expect((await accountRegistry.getAccount(otherOwner, token)).balance).to.equal(testUsd("50") + 10n);
    expect(await accountRegistry.custody(token, GAS)).to.deep.equal([testUsd("100") + 19n, testUsd("100") + 19n]);
  });
});
