import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";

import { MONTH, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { FULL_QUALITY, PATIENCE, scaledBalances } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const YEAR = 12n * MONTH;
const RENT = usd("60");
const [NETWORK_FEE_BPS, MANAGEMENT_FEE_BPS] = [100n, 200n];

interface Setup extends WithNodes {
  clusterId: bigint;
  treasury: HardhatEthersSigner;
  owners: HardhatEthersSigner[];
  bucketIds: bigint[];
  /** What the owners have deposited, less what they have withdrawn, in base units. */
  paidIn: bigint;
  end: bigint;
}

/**
 * A year in which nobody settles, distributes or claims anything, while prices change, buckets grow, shrink and change hands, and accounts
 * run out of funds, for good or until they are topped up.
 */
async function setup(): Promise<Setup> {
  const fixture = await withNodes();
  const { accountRegistry, admin, bucketRegistry, clusterRegistry, manager, nodeIds, priceRegistry, testUSD } = fixture;
  const { otherManager, otherOwner, owner, stranger: treasury } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(NETWORK_FEE_BPS, treasury);
  const clusterId = await addCluster(fixture, manager, {
    currency: testUSD,
    vnodeCount: 6n,
    nodeIds,
    managementFeeBps: MANAGEMENT_FEE_BPS,
    reserved: 10n,
  });
  const owners = [owner, otherOwner, otherManager, admin];
  const bucketIds: bigint[] = [];
  for (const person of owners) {
    bucketIds.push(await addBucket(fixture, person, clusterId));
    if (person !== owner) {
      await testUSD.mint(person, testUsd("10000"));
      await testUSD.connect(person).approve(accountRegistry, testUsd("10000"));
    }
  }
  const [patient, topping, leaving, broke] = bucketIds as [bigint, bigint, bigint, bigint];
  await deposit(fixture, owner, testUSD, testUsd("5000"));
  await deposit(fixture, otherOwner, testUSD, testUsd("100"));
  await deposit(fixture, otherManager, testUSD, testUsd("200"));
  await deposit(fixture, admin, testUSD, testUsd("11.111111"));
  let paidIn = testUsd("5311.111111");

  const start = (await now()) + 1_000n;
  await at(start);
  await bucketRegistry.connect(owner).allocate(patient, 1, RENT);
  await at(start + 7n);
  await bucketRegistry.connect(otherOwner).allocate(topping, 2, RENT);
  await at(start + 77n);
  await bucketRegistry.connect(otherManager).allocate(leaving, 1, RENT);
  await at(start + 777n);
  await bucketRegistry.connect(admin).allocate(broke, 1, RENT);

  await at(start + 20n * DAY);
  await priceRegistry.connect(admin).setPrice(testUSD, usd("0.77"));
  await at(start + 50n * DAY);
  await bucketRegistry.connect(otherManager).release(leaving, 1);
  await at(start + 51n * DAY);
  await accountRegistry.connect(otherManager).withdraw(testUSD, testUsd("3.333333"), otherManager);
  paidIn -= testUsd("3.333333");
  // Out of funds for weeks.
  await at(start + 80n * DAY);
  await deposit(fixture, otherOwner, testUSD, testUsd("1.234567"));
  await at(start + 100n * DAY);
  await deposit(fixture, otherOwner, testUSD, testUsd("333"));
  paidIn += testUsd("334.234567");
  await at(start + 120n * DAY);
  await priceRegistry.connect(admin).setPrice(testUSD, usd("1.3"));
  await at(start + 200n * DAY);
  await bucketRegistry.connect(owner).offerBucket(patient, otherManager);
  await at(start + 201n * DAY);
  await bucketRegistry.connect(otherManager).acceptBucket(patient, RENT);
  await at(start + 300n * DAY);
  await bucketRegistry.connect(owner).createBucket(clusterId, "");
  await bucketRegistry.connect(owner).allocate(5, 3, RENT);
  return { ...fixture, clusterId, treasury, owners, bucketIds: [...bucketIds, 5n], paidIn, end: start + YEAR };
}

/** What the owners have been charged by now, in scaled units. */
async function charged(fixture: Setup): Promise<bigint> {
  const balances = await scaledBalances(fixture, fixture.owners);
  return scaled(fixture.paidIn) - balances.reduce((sum, balance) => sum + balance, 0n);
}

/** Pays everyone, and says what the network, the manager and the providers have. */
async function paidOut(fixture: Setup): Promise<bigint[]> {
  const { clusterId, clusterRegistry, manager, nodeIds, provider1, provider2, provider3, treasury } = fixture;
  for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(clusterId, nodeId);
  return scaledBalances(fixture, [treasury, manager, provider1, provider2, provider3]);
}

/** What they should have of what was charged, and what does not divide by the weight. */
function sharesOf(pool: bigint): { people: bigint[]; undistributed: bigint } {
  const network = (pool * NETWORK_FEE_BPS) / 10_000n;
  const management = ((pool - network) * MANAGEMENT_FEE_BPS) / 10_000n;
  const shares = pool - network - management;
  const weight = RENT * FULL_QUALITY;
  const each = (shares / weight) * (weight / 3n);
  return { people: [network, management, each, each, each], undistributed: shares % weight };
}

describe("Scenario: a year without a payout", () => {
  it("is paid out by a single distribution: exactly what all owners were charged, once each account was touched", async () => {
    const fixture = await setup();
    const { accountRegistry, bucketRegistry, clusterId, clusterRegistry, end, owners, testUSD } = fixture;
    await at(end);
    await bucketRegistry.settlePayments([1, 2, 3, 4, 5]);
    expect(await accountRegistry.poolOf(clusterId)).to.equal(await charged(fixture));
    await at(end + 10n);
    await clusterRegistry.distributeRevenues(clusterId);
    const { people, undistributed } = sharesOf(await charged(fixture));
    expect(await accountRegistry.poolOf(clusterId)).to.equal(0n);
    expect(await paidOut(fixture)).to.deep.equal(people);
    expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(undistributed);
    // One account is out of funds for good; what is left of it does not pay for a step of the index.
    const [, , , broke] = owners;
    const { coveredUntil, scaledBalance } = await accountRegistry.getAccount(broke!, testUSD);
    expect(coveredUntil).to.equal(await now());
    expect(scaledBalance < RENT).to.equal(true);
    await expectExactCustody(fixture);
  });

  it("is paid out by a single distribution but for what is late: less than a tick of each account that ran out of funds", async () => {
    const fixture = await setup();
    const { accountRegistry, clusterId, clusterRegistry, end, owners, testUSD } = fixture;
    await at(end);
    await clusterRegistry.distributeRevenues(clusterId);
    let late = 0n;
    for (const person of owners) {
      const { scaledLate, ratePerMonth } = await accountRegistry.getStream(person, clusterId);
      expect(scaledLate < ratePerMonth << 72n || scaledLate === 0n).to.equal(true);
      late += scaledLate;
    }
    expect(late > 0n).to.equal(true);
    const { people, undistributed } = sharesOf((await charged(fixture)) - late);
    expect(await paidOut(fixture)).to.deep.equal(people);
    expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(undistributed);

    // It comes with the next touch of each account, by anyone.
    for (const person of owners) await accountRegistry.touchAccount(person, testUSD);
    await clusterRegistry.distributeRevenues(clusterId);
    const totals = await paidOut(fixture);
    const waiting = (await accountRegistry.poolOf(clusterId)) + (await clusterRegistry.undistributedOf(clusterId));
    const paid = totals.reduce((sum, total) => sum + total, 0n);
    expect(paid > people.reduce((sum, total) => sum + total, 0n) + (late * 9n) / 10n).to.equal(true);
    expect(paid + waiting).to.equal(await charged(fixture));
    await expectExactCustody(fixture);
  });

  it("is paid out the same where it is settled in parts, a tick at a time", async function () {
    this.timeout(PATIENCE);
    const totals: bigint[][] = [];
    for (const ticks of [1n, 10_000n]) {
      const fixture = await setup();
      const { accountRegistry, bucketRegistry, clusterId, clusterRegistry, end } = fixture;
      let calls = 0;
      await passTo(end - 1_000n);
      while (!(await accountRegistry.settleCluster.staticCall(clusterId, ticks))) {
        await accountRegistry.settleCluster(clusterId, ticks);
        ++calls;
      }
      expect(calls > 0).to.equal(ticks < 10_000n);
      await bucketRegistry.settlePayments([1, 2, 3, 4, 5]);
      await at(end);
      await clusterRegistry.distributeRevenues(clusterId);
      totals.push([...(await paidOut(fixture)), await clusterRegistry.undistributedOf(clusterId)]);
      await expectExactCustody(fixture);
    }
    expect(totals[1]).to.deep.equal(totals[0]);
  });
});
