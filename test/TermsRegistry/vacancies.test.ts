import { expect } from "chai";

import { DEFAULTS, usd } from "../fixtures";
import { vnodesOf } from "../helpers/clusters";
import { addBondedNode, BOND, leave, RENT, soon, WEIGHT_NOTICE, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { HOUR } from "../helpers/time";
import { at } from "../helpers/units";

// Vnodes 0 and 3 were node 1's, who has left.

describe("TermsRegistry: fillVacancy", () => {
  let fixture: WithPaidTerms;
  let nodeId: bigint;
  beforeEach(async () => {
    fixture = await withPaidTerms();
    await leave(fixture, 1n);
    nodeId = await addBondedNode(fixture, 2n);
  });

  const fill = (vnodeIndex = 0, whole = true, caller = fixture.manager, node = nodeId) =>
    fixture.termsRegistry.connect(caller).fillVacancy(1, vnodeIndex, node, whole);
  const release = () => fixture.bucketRegistry.connect(fixture.owner).release(1, DEFAULTS.allocated);

  context("while buckets are allocated", () => {
    it("announces it", async () => {
      const { termsRegistry } = fixture;
      const time = await soon();
      await expect(fill(3, false))
        .to.emit(termsRegistry, "FillAnnounced")
        .withArgs(1, nodeId, 3, false, time + WEIGHT_NOTICE);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
    });

    it("refuses a vnode that is not vacant, or unknown, before anybody waits", async () => {
      const { termsRegistry } = fixture;
      await expect(fill(1)).to.be.revertedWithCustomError(termsRegistry, "VnodeNotVacant").withArgs(1, 1, 2);
      await expect(fill(6)).to.be.revertedWithCustomError(termsRegistry, "VnodeUnknown").withArgs(1, 6, 6);
    });
  });

  context("while nothing is allocated", () => {
    it("gives it all the vnodes of the vacancy at once", async () => {
      const { clusterRegistry } = fixture;
      await release();
      await expect(fill()).to.emit(clusterRegistry, "NodeReplaced").withArgs(1, 0, nodeId, 2, DEFAULTS.rentPerMonth, RENT);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
      expect(await clusterRegistry.servedOf(1)).to.deep.equal([RENT * 10_000n, RENT * 10_000n]);
    });

    it("gives it one vnode at a time", async () => {
      const { clusterRegistry } = fixture;
      await release();
      for (const vnode of [3, 0]) {
        await expect(fill(vnode, false))
          .to.emit(clusterRegistry, "VnodeReplaced")
          .withArgs(1, 0, nodeId, vnode, DEFAULTS.rentPerMonth, RENT);
      }
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
      expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(3);
      const { clusters, reserved } = await fixture.nodeRegistry.getNode(nodeId);
      expect([clusters, reserved]).to.deep.equal([1n, 2n * DEFAULTS.reservedPerVnode]);
    });

    it("takes a dearer node", async () => {
      const { clusterRegistry } = fixture;
      await release();
      const dear = await addBondedNode(fixture, 2n, usd("12"));
      await fill(0, true, fixture.manager, dear);
      expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("64"));
    });

    it("makes what was announced of the node before void", async () => {
      const { owner, termsRegistry } = fixture;
      const time = await soon();
      await fill(3, false);
      await release();
      await fill(0, false);
      await fixture.bucketRegistry.connect(owner).allocate(1, 1, RENT);
      await at(time + WEIGHT_NOTICE);
      await expect(termsRegistry.finishFill(1, nodeId))
        .to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced")
        .withArgs(1, nodeId);
    });
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
    await release();
    await expect(fill(1)).to.be.revertedWithCustomError(termsRegistry, "VnodeNotVacant").withArgs(1, 1, 2);
    await expect(fill(6)).to.be.revertedWithCustomError(termsRegistry, "VnodeUnknown").withArgs(1, 6, 6);
  });

  it("refuses to let a node in the cluster take a whole vacancy, and lets it take one vnode", async () => {
    const { manager, provider2, termsRegistry } = fixture;
    await release();
    await termsRegistry.connect(provider2).postBond(1, 2, BOND);
    await expect(fill(0, true, manager, 2n))
      .to.be.revertedWithCustomError(termsRegistry, "NodeAlreadyInCluster")
      .withArgs(1, 2);
    await fill(0, false, manager, 2n);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([2n, 2n, 3n, 0n, 2n, 3n]);
  });

  it("refuses a node without capacity for it", async () => {
    const { nodeRegistry, provider1, termsRegistry } = fixture;
    await release();
    await nodeRegistry.connect(provider1).changeNodeCapacity(nodeId, 19);
    await expect(fill()).to.be.revertedWithCustomError(termsRegistry, "NodeCapacityExceeded").withArgs(nodeId, 20, 19);
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
      expect(await clusterRegistry.membershipOf(1, vacancy)).to.deep.equal([0n, 0n, 10_000n, 0n, 0n]);
    });
  });
});

describe("TermsRegistry: finishFill", () => {
  let fixture: WithPaidTerms;
  let nodeId: bigint;
  let effectiveAt: bigint;
  beforeEach(async () => {
    fixture = await withPaidTerms();
    await leave(fixture, 1n);
    nodeId = await addBondedNode(fixture, 2n);
    effectiveAt = (await soon()) + WEIGHT_NOTICE;
    await fixture.termsRegistry.connect(fixture.manager).fillVacancy(1, 0, nodeId, true);
  });

  const finish = () => fixture.termsRegistry.connect(fixture.stranger).finishFill(1, nodeId);
  const nothing = () => expect(finish()).to.be.revertedWithCustomError(fixture.termsRegistry, "ChangeNotAnnounced").withArgs(1, nodeId);

  it("fills the vacancy after the notice, whoever calls, once", async () => {
    const { clusterRegistry, termsRegistry } = fixture;
    await at(effectiveAt - 1n);
    await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady").withArgs(1, nodeId, effectiveAt);
    await expect(finish()).to.emit(clusterRegistry, "NodeReplaced").withArgs(1, 0, nodeId, 2, DEFAULTS.rentPerMonth, RENT);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
    await nothing();
  });

  it("refuses what was never announced", async () => {
    const { termsRegistry } = fixture;
    await expect(termsRegistry.finishFill(1, 2)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 2);
  });

  it("lapses an hour after the notice", async () => {
    await at(effectiveAt + HOUR);
    await nothing();
    const again = await soon();
    await fixture.termsRegistry.connect(fixture.manager).fillVacancy(1, 0, nodeId, true);
    await at(again + WEIGHT_NOTICE + HOUR - 1n);
    await finish();
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([nodeId, 2n, 3n, nodeId, 2n, 3n]);
  });

  it("starts the notice anew with another announcement, which replaces the first", async () => {
    const { manager, termsRegistry } = fixture;
    const again = await soon();
    await termsRegistry.connect(manager).fillVacancy(1, 3, nodeId, false);
    await at(effectiveAt);
    await expect(finish())
      .to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady")
      .withArgs(1, nodeId, again + WEIGHT_NOTICE);
    await at(again + WEIGHT_NOTICE);
    await finish();
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, nodeId, 2n, 3n]);
  });

  it("refuses a node whose bond was withdrawn, whose provider distrusts, that asks more by now, and what is filled", async () => {
    const { manager, nodeRegistry, provider1, termsRegistry } = fixture;
    await at(effectiveAt);
    await termsRegistry.connect(provider1).withdrawBond(1, nodeId, 1);
    await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered").withArgs(1, nodeId, 2, 1);
    await termsRegistry.connect(provider1).postBond(1, nodeId, 1);
    await nodeRegistry.connect(provider1).distrustManager(manager);
    await expect(finish())
      .to.be.revertedWithCustomError(termsRegistry, "ManagerNotTrusted")
      .withArgs(nodeId, provider1.address, manager.address);
    await nodeRegistry.connect(provider1).trustManager(manager);
    await nodeRegistry.connect(provider1).changeNodeRent(nodeId, DEFAULTS.rentPerMonth + 1n);
    await expect(finish())
      .to.be.revertedWithCustomError(termsRegistry, "RentNotLower")
      .withArgs(1, nodeId, DEFAULTS.rentPerMonth + 1n, DEFAULTS.rentPerMonth);
  });

  it("refuses a vnode that another node took meanwhile", async () => {
    const { manager, termsRegistry } = fixture;
    const other = await addBondedNode(fixture, 2n);
    const time = await soon();
    await termsRegistry.connect(manager).fillVacancy(1, 0, other, false);
    await at(effectiveAt);
    await finish();
    await at(time + WEIGHT_NOTICE);
    await expect(termsRegistry.finishFill(1, other)).to.be.revertedWithCustomError(termsRegistry, "VnodeNotVacant").withArgs(1, 0, nodeId);
  });

  it("refuses what was announced of a node that has left since", async () => {
    const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
    // Node 2 is to take one of the vacant vnodes, and is excluded before.
    await termsRegistry.connect(provider2).postBond(1, 2, BOND);
    const time = await soon();
    await termsRegistry.connect(manager).fillVacancy(1, 0, 2, false);
    await clusterRegistry.connect(manager).replaceNodes(1, 2, nodeId);
    await at(time + WEIGHT_NOTICE);
    await expect(termsRegistry.finishFill(1, 2)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 2);
  });
});
