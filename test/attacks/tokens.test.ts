import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { base, MONTH, NATIVE, usd, withFundedBucket } from "../fixtures";

// Tokens that misbehave, and ether that would count twice.

/** A currency that refuses without data, of which the owner has 5 base units. */
async function withNoAllowanceToken() {
  const fixture = await base();
  const token = await ethers.deployContract("NoAllowanceToken", [6]);
  await fixture.priceRegistry.connect(fixture.admin).addCurrency(token, usd("1"), ZeroAddress, 0);
  await token.setBalance(fixture.owner, 5);
  return { ...fixture, token, mine: fixture.accountRegistry.connect(fixture.owner) };
}

describe("attacks by tokens", () => {
  it("a token that refuses a deposit without data makes it fail with a name", async () => {
    const { accountRegistry, mine, owner, token } = await withNoAllowanceToken();
    await expect(mine.deposit(token, 6))
      .to.be.revertedWithCustomError(accountRegistry, "TokenTransferFailed")
      .withArgs(token, owner, accountRegistry, 6);
  });

  it("a token that refuses a withdrawal without data makes it fail with a name, and the account keeps what it has", async () => {
    const { accountRegistry, mine, owner, token } = await withNoAllowanceToken();
    await mine.deposit(token, 5);
    await token.setBalance(accountRegistry, 4);
    await expect(mine.withdraw(token, 5, owner))
      .to.be.revertedWithCustomError(accountRegistry, "TokenTransferFailed")
      .withArgs(token, accountRegistry, owner, 5);
    expect((await accountRegistry.getAccount(owner, token)).balance).to.equal(5n);
    expect(await accountRegistry.custody(token)).to.deep.equal([4n, 5n]);
  });

  it("a token that says why it refuses is heard", async () => {
    const { accountRegistry, stranger, testUSD } = await base();
    await expect(accountRegistry.deposit(testUSD, 5))
      .to.be.revertedWithCustomError(testUSD, "ERC20InsufficientAllowance")
      .withArgs(accountRegistry, 0, 5);
    await testUSD.approve(accountRegistry, 5);
    await expect(accountRegistry.deposit(testUSD, 5))
      .to.be.revertedWithCustomError(testUSD, "ERC20InsufficientBalance")
      .withArgs(stranger, 0, 5);
  });

  it("a token that says that nearly 2^256 arrived is refused with a name, and not by a panic", async () => {
    const { accountRegistry, mine, otherOwner, token } = await withNoAllowanceToken();
    await mine.deposit(token, 5);
    await token.setBalance(accountRegistry, 0);
    await token.setBalance(otherOwner, MaxUint256);
    // 224 bits of scaled units, of which a base unit is 10^30 times the seconds of a month. The sum with the 5 saturates.
    const maximum = (2n ** 224n - 1n) / (10n ** 30n * MONTH);
    await expect(accountRegistry.connect(otherOwner).deposit(token, MaxUint256))
      .to.be.revertedWithCustomError(accountRegistry, "CustodyExceeded")
      .withArgs(token, MaxUint256, maximum);
  });
});

describe("attacks by multicall", () => {
  it("ether cannot be sent along, so it cannot count twice", async () => {
    const { accountRegistry, owner } = await withFundedBucket();
    const deposit = accountRegistry.interface.encodeFunctionData("deposit", [NATIVE, 1]);
    const data = accountRegistry.interface.encodeFunctionData("multicall", [[deposit, deposit]]);
    await expect(owner.sendTransaction({ to: accountRegistry, value: 1, data })).to.be.revertedWithoutReason();
    await expect(owner.sendTransaction({ to: accountRegistry, value: 0, data }))
      .to.be.revertedWithCustomError(accountRegistry, "EtherMismatch")
      .withArgs(0, 1);
  });

  it("a deposit and its withdrawal in one leave everything as it was", async () => {
    const { accountRegistry, owner, testUSD } = await base();
    const token = await testUSD.getAddress();
    const before = await testUSD.balanceOf(owner);
    await accountRegistry
      .connect(owner)
      .multicall([
        accountRegistry.interface.encodeFunctionData("deposit", [token, 5]),
        accountRegistry.interface.encodeFunctionData("withdraw", [token, 5, owner.address]),
      ]);
    expect(await testUSD.balanceOf(owner)).to.equal(before);
    expect(await accountRegistry.custody(testUSD)).to.deep.equal([0n, 0n]);
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(0n);
  });
});
