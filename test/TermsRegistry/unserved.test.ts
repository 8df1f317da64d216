import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { testUsd } from "../fixtures";
import { SCALED_PER_BASE_UNIT } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { judge, leave, RENT, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { endIndexOf, TICK_BITS } from "../helpers/streams";
import { at, now } from "../helpers/units";

/** Scaled units that the bucket pays in a second. */
const PER_SECOND = RENT * 10n ** 18n;
/** What is missing is counted in 2^-32 of all. */
const SHARE = 2n ** 32n;

describe("TermsRegistry: what is not served", () => {
  let fixture: WithPaidTerms;
  beforeEach(async () => {
    fixture = await withPaidTerms();
  });

  const settle = () => fixture.bucketRegistry.settlePayment(1);
  const settledAt = async (time: bigint): Promise<void> => {
    await at(time);
    await settle();
  };
  /** Settles, and says when. */
  const settledSoon = async (): Promise<bigint> => {
    const time = (await now()) + 10n;
    await settledAt(time);
    return time;
  };
  /** What comes back of so many seconds, as it is counted: the missing share is rounded down, and so is what comes back. */
  const back = (seconds: bigint, missing: bigint, rate = RENT): bigint =>
    (rate * ((SHARE * missing) / 30_000n) * 10n ** 18n * seconds) / SHARE;
  const stream = () => fixture.accountRegistry.getStream(fixture.owner, 1);
  const balance = async (): Promise<bigint> => (await fixture.accountRegistry.getAccount(fixture.owner, fixture.testUSD)).scaledBalance;
  const returned = async (transaction: ContractTransactionResponse, amount: bigint): Promise<void> => {
    const { accountRegistry, owner } = fixture;
    await expect(transaction).to.emit(accountRegistry, "UnservedRefunded").withArgs(owner.address, 1, amount);
  };

  it("tells the missing share, and since when", async () => {
    const { accountRegistry, priceRegistry, termsRegistry, testUSD, validator } = fixture;
    await expect(termsRegistry.connect(validator).reportQuality(1, 1, 4_000, 1, ""))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(1, (SHARE * 6_000n) / 30_000n);
    const { unservedShare, unservedSince } = await accountRegistry.getLine(1);
    expect([unservedShare, unservedSince]).to.deep.equal([(SHARE * 6_000n) / 30_000n, (await priceRegistry.getCurrency(testUSD)).index]);
  });

  it("comes back to the payer when its account is touched, and only the rest is shared", async () => {
    const { accountRegistry, owner } = fixture;
    const from = await judge(fixture, 1n, 4_000n);
    await settledAt(from + 100n);
    const before = await balance();
    const pool = await accountRegistry.poolOf(1);
    await at(from + 100n + DAY);
    const transaction = await settle();
    const amount = back(DAY, 6_000n);
    await returned(transaction, amount);
    expect(await accountRegistry.poolOf(1)).to.equal(pool + PER_SECOND * DAY - amount);
    expect(await balance()).to.equal(before - PER_SECOND * DAY + amount);
    expect((await stream()).scaledUnserved).to.equal(0);
    expect((await accountRegistry.getStream(owner, 1)).ratePerMonth).to.equal(RENT);
    await expectExactCustody(fixture);
  });

  it("is all of it where nothing is served, and nothing where all is", async () => {
    const { accountRegistry } = fixture;
    for (const nodeId of [1n, 2n]) await judge(fixture, nodeId, 0n);
    await judge(fixture, 3n, 0n);
    const from = await settledSoon();
    const before = await balance();
    const pool = await accountRegistry.poolOf(1);
    await settledAt(from + DAY);
    expect([await balance(), await accountRegistry.poolOf(1)]).to.deep.equal([before, pool]);
    for (const nodeId of [1n, 2n]) await judge(fixture, nodeId, 10_000n);
    await judge(fixture, 3n, 10_000n);
    const since = await settledSoon();
    const full = await balance();
    await at(since + DAY);
    await expect(settle()).not.to.emit(accountRegistry, "UnservedRefunded");
    expect(await balance()).to.equal(full - PER_SECOND * DAY);
  });

  it("counts each stretch by itself, however late it is settled", async () => {
    const start = (await now()) + 10n;
    await settledAt(start);
    const down = await judge(fixture, 1n, 4_000n);
    const worse = await judge(fixture, 2n, 1n);
    const gone = await leave(fixture, 3n);
    const better = await judge(fixture, 1n, 10_000n);
    const before = await balance();
    await at(better + DAY);
    const transaction = await settle();
    const shares: [seconds: bigint, missing: bigint][] = [
      [worse - down, 6_000n],
      [gone - worse, 15_999n],
      [better - gone, 25_999n],
      [DAY, 19_999n],
    ];
    const sum = shares.reduce((total, [seconds, missing]) => total + ((SHARE * missing) / 30_000n) * 10n ** 18n * seconds, 0n);
    await returned(transaction, (RENT * sum) / SHARE);
    expect(await balance()).to.equal(before - PER_SECOND * DAY + (RENT * sum) / SHARE);
    await expectExactCustody(fixture);
  });

  it("is the same in one step as in a hundred, but for a scaled unit each", async () => {
    await judge(fixture, 1n, 3_333n);
    const from = await settledSoon();
    const before = await balance();
    for (let i = 1n; i <= 100n; ++i) await settledAt(from + i * 77n);
    const paid = before - (await balance());
    const exact = back(7_700n, 6_667n);
    expect(PER_SECOND * 7_700n - paid).to.be.lessThanOrEqual(exact);
    expect(PER_SECOND * 7_700n - paid).to.be.greaterThanOrEqual(exact - 100n);
  });

  it("comes back when a bucket grows, shrinks or changes hands", async () => {
    const { accountRegistry, bucketRegistry, otherOwner, owner, testUSD } = fixture;
    await judge(fixture, 1n, 4_000n);
    const from = await settledSoon();
    await at(from + DAY);
    await returned(await bucketRegistry.connect(owner).allocate(1, 1, RENT), back(DAY, 6_000n));
    await at(from + 2n * DAY);
    await returned(await bucketRegistry.connect(owner).release(1, 1), back(DAY, 6_000n, 2n * RENT));
    await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(owner).offerBucket(1, otherOwner);
    await at(from + 3n * DAY);
    await returned(await bucketRegistry.connect(otherOwner).acceptBucket(1, RENT), back(DAY, 6_000n));
    // The other owner gets back what is not served from now on, and nothing of what was before.
    await at(from + 4n * DAY);
    await expect(settle()).to.emit(accountRegistry, "UnservedRefunded").withArgs(otherOwner.address, 1, back(DAY, 6_000n));
    await expectExactCustody(fixture);
  });

  it("gives a bucket that allocates later nothing of what was not served before", async () => {
    const { accountRegistry, bucketRegistry, otherOwner, testUSD } = fixture;
    const from = await judge(fixture, 1n, 0n);
    await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(otherOwner).createBucket(1, "");
    await at(from + DAY);
    await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
    await at(from + 2n * DAY);
    await expect(bucketRegistry.settlePayment(2))
      .to.emit(accountRegistry, "UnservedRefunded")
      .withArgs(otherOwner.address, 1, back(DAY, 10_000n));
  });

  it("is withheld from the cluster until then", async () => {
    const { accountRegistry } = fixture;
    const from = await judge(fixture, 1n, 4_000n);
    await settledAt(from + 100n);
    const pool = await accountRegistry.poolOf(1);
    await at(from + 100n + DAY);
    await fixture.nodeRegistry.connect(fixture.provider1).changeNodeRent(1, 1);
    const amount = back(DAY, 6_000n);
    // What does not divide is not paid out either, until it is known to be the cluster's.
    expect(await accountRegistry.poolOf(1)).to.be.within(pool + PER_SECOND * DAY - amount - 1n, pool + PER_SECOND * DAY - amount);
    expect((await stream()).scaledUnserved).to.equal(amount);
  });

  context("when the account ran out of funds", () => {
    const share = (SHARE * 6_000n) / 30_000n;

    /** All but what pays for so many seconds is withdrawn. Returns when. */
    const leaveFor = async (seconds: bigint): Promise<bigint> => {
      const { accountRegistry, owner, testUSD } = fixture;
      const time = (await now()) + 10n;
      const refund = back(10n, 6_000n);
      const due = (await balance()) + refund - PER_SECOND * 10n - PER_SECOND * seconds;
      await at(time);
      await accountRegistry.connect(owner).withdraw(testUSD, due / SCALED_PER_BASE_UNIT, owner);
      return time;
    };

    /** What a touch so many seconds later refunds, and leaves in an account with a balance. */
    const touched = (had: bigint, seconds: bigint): { left: bigint; refund: bigint } => {
      const grown = seconds * 10n ** 18n;
      const paid = had / RENT < grown ? had / RENT : grown;
      const refund = (RENT * share * paid) / SHARE;
      return { left: had - RENT * paid + refund, refund };
    };

    beforeEach(async () => {
      await judge(fixture, 1n, 4_000n);
      await settledSoon();
    });

    it("comes back for all the time that it paid for, and a second without funds costs a second", async () => {
      const { accountRegistry, owner, testUSD } = fixture;
      const start = await leaveFor(10_000n);
      const first = touched(await balance(), 20_000n);
      await at(start + 20_000n);
      await returned(await settle(), first.refund);
      expect(await balance()).to.equal(first.left);
      // What came back pays for a fifth of the time once more.
      const second = touched(first.left, 10_000n);
      await at(start + 30_000n);
      await returned(await accountRegistry.connect(owner).deposit(testUSD, testUsd("100")), second.refund);
      const third = touched(second.left + testUsd("100") * SCALED_PER_BASE_UNIT, 1_000n);
      await at(start + 31_000n);
      await returned(await settle(), third.refund);
      expect(third.refund).to.equal(back(1_000n, 6_000n));
      await expectExactCustody(fixture);
    });

    it("is the same however often the account is touched before, but for a scaled unit each", async () => {
      const start = await leaveFor(1_000n);
      let had = await balance();
      for (const [until, since] of [
        [500n, 0n],
        [1_050n, 500n],
        [5_000n, 1_050n],
      ] as const) {
        const { left, refund } = touched(had, until - since);
        await at(start + until);
        await returned(await settle(), refund);
        had = left;
      }
      expect(await balance()).to.equal(had);
    });

    it("comes back up to the registered end, if the share changed before the account was touched", async () => {
      const { accountRegistry, priceRegistry, termsRegistry, testUSD, validator } = fixture;
      const start = await leaveFor(10_000n);
      const { index } = await priceRegistry.getCurrency(testUSD);
      const end = endIndexOf(index, await balance(), RENT);
      expect((await accountRegistry.getAccount(fixture.owner, testUSD)).endIndex).to.equal(end);
      await at(start + 20_000n);
      await termsRegistry.connect(validator).reportQuality(1, 1, 9_000, 1, "");
      const refund = (RENT * share * (end - index)) / SHARE;
      await at(start + 30_000n);
      await returned(await settle(), refund);
      // The late part is less than a tick.
      expect(touched(PER_SECOND * 10_000n, 20_000n).refund - refund).to.be.lessThan((RENT * share * 2n ** TICK_BITS) / SHARE);
      await expectExactCustody(fixture);
    });
  });
});
