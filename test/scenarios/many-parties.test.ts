import { expect } from "chai";
import { parseEther } from "ethers";

import { MONTH, NATIVE, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled, streamed } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

interface Setup extends WithNodes {
  /** Paid in TestUSD, at 60 USD. */
  dollars: bigint;
  /** Paid in the native currency, at 30 USD. */
  native: bigint;
}

async function setup(): Promise<Setup> {
  const fixture = await withNodes();
  const { testUSD, nodeIds, nodeRegistry, manager, otherManager, provider1, provider2, provider3 } = fixture;
  for (const provider of [provider1, provider2, provider3]) await nodeRegistry.connect(provider).trustManager(otherManager);
  const plan = { nodeIds, managementFeeBps: 0n, reserved: 10n };
  const dollars = await addCluster(fixture, manager, { ...plan, currency: testUSD, vnodeCount: 6n });
  const native = await addCluster(fixture, otherManager, { ...plan, currency: NATIVE, vnodeCount: 3n });
  return { ...fixture, dollars, native };
}

describe("Scenario: several payers, several clusters, two currencies", () => {
  it("keeps each payer's streams in a currency apart from all others", async () => {
    const fixture = await setup();
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, testUSD, dollars, native, admin, owner, otherOwner } = fixture;
    await deposit(fixture, owner, testUSD, testUsd("100"));
    await deposit(fixture, owner, NATIVE, parseEther("1"));
    await deposit(fixture, otherOwner, NATIVE, parseEther("50"));
    const ids = {
      ownerDollars: await addBucket(fixture, owner, dollars),
      ownerNative: await addBucket(fixture, owner, native),
      otherNative: await addBucket(fixture, otherOwner, native),
      otherDollars: await addBucket(fixture, otherOwner, dollars),
    };
    const start = (await now()) + 1_000n;
    for (const [i, [payer, bucketId, resource]] of (
      [
        [owner, ids.ownerDollars, 2n],
        [owner, ids.ownerNative, 1n],
        [otherOwner, ids.otherNative, 3n],
        [otherOwner, ids.otherDollars, 4n],
      ] as const
    ).entries()) {
      await at(start + BigInt(i) * 100n);
      await bucketRegistry.connect(payer).allocate(bucketId, resource, usd("60"));
    }
    // The native currency becomes twice as dear after 10,000 seconds.
    await at(start + 10_000n);
    await priceRegistry.connect(admin).setPrice(NATIVE, usd("2"));

    await passTo(start + 80_000n);
    // 120 USD a month for 80,000 seconds.
    const paidDollars = streamed(usd("120"), 80_000n);
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(scaled(testUsd("100")) - paidDollars);
    // 1 token at 30 USD a month: a thirtieth of a month is 89,280 seconds at 1 USD. 9,900 of them passed at 1 USD, 70,000 at 2 USD.
    const paidNative = streamed(usd("30"), 9_900n) + streamed(usd("30"), 70_000n, usd("2"));
    const ofOwner = await accountRegistry.getAccount(owner, NATIVE);
    expect(ofOwner.scaledBalance).to.equal(scaled(parseEther("1"), 18n) - paidNative);
    expect(ofOwner.coveredUntil).to.equal(start + 10_000n + (89_280n - 9_900n) * 2n);
    const paidByOther = streamed(usd("90"), 9_800n) + streamed(usd("90"), 70_000n, usd("2"));
    expect((await accountRegistry.getAccount(otherOwner, NATIVE)).scaledBalance).to.equal(scaled(parseEther("50"), 18n) - paidByOther);
    // The other owner has no dollars: out of funds from the beginning.
    expect((await accountRegistry.getStream(otherOwner, dollars)).scaledLate).to.equal(0n);
    expect(await accountRegistry.poolOf(dollars)).to.equal(paidDollars);
    await expectExactCustody(fixture);

    // The owner's native account runs out of funds; neither its dollars nor the other owner's streams stop.
    await at(start + MONTH);
    await bucketRegistry.settlePayments([ids.ownerNative, ids.otherNative, ids.ownerDollars, ids.otherDollars]);
    const other = streamed(usd("90"), 9_800n) + streamed(usd("90"), MONTH - 10_000n, usd("2"));
    expect(await accountRegistry.poolOf(native)).to.equal(scaled(parseEther("1"), 18n) + other);
    // 100 TestUSD at 120 USD a month last for less than a month.
    expect(await accountRegistry.poolOf(dollars)).to.equal(scaled(testUsd("100")));
    expect(await clusterRegistry.claimable(dollars, 1)).to.equal(0n);
    await expectExactCustody(fixture);
  });

  it("pays providers in each cluster's currency", async () => {
    const fixture = await setup();
    const { accountRegistry, bucketRegistry, clusterRegistry, testUSD, nodeIds, dollars, native, owner, provider1 } = fixture;
    await deposit(fixture, owner, testUSD, testUsd("9"));
    await deposit(fixture, owner, NATIVE, parseEther("6"));
    for (const clusterId of [dollars, native]) {
      const bucketId = await addBucket(fixture, owner, clusterId);
      await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("60"));
    }
    await passTo((await now()) + MONTH);
    await bucketRegistry.settlePayments([1, 2]);
    for (const clusterId of [dollars, native]) {
      await clusterRegistry.distributeRevenues(clusterId);
      for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(clusterId, nodeId);
    }
    await expect(accountRegistry.connect(provider1).withdraw(testUSD, testUsd("3"), provider1)).to.changeTokenBalance(
      testUSD,
      provider1,
      testUsd("3"),
    );
    await expect(accountRegistry.connect(provider1).withdraw(NATIVE, parseEther("2"), provider1)).to.changeEtherBalance(
      provider1,
      parseEther("2"),
    );
    await expectExactCustody(fixture);
  });
});
