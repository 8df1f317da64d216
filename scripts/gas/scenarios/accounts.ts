import { MaxUint256, Signature } from "ethers";
import { ethers } from "hardhat";
import { time } from "@nomicfoundation/hardhat-network-helpers";

import { type Meter } from "../meter";
import { DAY, ETHER, NATIVE, TOKEN, type World } from "../world";

const YEAR = 365 * DAY;

export async function measureAccounts(world: World, meter: Meter): Promise<void> {
  await measureDeposits(world, meter);
  await measurePermits(world, meter);
  await measureWithdrawals(world, meter);
  await measureStreaming(world, meter);
}

async function measureDeposits({ accounts, token, people }: World, meter: Meter): Promise<void> {
  const { owner, other, stranger } = people;
  const own = accounts.connect(owner);
  await meter.record("native, first", own.deposit(NATIVE, ETHER, { value: ETHER }));
  await meter.record("native", own.deposit(NATIVE, ETHER, { value: ETHER }), 38_000);
  await meter.record("token, first of the currency", own.deposit(token, 10n * TOKEN));
  await meter.record("token, first of the account", accounts.connect(other).deposit(token, 10n * TOKEN));
  await meter.record("token", own.deposit(token, 10n * TOKEN), 57_500);
  await token.connect(owner).approve(accounts, 1_000n * TOKEN);
  await meter.record("token, out of a limited allowance", own.deposit(token, 10n * TOKEN), 57_500);
  await token.connect(owner).approve(accounts, MaxUint256);

  await meter.record("native, first", own.depositFor(stranger, NATIVE, ETHER, { value: ETHER }));
  await meter.record("native", own.depositFor(stranger, NATIVE, ETHER, { value: ETHER }));
  await meter.record("token, first", own.depositFor(stranger, token, 10n * TOKEN));
  await meter.record("token", own.depositFor(stranger, token, 10n * TOKEN));
}

async function measurePermits({ accounts, token, people: { owner } }: World, meter: Meter): Promise<void> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: await token.name(), version: "1", chainId, verifyingContract: await token.getAddress() };
  const types = {
    Permit: ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map((field) => {
      const [type = "", name = ""] = field.split(" ");
      return { type, name };
    }),
  };
  const depositWithPermit = async () => {
    const value = 10n * TOKEN;
    const permit = {
      owner: owner.address,
      spender: await accounts.getAddress(),
      value,
      nonce: await token.nonces(owner),
      deadline: MaxUint256,
    };
    const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, permit));
    return accounts.connect(owner).depositWithPermit(owner, token, value, MaxUint256, v, r, s);
  };
  await meter.record("first permit of the owner", depositWithPermit());
  await meter.record("", depositWithPermit());
  // A permit leaves no more than it allowed.
  await token.connect(owner).approve(accounts, MaxUint256);
}

async function measureWithdrawals({ accounts, token, people: { owner, other } }: World, meter: Meter): Promise<void> {
  const own = accounts.connect(owner);
  await meter.record("native", own.withdraw(NATIVE, ETHER / 2n, owner), 46_000);
  await meter.record("native, all there is, to somebody else", own.withdraw(NATIVE, MaxUint256, other));
  await meter.record("token", own.withdraw(token, TOKEN, owner), 55_000);
  await meter.record("token, all there is, to somebody else", own.withdraw(token, MaxUint256, other));
}

/** What deposits and withdrawals cost an account that pays streams. */
async function measureStreaming(world: World, meter: Meter): Promise<void> {
  const { accounts, token, people } = world;
  const own = accounts.connect(people.owner);
  await world.createPaidCluster(3, 6);
  await time.increase(DAY);
  await meter.record("token, while streams are paid", own.deposit(token, 10n * TOKEN));
  await time.increase(DAY);
  await meter.record("token, while streams are paid", own.withdraw(token, 10n * TOKEN, people.owner));
  await own.withdraw(token, MaxUint256, people.owner);
  await time.increase(DAY);
  await meter.record("token, first after running dry", own.deposit(token, 10n * TOKEN));
  await time.increase(YEAR);
  await meter.record("token, after running dry again", own.deposit(token, 10n * TOKEN));
}
