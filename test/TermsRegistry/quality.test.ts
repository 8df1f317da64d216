import { expect } from "chai";

import { DEFAULTS, type WithFundedBucket, withFundedBucket } from "../fixtures";
import { DAY } from "../helpers/time";
import { at, scale, indexPerSecond, now } from "../helpers/units";

const CODE = 7n;
const REF = "ipfs://report";
const SCALED = scale(6n);
const PER_SECOND = indexPerSecond(10n ** 18n);
/** What the bucket pays, in USD a month. */
const RATE = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;

describe("TermsRegistry: quality", () => {
  let fixture: WithFundedBucket;
  beforeEach(async () => {
    fixture = await withFundedBucket();
  });

  const report = (qualityBps: number, nodeId = 1) => {
    const { termsRegistry, manager, clusterId } = fixture;
    return termsRegistry.connect(manager).reportQuality(clusterId, nodeId, qualityBps, CODE, REF);
  };
  /** Reports a day later; returns when. */
  const degrade = async (qualityBps: number, nodeId = 1): Promise<bigint> => {
    await at((await now()) + DAY);
    await report(qualityBps, nodeId);
    return now();
  };
  const stream = () => fixture.accountRegistry.getStream(fixture.owner, fixture.clusterId);

  it("gives payers back what a node does not serve, and pays the others by what they do", async () => {
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, clusterId, bucketId, owner, testUSD } = fixture;
    const { settledIndex } = await stream();
    const start = (await priceRegistry.getCurrency(testUSD)).index;
    const from = await degrade(4_000);
    const atDegrade = (await priceRegistry.getCurrency(testUSD)).index;
    await at(from + 2n * DAY);
    const served = 2n * DAY * PER_SECOND;
    // A third of the cluster serves 40 %: a fifth of all is missing.
    const returned = (RATE * served * 6_000n) / 30_000n;
    const charged = RATE * (atDegrade + served - start);
    expect(settledIndex).to.be.lessThanOrEqual(start);
    const owedBefore = RATE * (start - settledIndex);
    const transaction = await bucketRegistry.settlePayment(bucketId);
    // Rounded down: the missing share is counted in 2^-128.
    const events = await accountRegistry.queryFilter(accountRegistry.filters.UnservedRefunded(), transaction.blockNumber!);
    const back = events[0]!.args.scaledAmount;
    expect(back).to.be.lessThanOrEqual(returned);
    expect(returned - back).to.be.lessThanOrEqual(((RATE * served) >> 128n) + 1n);
    await expect(transaction)
      .to.emit(accountRegistry, "PaymentSettled")
      .withArgs(owner.address, clusterId, owedBefore + charged - back, settledIndex + (owedBefore + charged) / RATE);
    const balance = (await accountRegistry.getAccount(owner, testUSD)).scaledBalance;
    expect(balance).to.equal(DEFAULTS.deposit * SCALED - owedBefore - charged + back);

    const before = await clusterRegistry.getMembers(clusterId);
    await clusterRegistry.distributeRevenues(clusterId);
    const after = await clusterRegistry.getMembers(clusterId);
    const shares = after.map(({ scaledClaimable }, i) => scaledClaimable - before[i]!.scaledClaimable);
    expect(shares[0]! * 10_000n).to.equal(shares[1]! * 4_000n);
    expect(shares[1]).to.equal(shares[2]);
    expect(await fixture.termsRegistry.qualityOf(clusterId, 1)).to.equal(4_000);
    expect(await clusterRegistry.servedOf(clusterId)).to.deep.equal([(RATE * 10_000n * 8n) / 10n, RATE * 10_000n]);
  });
});
