import { expect } from "chai";

import { DEFAULTS, MONTH } from "../fixtures";
import { INDEX_PER_SECOND, scaledBalances, vnodesOf } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { addBondedNode, BOND, judge, leave, RENT, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { at, now } from "../helpers/units";

// The manager moved all vnodes to a node of its own that asks no rent. The owner's bucket goes on paying what it paid.

/** What the owner's bucket pays in a month, in scaled units. */
const PAID_A_MONTH = RENT * DEFAULTS.allocated * INDEX_PER_SECOND * MONTH;

describe("attacks by who serves for nothing", () => {
  let fixture: WithPaidTerms;
  let free: bigint;
  beforeEach(async () => {
    fixture = await withPaidTerms();
    const { clusterRegistry, manager } = fixture;
    free = await addBondedNode(fixture, 6n, 0n);
    await clusterRegistry.connect(manager).replaceNodes(1, 1, free);
    for (const vnode of [1, 2, 4, 5]) await clusterRegistry.connect(manager).replaceNode(1, vnode, free);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(0);
  });

  const balanceOf = async (account: { address: string }): Promise<bigint> => (await scaledBalances(fixture, [account]))[0]!;
  const settledAt = async (time: bigint): Promise<void> => {
    await at(time);
    await fixture.bucketRegistry.settlePayment(1);
  };
  const expectOwnerPaysNothing = async (): Promise<void> => {
    const start = (await now()) + 10n;
    await settledAt(start);
    const [before, pool] = [await balanceOf(fixture.owner), await fixture.accountRegistry.poolOf(1)];
    await settledAt(start + MONTH);
    expect(await balanceOf(fixture.owner)).to.equal(before);
    expect(await fixture.accountRegistry.poolOf(1)).to.equal(pool);
    await expectExactCustody(fixture);
  };

  it("an owner pays nothing for vnodes of which all are vacant", async () => {
    await leave(fixture, free);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n]);
    await expectOwnerPaysNothing();
  });

  it("an owner pays nothing where the only node serves nothing", async () => {
    await judge(fixture, free, 0n);
    await expectOwnerPaysNothing();
  });

  it("who fills the cluster once the owner is gone has nothing of what was paid while it was vacant", async () => {
    const { bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, termsRegistry } = fixture;
    await leave(fixture, free);
    const start = (await now()) + 10n;
    await settledAt(start);
    const [before, pool] = [await balanceOf(owner), (await clusterRegistry.getCluster(1)).revenues];
    await at(start + MONTH);
    await bucketRegistry.connect(owner).release(1, DEFAULTS.allocated);
    expect(await balanceOf(owner)).to.equal(before);
    // Nothing is allocated, so it may be dear again, and at once.
    await nodeRegistry.connect(provider1).changeNodeRent(free, DEFAULTS.rentPerMonth);
    await termsRegistry.connect(provider1).acceptTerms(1, free);
    await termsRegistry.connect(provider1).postBond(1, free, 6n * BOND);
    await termsRegistry.connect(manager).fillVacancy(1, 0, free, true);
    await clusterRegistry.distributeRevenues(1);
    const { claimable } = (await clusterRegistry.getMembers(1))[0]!;
    // Only what the owner paid while the node was there, if for nothing.
    expect(claimable).to.be.lessThan((pool * 9_801n) / 10_000n + 1n);
    expect(claimable).to.be.greaterThan(0);
    await expectExactCustody(fixture);
  });

  for (const [what, fail] of [
    ["never failed", false],
    ["failed once and recovered", true],
  ] as const) {
    it(`an owner pays the same into the pool of a healthy cluster that ${what}`, async () => {
      const { accountRegistry, owner } = fixture;
      if (fail) {
        await judge(fixture, free, 0n);
        await judge(fixture, free, 10_000n);
      }
      const start = (await now()) + 10n;
      await settledAt(start);
      const [before, pool] = [await balanceOf(owner), await accountRegistry.poolOf(1)];
      await settledAt(start + MONTH);
      const paid = before - (await balanceOf(owner));
      expect(paid).to.equal(PAID_A_MONTH);
      expect((await accountRegistry.poolOf(1)) - pool).to.equal(paid);
      await expectExactCustody(fixture);
    });
  }

  it("an owner has back the share of the vnodes that fail, at whatever quality", async () => {
    const { bucketRegistry, clusterRegistry, manager, owner } = fixture;
    // Two of six vnodes on another node that asks no rent.
    const other = await addBondedNode(fixture, 2n, 0n);
    for (const vnode of [0, 3]) await clusterRegistry.connect(manager).replaceNode(1, vnode, other);
    await judge(fixture, other, 2_500n);
    const start = (await now()) + 10n;
    await settledAt(start);
    const before = await balanceOf(owner);
    await settledAt(start + MONTH);
    const unserved = (PAID_A_MONTH * ((2n ** 32n * 2n * 3n) / (6n * 4n))) / 2n ** 32n;
    expect(before - (await balanceOf(owner))).to.equal(PAID_A_MONTH - unserved);
    await bucketRegistry.connect(owner).release(1, DEFAULTS.allocated);
    await expectExactCustody(fixture);
  });
});
