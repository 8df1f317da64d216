import { expect } from "chai";

import { DEFAULTS, usd } from "../fixtures";
import { BOND, judge, RENT, soon, termsOf, WEIGHT_NOTICE, withPaidTerms, withTerms } from "../helpers/terms";
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

  it("may be nothing, and then nothing is missing of what is paid, whatever is served", async () => {
    const fixture = await withTerms();
    const { accountRegistry, clusterRegistry, manager, nodeRegistry, provider1, termsRegistry, testUSD, validator } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, 0);
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(validator), testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await termsRegistry.connect(provider1).postBond(2, 1, BOND);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    await judge({ ...fixture, clusterId: 2n }, 1n, 0n);
    expect(await clusterRegistry.servedOf(2)).to.deep.equal([0n, 0n]);
    expect(await termsRegistry.qualityOf(2, 1)).to.equal(0);
    // It is dearer by now, and nobody pays for it yet.
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("3"));
    await expect(clusterRegistry.connect(manager).acceptRent(2, 1, usd("3")))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(2, 2n ** 128n);
  });
});
