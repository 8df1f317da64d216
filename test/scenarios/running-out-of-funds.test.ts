import { expect } from "chai";

import { MONTH, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

interface Setup extends WithNodes {
  clusterIds: [bigint, bigint];
  bucketIds: [bigint, bigint];
  start: bigint;
}

/** One owner pays 40 USD a month to one cluster and 20 USD to another, out of 10 TestUSD: 446,400 seconds. */
async function setup(): Promise<Setup> {
  const fixture = await withNodes();
  const { bucketRegistry, testUSD, nodeIds, manager, otherManager, owner, provider1, provider2, provider3 } = fixture;
  for (const provider of [provider1, provider2, provider3]) await fixture.nodeRegistry.connect(provider).trustManager(otherManager);
  const plan = { currency: testUSD, nodeIds, managementFeeBps: 0n, reserved: 10n };
  const large = await addCluster(fixture, manager, { ...plan, vnodeCount: 4n });
  const small = await addCluster(fixture, otherManager, { ...plan, vnodeCount: 2n, nodeIds: nodeIds.slice(0, 2) });
  const bucketIds: [bigint, bigint] = [await addBucket(fixture, owner, large), await addBucket(fixture, owner, small)];
  const start = (await now()) + 1_000n;
  const { interface: api } = bucketRegistry;
  await at(start);
  await bucketRegistry.connect(owner).multicall(bucketIds.map((bucketId) => api.encodeFunctionData("allocate", [bucketId, 1, usd("40")])));
  return { ...fixture, clusterIds: [large, small], bucketIds, start };
}

describe("Scenario: an account runs out of funds and is topped up", () => {
  it("stops all its streams at the same instant, and nobody is charged or paid until it goes on", async () => {
    const fixture = await setup();
    const { accountRegistry, bucketRegistry, testUSD, clusterIds, bucketIds, owner, start } = fixture;
    const [large, small] = clusterIds;
    // For ten seconds it owes nothing, as it has nothing.
    await at(start + 10n);
    await deposit(fixture, owner, testUSD, testUsd("10"));
    const depletedAt = start + 10n + 446_400n;
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil).to.equal(depletedAt);

    // Somebody settles the small one long after: both clusters have what was paid for the same time.
    await at(depletedAt + 3n * DAY);
    await bucketRegistry.settlePayment(bucketIds[1]);
    const sixth = scaled(testUsd("10")) / 6n;
    expect(await accountRegistry.poolOf(small)).to.equal(2n * sixth);
    expect(await accountRegistry.poolOf(large)).to.equal(4n * sixth);
    await expectExactCustody(fixture);

    // 5 TestUSD more, after ten days: 223,200 seconds.
    await at(depletedAt + 10n * DAY);
    await deposit(fixture, owner, testUSD, testUsd("5"));
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil).to.equal(depletedAt + 10n * DAY + 223_200n);
    await passTo(depletedAt + 10n * DAY + 111_600n);
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(scaled(testUsd("2.5")));
    await passTo(depletedAt + MONTH);
    await bucketRegistry.settlePayments(bucketIds);
    expect(await accountRegistry.poolOf(large)).to.equal(scaled(testUsd("10")));
    expect(await accountRegistry.poolOf(small)).to.equal(scaled(testUsd("5")));
    expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(0n);
    await expectExactCustody(fixture);
  });

  it("moves the same whether it is settled all the time or not", async () => {
    const totals: bigint[][] = [];
    for (const settledOften of [true, false]) {
      const fixture = await setup();
      const { accountRegistry, bucketRegistry, testUSD, clusterIds, bucketIds, owner, start } = fixture;
      for (const [i, amount] of [3_333_333n, 1n, 7n, 2_000_001n].entries()) {
        await at(start + BigInt(i + 1) * 200_000n);
        await deposit(fixture, owner, testUSD, amount);
        if (!settledOften) continue;
        for (let hour = 1n; hour <= 50n; ++hour) {
          await at(start + BigInt(i + 1) * 200_000n + hour * 3_600n);
          await bucketRegistry.settlePayment(bucketIds[hour % 2n === 0n ? 0 : 1]);
        }
      }
      await at(start + MONTH);
      await bucketRegistry.settlePayments(bucketIds);
      const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      totals.push([await accountRegistry.poolOf(clusterIds[0]), await accountRegistry.poolOf(clusterIds[1]), scaledBalance]);
      await expectExactCustody(fixture);
    }
    expect(totals[0]).to.deep.equal(totals[1]);
    // All that was deposited but what does not pay for a step of the index.
    expect(totals[0]?.[2]).to.be.lessThan(usd("60"));
  });

  it("lets the owner leave with what is left, at any time", async () => {
    const fixture = await setup();
    const { accountRegistry, bucketRegistry, testUSD, bucketIds, owner, start } = fixture;
    await at(start + 100n);
    await deposit(fixture, owner, testUSD, testUsd("10"));
    await at(start + 100n + 44_640n);
    // Withdrawing all that is left stops both streams; nothing can hold it back.
    await expect(accountRegistry.connect(owner).withdraw(testUSD, testUsd("9"), owner))
      .to.emit(accountRegistry, "Withdrawn")
      .withArgs(owner, testUSD, owner, testUsd("9"), 0);
    await at(start + MONTH);
    await bucketRegistry.settlePayments(bucketIds);
    expect(await accountRegistry.custody(testUSD)).to.deep.equal([testUsd("1"), testUsd("1")]);
    await expectExactCustody(fixture);
  });
});
