import { expect } from "chai";

import { base, type Base, MONTH, testUsd, usd } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, addCluster, addNode, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

/** Three nodes at 10 USD with capacity 100; six vnodes, 10 reserved on each. */
async function network(): Promise<Base & { clusterId: bigint; nodeIds: bigint[] }> {
  const fixture = await base();
  const { manager, testUSD, provider1, provider2, provider3 } = fixture;
  const nodeIds: bigint[] = [];
  for (const provider of [provider1, provider2, provider3]) {
    nodeIds.push(await addNode(fixture, provider, manager, usd("10"), 100n));
  }
  const clusterId = await addCluster(fixture, manager, { currency: testUSD, vnodeCount: 6n, nodeIds, managementFeeBps: 0n, reserved: 10n });
  return { ...fixture, clusterId, nodeIds };
}

describe("Scenario: for how long a deposit covers a bucket", () => {
  it("reserves 20 of each node's 100", async () => {
    const { nodeRegistry, clusterRegistry, clusterId, nodeIds } = await network();
    for (const nodeId of nodeIds) {
      const { capacity, reserved } = await nodeRegistry.getNode(nodeId);
      expect(capacity - reserved).to.equal(80n);
    }
    const { rentPerUnit, resourcePerVnode } = await clusterRegistry.getCluster(clusterId);
    expect([rentPerUnit, resourcePerVnode]).to.deep.equal([RENT, 10n]);
    const [usdPerMonth, tokensPerMonth] = await clusterRegistry.quote(clusterId, 1);
    expect([usdPerMonth, tokensPerMonth]).to.deep.equal([RENT, testUsd("60")]);
  });

  for (const order of ["deposited and then allocated", "allocated and then deposited"]) {
    context(`when 10 tokens at 1 USD are ${order}`, () => {
      it("covers a bucket of 1 for exactly 446,400 seconds", async () => {
        const fixture = await network();
        const { accountRegistry, bucketRegistry, testUSD, owner, clusterId } = fixture;
        const bucketId = await addBucket(fixture, owner, clusterId);
        const start = (await now()) + 100n;
        if (order.startsWith("deposited")) {
          await deposit(fixture, owner, testUSD, testUsd("10"));
          await at(start);
          await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
        } else {
          await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
          // Nobody pays, and nobody owes, for the time before the deposit.
          await at(start);
          await deposit(fixture, owner, testUSD, testUsd("10"));
        }
        expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil).to.equal(start + 446_400n);
        expect((await bucketRegistry.getBucket(bucketId)).coveredUntil).to.equal(start + 446_400n);

        await passTo(start + 446_399n);
        expect((await accountRegistry.getAccount(owner, testUSD)).scaledBalance).to.equal(RENT * 10n ** 18n);
        await passTo(start + 446_400n);
        const { balance, scaledBalance, coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
        expect([balance, scaledBalance, coveredUntil]).to.deep.equal([0n, 0n, start + 446_400n]);

        await at(start + 2n * MONTH);
        await bucketRegistry.settlePayment(bucketId);
        expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("10")));
        await expectExactCustody(fixture);
      });
    });
  }

  it("covers two buckets for half the time, and one more deposit for as much again", async () => {
    const fixture = await network();
    const { accountRegistry, bucketRegistry, testUSD, owner, clusterId } = fixture;
    await deposit(fixture, owner, testUSD, testUsd("10"));
    await bucketRegistry.connect(owner).createBucket(clusterId, "");
    await bucketRegistry.connect(owner).createBucket(clusterId, "");
    const { interface: api } = bucketRegistry;
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).multicall([1, 2].map((bucketId) => api.encodeFunctionData("allocate", [bucketId, 1, RENT])));
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil).to.equal(start + 223_200n);
    await deposit(fixture, owner, testUSD, testUsd("10"));
    expect((await accountRegistry.getAccount(owner, testUSD)).coveredUntil).to.equal(start + 446_400n);
    await expectExactCustody(fixture);
  });
});
