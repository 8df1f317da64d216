import { expect } from "chai";

import { MONTH, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { Random } from "../helpers/random";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

interface Setup extends WithNodes {
  clusterId: bigint;
  bucketIds: [bigint, bigint];
  start: bigint;
}

/** Rents, fees and a price by which nothing divides well; two payers, of whom one runs out of funds on the way. */
async function setup(): Promise<Setup> {
  const fixture = await withNodes();
  const { bucketRegistry, clusterRegistry, nodeRegistry, testUSD, nodeIds } = fixture;
  const { admin, manager, owner, otherOwner, provider1, provider2, stranger: treasury, priceRegistry } = fixture;
  await nodeRegistry.connect(provider1).changeNodeRent(nodeIds[0], 10_333_333_333_333_333_331n);
  await nodeRegistry.connect(provider2).changeNodeRent(nodeIds[1], 7_000_000_000_000_000_003n);
  await clusterRegistry.connect(admin).setNetworkFee(137, treasury);
  await priceRegistry.connect(admin).setPrice(testUSD, usd("0.7"));
  const clusterId = await addCluster(fixture, manager, {
    currency: testUSD,
    vnodeCount: 7n,
    nodeIds,
    managementFeeBps: 211n,
    reserved: 10n,
  });
  const bucketIds: [bigint, bigint] = [await addBucket(fixture, owner, clusterId), await addBucket(fixture, otherOwner, clusterId)];
  await deposit(fixture, owner, testUSD, testUsd("10000"));
  await deposit(fixture, otherOwner, testUSD, testUsd("100"));
  const start = (await now()) + 1_000n;
  await at(start);
  await bucketRegistry.connect(owner).allocate(bucketIds[0], 3, usd("100"));
  await at(start + 1n);
  await bucketRegistry.connect(otherOwner).allocate(bucketIds[1], 2, usd("100"));
  return { ...fixture, clusterId, bucketIds, start };
}

/** Settles, distributes and claims all there is, a month after the beginning; then says what everyone has, in scaled units. */
async function totals(fixture: Setup): Promise<bigint[]> {
  const { accountRegistry, bucketRegistry, clusterRegistry, testUSD, clusterId, bucketIds, nodeIds, start } = fixture;
  await at(start + MONTH);
  await bucketRegistry.settlePayments(bucketIds);
  await clusterRegistry.distributeRevenues(clusterId);
  for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(clusterId, nodeId);
  await expectExactCustody(fixture);
  const { manager, provider1, provider2, provider3, stranger: treasury } = fixture;
  return Promise.all(
    [treasury, manager, provider1, provider2, provider3].map(
      async (party) => (await accountRegistry.getAccount(party, testUSD)).scaledBalance,
    ),
  );
}

/**
 * The same to the base unit. In scaled units each distribution can round two fees down by less than one, and up to a weight's worth (well below
 * 200 USD, 18 decimals) waits for the next distribution.
 */
function expectSame(actual: readonly bigint[], expected: readonly bigint[], distributions: bigint): void {
  for (const [i, total] of expected.entries()) {
    const difference = (actual[i] ?? 0n) - total;
    expect(difference < 0n ? -difference : difference, `party ${i}`).to.be.lessThan(2n * distributions + usd("200"));
    expect((actual[i] ?? 0n) / scaled(1n), `party ${i}`).to.equal(total / scaled(1n));
  }
}

describe("Scenario: the order and number of calls does not matter", () => {
  let once: bigint[];

  before(async () => {
    once = await totals(await setup());
  });

  it("pays by settling every hour exactly what it pays by settling once", async () => {
    const fixture = await setup();
    const { bucketRegistry, bucketIds, start } = fixture;
    for (let hour = 1n; hour < MONTH / HOUR; ++hour) {
      await at(start + hour * HOUR);
      await bucketRegistry.settlePayment(bucketIds[hour % 3n === 0n ? 1 : 0]);
    }
    expect(await totals(fixture)).to.deep.equal(once);
  });

  it("pays by distributing and claiming all the time what it pays by doing so once", async () => {
    const fixture = await setup();
    const { bucketRegistry, clusterRegistry, clusterId, bucketIds, nodeIds, start } = fixture;
    for (let step = 1n; step <= 100n; ++step) {
      await at(start + step * 7n * HOUR);
      await bucketRegistry.settlePayments(bucketIds);
      await clusterRegistry.distributeRevenues(clusterId);
      await clusterRegistry.claimRevenues(clusterId, nodeIds[step % 3n === 0n ? 0 : 1]);
    }
    expectSame(await totals(fixture), once, 101n);
  });

  for (const seed of [1, 2, 3]) {
    it(`pays the same in any order of calls (shuffle ${seed})`, async () => {
      const fixture = await setup();
      const { bucketRegistry, clusterRegistry, clusterId, bucketIds, nodeIds, start } = fixture;
      const random = new Random(seed);
      const calls = [
        ...bucketIds.map((bucketId) => () => bucketRegistry.settlePayment(bucketId)),
        ...nodeIds.map((nodeId) => () => clusterRegistry.claimRevenues(clusterId, nodeId)),
        () => clusterRegistry.distributeRevenues(clusterId),
        () => bucketRegistry.settlePayments([...bucketIds].reverse()),
      ];
      let timestamp = start;
      for (let round = 0; round < 10; ++round) {
        for (const call of random.shuffled(calls)) {
          timestamp += BigInt(random.between(1, 30_000));
          await at(timestamp);
          await call();
        }
      }
      expect(timestamp).to.be.lessThan(start + MONTH);
      expectSame(await totals(fixture), once, 11n);
    });
  }
});
