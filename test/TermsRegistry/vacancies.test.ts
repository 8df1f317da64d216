import { expect } from "chai";

import { DEFAULTS, usd } from "../fixtures";
import { scaledClaimable, vnodesOf } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { streamed } from "../helpers/streams";
import { addBondedNode, BOND, leave, RENT, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// Vnodes 0 and 3 were node 1's, who has left.

describe("TermsRegistry: fillVacancy", () => {
  let fixture: WithPaidTerms;
  let nodeId: bigint;
  beforeEach(async () => {
    fixture = await withPaidTerms();
    await leave(fixture, 1n);
    nodeId = await addBondedNode(fixture, 2n);
  });

  const fill = (vnodeIndex = 0, allVacant = true, caller = fixture.manager, node = nodeId) =>
    fixture.termsRegistry.connect(caller).fillVacancy(1, vnodeIndex, node, allVacant);
  const release = () => fixture.bucketRegistry.connect(fixture.owner).release(1, DEFAULTS.allocated);

  it("gives the node all the vnodes of the vacancy at once", async () => {
    const { clusterRegistry } = fixture;
    await expect(fill()).to.emit(clusterRegistry, "VacancyFilled").withArgs(1, nodeId, 0, 2, DEFAULTS.rentPerMonth, RENT);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
    expect(await clusterRegistry.servedOf(1)).to.deep.equal([RENT * 10_000n, RENT * 10_000n]);
  });

  it("gives it one vnode at a time", async () => {
    const { clusterRegistry } = fixture;
    for (const vnode of [3, 0]) {
      await expect(fill(vnode, false)).to.emit(clusterRegistry, "VacancyFilled").withArgs(1, nodeId, vnode, 1, DEFAULTS.rentPerMonth, RENT);
    }
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
    expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(3);
    const { clusters, reserved } = await fixture.nodeRegistry.getNode(nodeId);
    expect([clusters, reserved]).to.deep.equal([1n, 2n * DEFAULTS.reservedPerVnode]);
  });

  it("gives it nothing of what was earned before", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry } = fixture;
    await at((await now()) + 10n * DAY);
    await bucketRegistry.settlePayment(1);
    const settledAt = await now();
    // Two thirds of what owners pay are served; the unserved share is counted in 2^-32, rounded down.
    const inTheEnd = streamed(RENT, 10n);
    const unserved = (inTheEnd * (2n ** 32n / 3n) + 2n ** 32n - 1n) / 2n ** 32n;
    const pool = (await accountRegistry.poolOf(1)) + inTheEnd - unserved;
    const before = await scaledClaimable(fixture, 1n, 2n);
    await at(settledAt + 10n);
    await fill();
    // Half of what 2 % of management leave, in whole units of weight, for each of the two nodes that served.
    const weight = (RENT * 20_000n) / 3n;
    const share = (((pool * 98n) / 100n / weight) * weight) / 2n;
    for (const served of [2n, 3n]) expect(await scaledClaimable(fixture, 1n, served)).to.equal(before! + share);
    expect(await scaledClaimable(fixture, 1n, nodeId)).to.equal(0);
    expect(await clusterRegistry.claimable(1, nodeId)).to.equal(0);
    await expectExactCustody(fixture);
  });

  it("takes a dearer node while nothing is allocated", async () => {
    const { clusterRegistry } = fixture;
    await release();
    const dear = await addBondedNode(fixture, 2n, usd("12"));
    await fill(0, true, fixture.manager, dear);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("64"));
  });

  it("of a node that asked nothing takes only nodes that ask nothing, until nothing is allocated", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1, provider2, termsRegistry } = fixture;
    await nodeRegistry.connect(provider2).changeNodeRent(2, 0);
    await clusterRegistry.connect(manager).acceptRent(1, 2, 0);
    await leave(fixture, 2n);
    await expect(fill(1)).to.be.revertedWithCustomError(termsRegistry, "RentNotLower").withArgs(1, nodeId, DEFAULTS.rentPerMonth, 0);
    await nodeRegistry.connect(provider1).changeNodeRent(nodeId, 0);
    await fill(1);
    await nodeRegistry.connect(provider1).changeNodeRent(nodeId, usd("12"));
    await expect(clusterRegistry.connect(manager).acceptRent(1, nodeId, usd("12")))
      .to.be.revertedWithCustomError(clusterRegistry, "RentNotLower")
      .withArgs(1, nodeId, usd("12"), 0);
    await release();
    await clusterRegistry.connect(manager).acceptRent(1, nodeId, usd("12"));
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("64"));
  });

  it("refuses whoever does not manage the cluster", async () => {
    const { manager, termsRegistry, validator } = fixture;
    await expect(fill(0, true, validator))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotManager")
      .withArgs(1, validator.address, manager.address);
    await expect(termsRegistry.connect(manager).fillVacancy(2, 0, nodeId, true))
      .to.be.revertedWithCustomError(termsRegistry, "ClusterUnknown")
      .withArgs(2);
  });

  it("refuses a vnode that is not vacant, or unknown", async () => {
    const { termsRegistry } = fixture;
    await expect(fill(1)).to.be.revertedWithCustomError(termsRegistry, "VnodeNotVacant").withArgs(1, 1, 2);
    await expect(fill(6)).to.be.revertedWithCustomError(termsRegistry, "VnodeUnknown").withArgs(1, 6, 6);
    await fill();
    await expect(fill(0, false)).to.be.revertedWithCustomError(termsRegistry, "VnodeNotVacant").withArgs(1, 0, nodeId);
  });

  it("refuses to let a node in the cluster take all of a vacancy, and lets it take one vnode", async () => {
    const { manager, provider2, termsRegistry } = fixture;
    await termsRegistry.connect(provider2).postBond(1, 2, BOND);
    await expect(fill(0, true, manager, 2n))
      .to.be.revertedWithCustomError(termsRegistry, "NodeAlreadyInCluster")
      .withArgs(1, 2);
    await fill(0, false, manager, 2n);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 3n, 0n, 2n, 3n]);
  });

  it("refuses a node without capacity for it", async () => {
    const { nodeRegistry, provider1, termsRegistry } = fixture;
    await nodeRegistry.connect(provider1).changeNodeCapacity(nodeId, 19);
    await expect(fill()).to.be.revertedWithCustomError(termsRegistry, "NodeCapacityExceeded").withArgs(nodeId, 20, 19);
  });

  it("refuses a node whose bond is too small, whose provider distrusts, and that asks more than the node that left", async () => {
    const { manager, nodeRegistry, provider1, termsRegistry } = fixture;
    await termsRegistry.connect(provider1).withdrawBond(1, nodeId, 1);
    await expect(fill()).to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered").withArgs(1, nodeId, 2, 1);
    await termsRegistry.connect(provider1).postBond(1, nodeId, 1);
    await nodeRegistry.connect(provider1).distrustManager(manager);
    await expect(fill())
      .to.be.revertedWithCustomError(termsRegistry, "ManagerNotTrusted")
      .withArgs(nodeId, provider1.address, manager.address);
    await nodeRegistry.connect(provider1).trustManager(manager);
    await nodeRegistry.connect(provider1).changeNodeRent(nodeId, DEFAULTS.rentPerMonth + 1n);
    await expect(fill())
      .to.be.revertedWithCustomError(termsRegistry, "RentNotLower")
      .withArgs(1, nodeId, DEFAULTS.rentPerMonth + 1n, DEFAULTS.rentPerMonth);
  });

  describe("in the cluster registry", () => {
    it("replaceNode and replaceNodes refuse what is vacant", async () => {
      const { clusterRegistry, manager } = fixture;
      const theirs = clusterRegistry.connect(manager);
      await expect(theirs.replaceNode(1, 0, nodeId))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodeVacant")
        .withArgs(1, 0);
      // The id of the vacancy in the first place, which nobody is told.
      const vacancy = 2n ** 32n - 256n;
      await expect(theirs.replaceNodes(1, vacancy, nodeId))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster")
        .withArgs(1, vacancy);
      await expect(theirs.replaceNodes(1, 2, vacancy)).to.be.revertedWithCustomError(clusterRegistry, "NodeAlreadyInCluster");
      expect(await clusterRegistry.membershipOf(1, vacancy)).to.deep.equal([0n, 0n, 10_000n, 0n, 0n, 0n]);
    });
  });
});
