import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { MONTH, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled, streamed, TICK_BITS } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

const RENT = usd("20");

interface Setup extends WithNodes {
  clusterId: bigint;
  bucketIds: [bigint, bigint];
  start: bigint;
}

/** One provider has all of a cluster without fees. Two owners pay 20 and 40 USD a month. */
async function setup(): Promise<Setup> {
  const fixture = await withNodes();
  const { bucketRegistry, manager, nodeIds, otherOwner, owner, testUSD } = fixture;
  const plan = { currency: testUSD, vnodeCount: 2n, nodeIds: nodeIds.slice(0, 1), managementFeeBps: 0n, reserved: 10n };
  const clusterId = await addCluster(fixture, manager, plan);
  const bucketIds: [bigint, bigint] = [await addBucket(fixture, owner, clusterId), await addBucket(fixture, otherOwner, clusterId)];
  await deposit(fixture, owner, testUSD, testUsd("20"));
  await deposit(fixture, otherOwner, testUSD, testUsd("40"));
  const start = (await now()) + 1_000n;
  await at(start);
  await bucketRegistry.connect(owner).allocate(bucketIds[0], 1, RENT);
  await at(start + 500n);
  await bucketRegistry.connect(otherOwner).allocate(bucketIds[1], 2, RENT);
  return { ...fixture, clusterId, bucketIds, start };
}

/** The provider's whole work: one call to each of two functions. Returns what it has then, with what waits as it does not divide. */
async function work({ accountRegistry, clusterId, clusterRegistry, provider1, testUSD }: Setup, time: bigint): Promise<bigint> {
  await at(time);
  await clusterRegistry.connect(provider1).distributeRevenues(clusterId);
  await clusterRegistry.connect(provider1).claimRevenues(clusterId, 1);
  const { scaledBalance } = await accountRegistry.getAccount(provider1, testUSD);
  return scaledBalance + (await clusterRegistry.undistributedOf(clusterId));
}

describe("Scenario: a provider calls nothing but distribute and claim", () => {
  it("has everything to the second, whenever it calls, from owners who deposit in time", async () => {
    const fixture = await setup();
    const { accountRegistry, otherOwner, owner, provider1, start, testUSD } = fixture;
    const earnedAt = (time: bigint): bigint => streamed(RENT, time - start) + streamed(2n * RENT, time - start - 500n);
    for (let month = 1n; month <= 12n; ++month) {
      // A day before the account would run out, or an hour.
      await at(start + month * MONTH - DAY);
      await deposit(fixture, owner, testUSD, testUsd("20"));
      await at(start + month * MONTH - 3_600n);
      await deposit(fixture, otherOwner, testUSD, testUsd("40"));
      const time = start + month * MONTH + month * 12_345n;
      expect(await work(fixture, time)).to.equal(earnedAt(time));
    }
    const end = start + 12n * MONTH + 12n * 12_345n;
    // Nothing waits anywhere: what is left is the owners'.
    for (const [payer, rate, since] of [
      [owner, RENT, start],
      [otherOwner, 2n * RENT, start + 500n],
    ] as const) {
      const { scaledBalance } = await accountRegistry.getAccount(payer, testUSD);
      // In the second of the claim, which came after that of the distribution.
      expect(scaledBalance).to.equal((rate / RENT) * scaled(testUsd("260")) - streamed(rate, end + 1n - since));
    }
    await expect(accountRegistry.connect(provider1).withdraw(testUSD, MaxUint256, provider1)).to.changeTokenBalance(
      testUSD,
      provider1,
      earnedAt(end) / scaled(1n),
    );
  });

  it("has everything of an owner who comes late, too, with the owner's next deposit", async () => {
    const fixture = await setup();
    const { accountRegistry, clusterId, clusterRegistry, otherOwner, owner, start, testUSD } = fixture;
    // Both run out after a month; the provider lacks what they paid after their last ticks.
    const earned = await work(fixture, start + 2n * MONTH);
    const lateOf = async (payer: { address: string }): Promise<bigint> =>
      (await accountRegistry.getStream(payer.address, clusterId)).scaledLate;
    const [late, otherLate] = [await lateOf(owner), await lateOf(otherOwner)];
    expect(earned).to.equal(scaled(testUsd("60")) - late - otherLate);
    expect(late > 0n && late < RENT << TICK_BITS && otherLate > 0n && otherLate < (2n * RENT) << TICK_BITS).to.equal(true);

    // The one deposits again, weeks later, for a month and more; the other never does.
    await at(start + 3n * MONTH);
    await deposit(fixture, owner, testUSD, testUsd("30"));
    expect(await work(fixture, start + 3n * MONTH + 10n)).to.equal(scaled(testUsd("60")) - otherLate + streamed(RENT, 10n));
    expect(await work(fixture, start + 4n * MONTH)).to.equal(scaled(testUsd("60")) - otherLate + streamed(RENT, MONTH));
    // Anyone may ask for the rest of what the other paid.
    await accountRegistry.connect(fixture.stranger).touchAccount(otherOwner, testUSD);
    const time = start + 4n * MONTH + 1_000n;
    expect(await work(fixture, time)).to.equal(scaled(testUsd("60")) + streamed(RENT, MONTH + 1_000n));
    expect(await clusterRegistry.claimable(clusterId, 1)).to.equal(0n);
  });
});
