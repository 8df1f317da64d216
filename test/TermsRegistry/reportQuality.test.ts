import { expect } from "chai";

import { createCluster, scaledClaimable } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { streamed } from "../helpers/streams";
import { addBondedNode, CODE, judge, leave, REF, RENT, withPaidTerms, withServing, type WithTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

describe("TermsRegistry: reportQuality", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const report = (qualityBps: bigint, nodeId = 1n, caller = fixture.validator, clusterId = 1n) =>
    fixture.termsRegistry.connect(caller).reportQuality(clusterId, nodeId, qualityBps, CODE, REF);

  it("changes the quality at once, and says why", async () => {
    const { clusterRegistry, termsRegistry, validator } = fixture;
    await expect(report(4_000n))
      .to.emit(termsRegistry, "QualityReported")
      .withArgs(1, 1, validator.address, 4_000, CODE, REF)
      .and.to.emit(clusterRegistry, "QualityChanged")
      .withArgs(1, 1, 4_000);
    expect(await termsRegistry.qualityOf(1, 1)).to.equal(4_000);
    expect(await clusterRegistry.servedOf(1)).to.deep.equal([(RENT * 10_000n * 4n) / 5n, RENT * 10_000n]);
  });

  it("goes down to nothing and up to all of it", async () => {
    const { clusterRegistry, termsRegistry } = fixture;
    for (const nodeId of [1n, 2n, 3n]) await judge(fixture, nodeId, 0n);
    expect(await clusterRegistry.servedOf(1)).to.deep.equal([0n, RENT * 10_000n]);
    for (const nodeId of [3n, 1n, 2n]) await judge(fixture, nodeId, 10_000n);
    expect(await clusterRegistry.servedOf(1)).to.deep.equal([RENT * 10_000n, RENT * 10_000n]);
    expect(await termsRegistry.qualityOf(1, 2)).to.equal(10_000);
  });

  it("shares what was earned before by the weights before, and pays the node its part", async () => {
    fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, provider1, testUSD } = fixture;
    await at((await now()) + 10n * DAY);
    await bucketRegistry.settlePayment(1);
    const settledAt = await now();
    const pool = (await accountRegistry.poolOf(1)) + streamed(RENT, 10n);
    const before = (await accountRegistry.getAccount(provider1, testUSD)).scaledBalance;
    // What 2 % of management leave, in whole units of weight.
    const weight = RENT * 10_000n;
    const share = (((pool * 98n) / 100n / weight) * weight) / 3n;
    await at(settledAt + 10n);
    await expect(report(0n)).to.emit(clusterRegistry, "RevenuesClaimed").withArgs(1, 1, provider1.address, share);
    expect((await accountRegistry.getAccount(provider1, testUSD)).scaledBalance - before).to.equal(share);
    for (const nodeId of [2n, 3n]) expect(await scaledClaimable(fixture, 1n, nodeId)).to.equal(share);
    await expectExactCustody(fixture);
  });

  it("meets a node that left and came back with its full quality", async () => {
    const { clusterRegistry, manager, termsRegistry } = fixture;
    const other = await addBondedNode(fixture, 2n);
    await report(4_000n);
    await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
    await clusterRegistry.connect(manager).replaceNodes(1, other, 1);
    expect(await termsRegistry.qualityOf(1, 1)).to.equal(10_000);
  });

  it("is the manager's under default terms", async () => {
    const { manager, nodeIds, termsRegistry, validator } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    await expect(report(0n, 1n, validator, other))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
      .withArgs(other, validator.address, manager.address);
    await expect(report(0n, 1n, manager, other))
      .to.emit(termsRegistry, "QualityReported")
      .withArgs(other, 1, manager.address, 0, CODE, REF);
  });

  it("refuses whoever does not validate, the manager and the node's provider included", async () => {
    const { manager, provider1, termsRegistry, validator } = fixture;
    for (const caller of [manager, provider1]) {
      await expect(report(0n, 1n, caller))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, caller.address, validator.address);
    }
  });

  it("refuses more than all of it, and a node that does not serve", async () => {
    const { termsRegistry } = fixture;
    await expect(report(10_001n)).to.be.revertedWithCustomError(termsRegistry, "BpsTooHigh").withArgs(10_001, 10_000);
    const other = await addBondedNode(fixture, 1n);
    for (const nodeId of [0n, other, 2n ** 32n - 256n]) {
      await expect(report(0n, nodeId)).to.be.revertedWithCustomError(termsRegistry, "NodeNotInCluster").withArgs(1, nodeId);
    }
  });

  describe("qualityOf", () => {
    it("refuses a node that does not serve, or has left", async () => {
      const { termsRegistry } = fixture;
      await leave(fixture, 1n);
      for (const nodeId of [0n, 1n, 4n]) {
        await expect(termsRegistry.qualityOf(1, nodeId))
          .to.be.revertedWithCustomError(termsRegistry, "NodeNotInCluster")
          .withArgs(1, nodeId);
      }
    });
  });
});
