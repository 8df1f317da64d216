import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { network } from "hardhat";

import { DEFAULTS } from "../fixtures";
import { scaledBalances, scaledClaimable } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { scaled } from "../helpers/streams";
import {
  addBondedNode,
  CODE,
  judge,
  leave,
  LEAVING_NOTICE,
  NODE_BOND,
  REF,
  RENT,
  soon,
  withPaidTerms,
  type WithPaidTerms,
} from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// A validator declares nodes bad or good, with whomever it likes, at the moment it likes.

/** Scaled units that the bucket pays in a second. */
const PER_SECOND = RENT * 10n ** 18n;
/** Of what is served, the manager takes 2 %, and a node a third. */
const shareOf = (seconds: bigint): bigint => (PER_SECOND * seconds * 98n) / 300n;
/** More than is ever rounded down: a millionth of a base unit. */
const DUST = scaled(1n) / 1_000_000n;

describe("attacks by judging", () => {
  let fixture: WithPaidTerms;
  /** Up to when all has been settled and distributed. */
  let start: bigint;
  beforeEach(async () => {
    fixture = await withPaidTerms();
    start = await settledAt((await now()) + 10n);
  });

  const report = (nodeId: bigint, qualityBps: bigint, overrides = {}) =>
    fixture.termsRegistry.connect(fixture.validator).reportQuality(1, nodeId, qualityBps, CODE, REF, overrides);
  /** Touches the owner's account, and a second later distributes all that has been earned. */
  const settledAt = async (time: bigint): Promise<bigint> => {
    await at(time - 1n);
    await fixture.bucketRegistry.settlePayment(1);
    await at(time);
    await fixture.clusterRegistry.distributeRevenues(1);
    return time;
  };
  const claimable = async (): Promise<bigint[]> => {
    const amounts = await Promise.all([1n, 2n, 3n].map((nodeId) => scaledClaimable(fixture, 1n, nodeId)));
    return amounts.map((amount) => amount ?? 0n);
  };
  /** What the nodes' providers have and can claim. */
  const earnings = async (): Promise<bigint[]> => {
    const balances = await scaledBalances(fixture, fixture.providers);
    return (await claimable()).map((amount, i) => amount + balances[i]!);
  };
  const expectNear = (actual: bigint, expected: bigint, what: string): void => {
    const difference = actual - expected;
    expect(difference < DUST && -difference < DUST, `${what}: ${actual} for ${expected}`).to.equal(true);
  };
  /** All in one block, in this order, by anyone: who sends it pays more than the next. */
  const inOneBlock = async (time: bigint, calls: ((overrides: object) => Promise<ContractTransactionResponse>)[]): Promise<void> => {
    await network.provider.send("evm_setAutomine", [false]);
    try {
      for (const [i, call] of calls.entries()) {
        await call({ gasLimit: 1_000_000n, maxFeePerGas: 10n ** 13n, maxPriorityFeePerGas: 10n ** 12n - BigInt(i) });
      }
      await at(time);
      await network.provider.send("evm_mine");
    } finally {
      await network.provider.send("evm_setAutomine", [true]);
    }
  };

  for (const quality of [0n, 1n, 5_000n]) {
    it(`who settles in the block in which it is declared to serve ${quality} loses nothing of what it has served`, async () => {
      const { bucketRegistry, clusterRegistry, termsRegistry } = fixture;
      const before = await earnings();
      const time = start + 2n * DAY;
      const settling = [
        (overrides: object) => bucketRegistry.settlePayment(1, overrides),
        (overrides: object) => clusterRegistry.distributeRevenues(1, overrides),
      ];
      await inOneBlock(time, [...settling, (overrides) => report(1n, quality, overrides), ...settling]);
      expect(await termsRegistry.qualityOf(1, 1)).to.equal(quality);
      for (const [i, total] of (await earnings()).entries()) {
        expectNear(total - before[i]!, shareOf(time - start), `node ${i + 1}`);
      }
      await expectExactCustody(fixture);
    });
  }

  it("what has been distributed never falls, and nothing of it is shared again, whenever it is declared bad, good or gone", async () => {
    const before = await earnings();
    await settledAt(start + DAY);
    let last = await earnings();
    for (const [i, total] of last.entries()) expectNear(total - before[i]!, shareOf(DAY), `node ${i + 1}`);
    const actions: (() => Promise<unknown>)[] = [
      () => judge(fixture, 1n, 0n),
      () => judge(fixture, 2n, 10_000n),
      () => judge(fixture, 1n, 10_000n),
      () => leave(fixture, 3n),
      () => fixture.clusterRegistry.distributeRevenues(1),
    ];
    for (const action of actions) {
      await at((await now()) + DAY);
      await action();
      const next = await earnings();
      for (const [i, total] of next.entries()) {
        // A bond that is back is no earning.
        expect(total >= last[i]!, `node ${i + 1}`).to.equal(true);
      }
      last = next;
    }
  });

  it("neither the others nor the manager gain by declaring a node bad for ten days of a month, nor by doing so every other day", async () => {
    const { accountRegistry, clusterRegistry, manager, owner, testUSD } = fixture;
    const before = await earnings();
    const [managers, owners] = await scaledBalances(fixture, [manager, owner]);
    const early = PER_SECOND * ((await now()) - start);
    let [bad, since] = [0n, 0n];
    for (let day = 1n; day <= 30n; ++day) {
      await settledAt(start + day * DAY);
      if (day % 3n !== 0n) continue;
      await report(1n, since === 0n ? 0n : 10_000n);
      const reported = await now();
      if (since === 0n) since = reported;
      else [bad, since] = [bad + reported - since, 0n];
    }
    const end = await settledAt(start + 31n * DAY);
    if (since !== 0n) bad += end - since;
    expect(bad).to.be.greaterThan(5n * DAY);
    const total = await earnings();
    // Whoever settles a few seconds late shares those by the new weights: at most a few seconds' worth, of the node that is declared bad.
    const lag = shareOf(40n);
    expect(total[0]! - before[0]!).to.be.closeTo(shareOf(end - start - bad), lag);
    for (const node of [1, 2]) expect(total[node]! - before[node]!).to.be.closeTo(shareOf(end - start), lag);
    // The unserved share is a third, in 2^-32, rounded down.
    const served = PER_SECOND * (end - start) - (PER_SECOND * bad * (2n ** 32n / 3n)) / 2n ** 32n;
    const [manager2] = await scaledBalances(fixture, [manager]);
    expect(manager2! - managers!).to.be.closeTo((served * 2n) / 100n, lag);
    // The last second is refunded with the next touch.
    await at(end + 1n);
    await fixture.bucketRegistry.settlePayment(1);
    const [owner2] = await scaledBalances(fixture, [owner]);
    const last = since === 0n ? PER_SECOND : PER_SECOND - (PER_SECOND * (2n ** 32n / 3n)) / 2n ** 32n;
    expectNear(owners! + early - owner2!, served + last, "the owner");
    expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(RENT);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(RENT);
    await expectExactCustody(fixture);
  });

  it("replacing a bad node by another takes nothing of what the others have earned", async () => {
    const { bucketRegistry, clusterRegistry, manager } = fixture;
    const spare = await addBondedNode(fixture, 2n);
    const bad = await judge(fixture, 1n, 0n);
    const settled = await settledAt(bad + DAY);
    const before = await earnings();
    await at(settled + 10n);
    await bucketRegistry.settlePayment(1);
    await at(settled + 11n);
    await clusterRegistry.connect(manager).replaceNodes(1, 1, spare);
    const after = await earnings();
    // A second later than it was settled.
    for (const node of [1, 2]) expectNear(after[node]! - before[node]!, shareOf(11n), `node ${node + 1}`);
    expect(await scaledClaimable(fixture, 1n, spare)).to.equal(0);
  });

  it("a node that is declared bad and leaves is paid for what it served before, and gets its bond", async () => {
    const { provider1, termsRegistry } = fixture;
    const [balance] = await scaledBalances(fixture, [provider1]);
    const bad = await judge(fixture, 1n, 0n);
    await settledAt(bad + 2n);
    const earned = (await claimable())[0]! + (await scaledBalances(fixture, [provider1]))[0]! - balance!;
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const until = (await now()) + LEAVING_NOTICE;
    await termsRegistry.finishExit(1, 1);
    expect((await scaledBalances(fixture, [provider1]))[0]! - balance!).to.equal(earned);
    await at(until);
    await termsRegistry.finishExit(1, 1);
    expect((await scaledBalances(fixture, [provider1]))[0]! - balance!).to.equal(earned + scaled(NODE_BOND));
    expect(await termsRegistry.bondOf(1, 1)).to.equal(0);
  });

  it("reports and validators that are announced over and over put off no exit", async () => {
    const { bucketRegistry, clusterRegistry, manager, provider1, stranger, termsRegistry } = fixture;
    await leave(fixture, 3n);
    const before = await earnings();
    const from = await settledAt((await now()) + 10n);
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const { exitAt } = await termsRegistry.getAgreement(1, 1);
    for (let time = await now(); time < exitAt - 2n * DAY; time = await now()) {
      await at(time + DAY);
      await report(2n, 0n);
      await report(1n, 10_000n);
      await termsRegistry.connect(manager).offerValidator(1, stranger);
    }
    await settledAt(exitAt - 5n);
    await at(exitAt);
    await expect(termsRegistry.finishExit(1, 1)).to.emit(termsRegistry, "ExitFinished");
    expect(exitAt - from).to.be.greaterThan(LEAVING_NOTICE - 10n);
    const after = await earnings();
    expect(after[0]! - before[0]! - scaled(NODE_BOND)).to.be.greaterThan(shareOf(exitAt - from - 10n));
    await expect(bucketRegistry.settlePayment(1)).to.emit(fixture.accountRegistry, "AccountTouched");
    await clusterRegistry.distributeRevenues(1);
    await expectExactCustody(fixture);
  });

  it("a node that is declared bad serves unpaid for no longer than it wants to, however the validator times its reports", async () => {
    const { clusterRegistry, provider1, termsRegistry } = fixture;
    await report(1n, 0n);
    // The validator sees the announcement coming, and raises the quality for a moment.
    await report(1n, 5_000n);
    await termsRegistry.connect(provider1).announceExit(1, 1);
    await expect(termsRegistry.finishExit(1, 1)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady");
    await report(1n, 0n);
    // It raises it again before the node leaves: in vain.
    await report(1n, 10_000n);
    await expect(termsRegistry.finishExit(1, 1)).to.emit(clusterRegistry, "NodeVacated").withArgs(1, 1, 2);
  });

  it("an owner pays the same for what is served, settled once or every day", async () => {
    const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = fixture;
    await accountRegistry.connect(otherOwner).deposit(testUSD, 6_000_000_000n);
    await bucketRegistry.connect(otherOwner).createBucket(1, "");
    const time = await soon();
    await bucketRegistry.connect(otherOwner).allocate(2, DEFAULTS.allocated, RENT);
    await at(time + 1n);
    await bucketRegistry.settlePayment(1);
    const [first, second] = await scaledBalances(fixture, [owner, otherOwner]);
    for (const quality of [7_001n, 3n, 9_999n, 0n, 5_555n]) {
      await judge(fixture, 2n, quality);
      for (let day = 0; day < 3; ++day) {
        await at((await now()) + DAY);
        await bucketRegistry.settlePayment(1);
      }
    }
    const end = (await now()) + DAY;
    await at(end);
    await bucketRegistry.settlePayments([1, 2]);
    const [firstEnd, secondEnd] = await scaledBalances(fixture, [owner, otherOwner]);
    expectNear(first! - firstEnd!, second! - secondEnd!, "what both paid");
    expect(second! - secondEnd!).to.be.lessThan(PER_SECOND * (end - time));
    await expectExactCustody(fixture);
  });
});
