import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { testUsd } from "../fixtures";
import { SCALED_PER_BASE_UNIT } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { judge, leave, RENT, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

/** Scaled units that the bucket pays in a second. */
const PER_SECOND = RENT * 10n ** 18n;
/** What is missing is counted in 2^-128 of all. */
const SHARE = 2n ** 128n;

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
    const { accountRegistry, clusterRegistry, termsRegistry, validator } = fixture;
    await expect(termsRegistry.connect(validator).reportQuality(1, 1, 4_000, 1, ""))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(1, (SHARE * 6_000n) / 30_000n);
    expect(await clusterRegistry.paymentOf(1)).to.deep.equal([2n, true]);
  });

  it("comes back to the payer when its stream is settled, and only the rest is shared", async () => {
    const { accountRegistry, owner } = fixture;
    const from = await judge(fixture, 1n, 4_000n);
    await settledAt(from + 100n);
    const before = await balance();
    const pool = await accountRegistry.poolOf(1);
    await at(from + 100n + DAY);
    const transaction = await settle();
    const amount = back(DAY, 6_000n);
    await returned(transaction, amount);
    await expect(transaction).to.emit(accountRegistry, "PaymentSettled");
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

  context("when the account ran dry", () => {
    /** All but what pays for so many seconds is withdrawn. */
    const leaveFor = async (seconds: bigint): Promise<bigint> => {
      const { accountRegistry, owner, testUSD } = fixture;
      const time = (await now()) + 10n;
      const due = (await balance()) - PER_SECOND * 10n - PER_SECOND * seconds;
      await at(time);
      await accountRegistry.connect(owner).withdraw(testUSD, due / SCALED_PER_BASE_UNIT, owner);
      return time;
    };

    it("nothing comes back of the stretch since it was last settled", async () => {
      const { accountRegistry, owner, testUSD } = fixture;
      await judge(fixture, 1n, 4_000n);
      await settledSoon();
      const start = await leaveFor(1_000n);
      const pool = await accountRegistry.poolOf(1);
      await at(start + 2_000n);
      await expect(settle()).not.to.emit(accountRegistry, "UnservedRefunded");
      // All that there was has been paid, to less than what streams in a second.
      expect(await balance()).to.be.lessThan(PER_SECOND);
      expect((await accountRegistry.poolOf(1)) - pool).to.be.greaterThan(PER_SECOND * 1_009n);

      // What is funded anew is a stretch that was dry until a moment ago: it is settled once, and exact from then on.
      await at(start + 3_000n);
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
      await at(start + 3_100n);
      await expect(settle()).not.to.emit(accountRegistry, "UnservedRefunded");
      await at(start + 4_100n);
      await returned(await settle(), back(1_000n, 6_000n));
      await expectExactCustody(fixture);
    });

    it("what was settled before has come back", async () => {
      await judge(fixture, 1n, 4_000n);
      await settledSoon();
      const start = await leaveFor(1_000n);
      await at(start + 500n);
      await returned(await settle(), back(510n, 6_000n));
      // What came back pays for a hundred seconds more.
      await at(start + 1_050n);
      await returned(await settle(), back(550n, 6_000n));
    });

    it("is not told from dry for one who was topped up unseen: two spells count as well as one", async () => {
      const { accountRegistry, owner, testUSD } = fixture;
      await judge(fixture, 1n, 4_000n);
      await settledSoon();
      const start = await leaveFor(1_000n);
      await at(start + 2_000n);
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
      await at(start + 3_000n);
      await expect(settle()).not.to.emit(accountRegistry, "UnservedRefunded");
      await at(start + 4_000n);
      await returned(await settle(), back(1_000n, 6_000n));
    });
  });
});
