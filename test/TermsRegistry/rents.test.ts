import { expect } from "chai";

import { DEFAULTS, usd } from "../fixtures";
import { BOND, CODE, REF, RENT, soon, termsOf, WEIGHT_NOTICE, withPaidTerms, withTerms } from "../helpers/terms";
import { at } from "../helpers/units";

describe("ClusterRegistry: rents in a cluster with terms of its own", () => {
  it("apply after the notice of its terms", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1 } = await withPaidTerms();
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("4"));
    const effectiveAt = (await soon()) + WEIGHT_NOTICE;
    await expect(clusterRegistry.connect(manager).acceptRent(1, 1, usd("4")))
      .to.emit(clusterRegistry, "RentAnnounced")
      .withArgs(1, 1, usd("4"), effectiveAt);
    await at(effectiveAt - 1n);
    await expect(clusterRegistry.finishRent(1, 1))
      .to.be.revertedWithCustomError(clusterRegistry, "ChangeNoticeRunning")
      .withArgs(1, 1, effectiveAt);
    await at(effectiveAt);
    await clusterRegistry.finishRent(1, 1);
    const rent = RENT - 2n * (DEFAULTS.rentPerMonth - usd("4"));
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(rent);
  });

  it("may be nothing, and then whatever is paid comes back once something is not served", async () => {
    const fixture = await withTerms();
    const { accountRegistry, clusterRegistry, manager, nodeRegistry, provider1, termsRegistry, testUSD, validator } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, 0);
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(validator), testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await termsRegistry.connect(provider1).postBond(2, 1, BOND);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    await termsRegistry.connect(validator).reportQuality(2, 1, 0, CODE, REF);
    await at((await termsRegistry.getAgreement(2, 1)).reportEffectiveAt);
    await expect(termsRegistry.finishReport(2, 1))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(2, 2n ** 128n);
    expect(await clusterRegistry.servedOf(2)).to.deep.equal([0n, 0n]);
    expect(await termsRegistry.qualityOf(2, 1)).to.equal(0);
    // It is dearer by now, and nobody pays for it yet.
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("3"));
    await expect(clusterRegistry.connect(manager).acceptRent(2, 1, usd("3")))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(2, 2n ** 128n);
  });
});
