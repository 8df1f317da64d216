import { expect } from "chai";

import { DEFAULTS, type WithFundedBucket, withFundedBucket } from "../fixtures";
import { DAY } from "../helpers/time";
import { at, indexPerSecond, now } from "../helpers/units";

const CODE = 7n;
const REF = "ipfs://report";
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

  it("gives payers back what a node does not serve, and pays the others by what they do", async () => {
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, clusterId, bucketId, owner, testUSD } = fixture;
    const deposited = (await accountRegistry.getAccount(owner, testUSD)).scaledBalance;
    const start = (await priceRegistry.getCurrency(testUSD)).index;
    const from = await degrade(4_000);
    const atDegrade = (await priceRegistry.getCurrency(testUSD)).index;
    await at(from + 2n * DAY);
    const served = 2n * DAY * PER_SECOND;
    // A third of the cluster serves 40 %: a fifth of all is missing, in 2^-32, rounded down.
    const back = (RATE * served * ((2n ** 32n * 6_000n) / 30_000n)) / 2n ** 32n;
    const charged = RATE * (atDegrade + served - start);
    await expect(bucketRegistry.settlePayment(bucketId))
      .to.emit(accountRegistry, "UnservedRefunded")
      .withArgs(owner.address, clusterId, back);
    const balance = (await accountRegistry.getAccount(owner, testUSD)).scaledBalance;
    expect(balance).to.equal(deposited - charged + back);

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
