import { expect } from "chai";

import { DEFAULTS, usd } from "../fixtures";
import { scaledClaimable } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { streamed } from "../helpers/streams";
import { BOND, CODE, REF, RENT, termsOf, withPaidTerms, withTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

describe("ClusterRegistry: rents in a cluster with terms of its own", () => {
  it("apply at once, and what was earned before is shared by the rents before", async () => {
    const fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, provider1 } = fixture;
    await at((await now()) + 10n * DAY);
    await bucketRegistry.settlePayment(1);
    const settledAt = await now();
    const pool = (await accountRegistry.poolOf(1)) + streamed(RENT, 10n);
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("4"));
    const rent = RENT - 2n * (DEFAULTS.rentPerMonth - usd("4"));
    const weight = RENT * 10_000n;
    const share = (((pool * 98n) / 100n / weight) * weight) / 3n;
    await at(settledAt + 10n);
    await expect(clusterRegistry.connect(manager).acceptRent(1, 1, usd("4")))
      .to.emit(clusterRegistry, "RentAccepted")
      .withArgs(1, 1, usd("4"), rent)
      .and.to.emit(clusterRegistry, "RevenuesClaimed")
      .withArgs(1, 1, provider1.address, share);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(rent);
    for (const nodeId of [2n, 3n]) expect(await scaledClaimable(fixture, 1n, nodeId)).to.equal(share);
    await expectExactCustody(fixture);
  });

  it("may be nothing, and then whatever is paid comes back once something is not served", async () => {
    const fixture = await withTerms();
    const { accountRegistry, clusterRegistry, manager, nodeRegistry, provider1, termsRegistry, testUSD, validator } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, 0);
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(validator), testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await termsRegistry.connect(provider1).postBond(2, 1, BOND);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    await expect(termsRegistry.connect(validator).reportQuality(2, 1, 0, CODE, REF))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(2, 2n ** 32n);
    expect(await clusterRegistry.servedOf(2)).to.deep.equal([0n, 0n]);
    expect(await termsRegistry.qualityOf(2, 1)).to.equal(0);
    // It is dearer by now, and nobody pays for it yet.
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("3"));
    await expect(clusterRegistry.connect(manager).acceptRent(2, 1, usd("3")))
      .to.emit(accountRegistry, "UnservedShareChanged")
      .withArgs(2, 2n ** 32n);
  });
});
