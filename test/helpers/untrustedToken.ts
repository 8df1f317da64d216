import { expect } from "chai";
import { type AddressLike, MaxUint256, resolveAddress, ZeroAddress } from "ethers";

import { type StandardToken, StandardToken__factory } from "../../cache/typechain-types";
import { DEFAULTS, NATIVE, testUsd, usd, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { scaled, streamed } from "./streams";
import { at, now } from "./units";

// A cluster that is paid in a token of which nothing good is to be expected, beside the fixtures' cluster.

const RENT = usd("60");

export interface WithUntrustedToken extends WithFundedBucket {
  /** Of 6 decimals. Each owner has 50 of it deposited, and 50 left. */
  token: StandardToken;
  /** The second cluster, of node 1 alone, is paid in it; the owner's bucket 2 has paid 10 USD a month since `start`. */
  start: bigint;
}

export async function withUntrustedToken(deploy: () => Promise<AddressLike>): Promise<WithUntrustedToken> {
  const fixture = await withFundedBucket();
  const token = StandardToken__factory.connect(await resolveAddress(await deploy()), fixture.stranger);
  const { accountRegistry, priceRegistry, admin, bucketRegistry, clusterRegistry, manager, owner, otherOwner } = fixture;
  await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
  for (const person of [owner, otherOwner]) {
    await token.mint(person, testUsd("100"));
    await token.connect(person).approve(accountRegistry, MaxUint256);
    await accountRegistry.connect(person).deposit(token, testUsd("50"));
    await accountRegistry.connect(person).deposit(NATIVE, 1_000, { value: 1_000 });
  }
  await clusterRegistry.connect(manager).createCluster(token, 1, [1], 0, "");
  await clusterRegistry.connect(manager).reserveResource(2, 10);
  await bucketRegistry.connect(owner).createBucket(2, "");
  const start = (await now()) + 1_000n;
  await at(start);
  await bucketRegistry.connect(owner).allocate(2, 1, DEFAULTS.rentPerMonth);
  return { ...fixture, token, start };
}

/**
 * The cluster that is paid in the token, its provider, and all the other currencies, as if nothing were wrong.
 * @param more What the other owner has in its account beside the 50.
 */
export async function expectTheRestWorks(fixture: WithUntrustedToken, more = 0n): Promise<void> {
  const { accountRegistry, bucketRegistry, clusterRegistry, testUSD, token, start } = fixture;
  const { manager, otherOwner, owner, provider1 } = fixture;
  // Bucket 2 pays 10 USD a month; nothing of that needs the token.
  await at(start + 1_000n);
  await bucketRegistry.settlePayment(2);
  expect(await accountRegistry.poolOf(2)).to.equal(streamed(usd("10"), 1_000n));
  await at(start + 2_000n);
  await bucketRegistry.connect(owner).closeBucket(2);
  await clusterRegistry.distributeRevenues(2);
  await clusterRegistry.claimRevenues(2, 1);
  expect((await accountRegistry.getAccount(provider1, token)).scaledBalance).to.equal(streamed(usd("10"), 2_000n));
  expect((await accountRegistry.getAccount(owner, token)).scaledBalance).to.equal(scaled(testUsd("50")) - streamed(usd("10"), 2_000n));
  expect((await accountRegistry.getAccount(otherOwner, token)).scaledBalance).to.equal(scaled(testUsd("50") + more));
  await clusterRegistry.connect(manager).removeCluster(2);

  // The other currencies, to the base unit.
  await expect(accountRegistry.connect(otherOwner).withdraw(NATIVE, MaxUint256, otherOwner)).to.changeEtherBalance(otherOwner, 1_000);
  const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
  await at((await now()) + 1n);
  const left = (scaledBalance - streamed(RENT, 1n)) / scaled(1n);
  await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.changeTokenBalance(testUSD, owner, left);
  const spent = scaled(DEFAULTS.deposit - left);
  await bucketRegistry.settlePayment(1);
  const { scaledBalance: dust } = await accountRegistry.getAccount(owner, testUSD);
  expect(await accountRegistry.poolOf(1)).to.equal(spent - dust);
  expect(await accountRegistry.custody(NATIVE)).to.deep.equal([1_000n, 1_000n]);
}

/** Once the token is honest again, everyone gets the last base unit of it. */
export async function expectAllWithdrawn(
  { accountRegistry, otherOwner, owner, provider1, token }: WithUntrustedToken,
  more = 0n,
): Promise<void> {
  // 2,000 seconds of 10 USD a month are 7,467.14 base units; the owner has what is left of a unit, too.
  for (const [person, amount] of [
    [owner, testUsd("50") - 7_468n],
    [otherOwner, testUsd("50") + more],
    [provider1, 7_467n],
  ] as const) {
    await expect(accountRegistry.connect(person).withdraw(token, MaxUint256, person)).to.changeTokenBalance(token, person, amount);
  }
  expect(await accountRegistry.custody(token)).to.deep.equal([1n, 1n]);
}
