import { expect } from "chai";

import { createCluster } from "../helpers/clusters";
import { addBondedNode, CODE, judge, leave, REF, RENT, soon, WEIGHT_NOTICE, withServing, type WithTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at } from "../helpers/units";

describe("TermsRegistry: reportQuality", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const report = (qualityBps: bigint, nodeId = 1n, caller = fixture.validator, clusterId = 1n) =>
    fixture.termsRegistry.connect(caller).reportQuality(clusterId, nodeId, qualityBps, CODE, REF);

  it("announces it with its reason, and changes nothing yet", async () => {
    const { termsRegistry, validator } = fixture;
    const time = await soon();
    await expect(report(4_000n))
      .to.emit(termsRegistry, "QualityReported")
      .withArgs(1, 1, validator.address, 4_000, CODE, REF, time + WEIGHT_NOTICE);
    const { reportedBps, reportEffectiveAt } = await termsRegistry.getAgreement(1, 1);
    expect([reportedBps, reportEffectiveAt]).to.deep.equal([4_000n, time + WEIGHT_NOTICE]);
    expect(await termsRegistry.qualityOf(1, 1)).to.equal(10_000);
  });

  it("takes a day under default terms, and is the manager's there", async () => {
    const { manager, nodeIds, termsRegistry, validator } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    await expect(report(0n, 1n, validator, other))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
      .withArgs(other, validator.address, manager.address);
    const time = await soon();
    await expect(report(0n, 1n, manager, other))
      .to.emit(termsRegistry, "QualityReported")
      .withArgs(other, 1, manager.address, 0, CODE, REF, time + DAY);
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
      await expect(report(0n, nodeId)).to.be.revertedWithCustomError(termsRegistry, "NodeNotServing").withArgs(1, nodeId);
    }
  });

  describe("finishReport", () => {
    const finish = (nodeId = 1n) => fixture.termsRegistry.connect(fixture.stranger).finishReport(1, nodeId);

    it("lets it take effect after the notice, whoever calls, once", async () => {
      const { clusterRegistry, termsRegistry } = fixture;
      const effectiveAt = (await soon()) + WEIGHT_NOTICE;
      await report(4_000n);
      await at(effectiveAt - 1n);
      await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady").withArgs(1, 1, effectiveAt);
      await at(effectiveAt);
      await expect(finish()).to.emit(clusterRegistry, "QualityChanged").withArgs(1, 1, 4_000);
      expect(await termsRegistry.qualityOf(1, 1)).to.equal(4_000);
      expect(await clusterRegistry.servedOf(1)).to.deep.equal([(RENT * 10_000n * 4n) / 5n, RENT * 10_000n]);
      await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
      expect((await termsRegistry.getAgreement(1, 1)).reportEffectiveAt).to.equal(0);
    });

    it("restarts with each report, of which only the last counts", async () => {
      const { termsRegistry } = fixture;
      const first = await soon();
      await report(4_000n);
      await at(first + WEIGHT_NOTICE - 1n);
      await report(6_000n);
      await at(first + WEIGHT_NOTICE);
      await expect(finish())
        .to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady")
        .withArgs(1, 1, first + 2n * WEIGHT_NOTICE - 1n);
      await at(first + 2n * WEIGHT_NOTICE - 1n);
      await finish();
      expect(await termsRegistry.qualityOf(1, 1)).to.equal(6_000);
    });

    it("goes down to nothing and up to all of it", async () => {
      const { clusterRegistry, termsRegistry } = fixture;
      for (const nodeId of [1n, 2n, 3n]) await judge(fixture, nodeId, 0n);
      expect(await clusterRegistry.servedOf(1)).to.deep.equal([0n, RENT * 10_000n]);
      for (const nodeId of [3n, 1n, 2n]) await judge(fixture, nodeId, 10_000n);
      expect(await clusterRegistry.servedOf(1)).to.deep.equal([RENT * 10_000n, RENT * 10_000n]);
      expect(await termsRegistry.qualityOf(1, 2)).to.equal(10_000);
    });

    it("refuses what was announced before the node left", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const effectiveAt = (await soon()) + WEIGHT_NOTICE;
      await report(4_000n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await clusterRegistry.connect(manager).replaceNodes(1, other, 1);
      await at(effectiveAt);
      await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
    });
  });

  describe("qualityOf", () => {
    it("refuses a node that does not serve, or has left", async () => {
      const { termsRegistry } = fixture;
      await leave(fixture, 1n);
      for (const nodeId of [0n, 1n, 4n]) {
        await expect(termsRegistry.qualityOf(1, nodeId)).to.be.revertedWithCustomError(termsRegistry, "NodeNotServing").withArgs(1, nodeId);
      }
    });
  });
});
