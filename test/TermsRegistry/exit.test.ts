import { expect } from "chai";

import { DEFAULTS } from "../fixtures";
import { createCluster, vnodesOf } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import {
  addBondedNode,
  BOND,
  leave,
  LEAVING_NOTICE,
  NODE_BOND,
  POCKET,
  RENT,
  soon,
  termsOf,
  WEEK,
  withPaidTerms,
  withServing,
  type WithTerms,
} from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

describe("TermsRegistry: announceExit", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const announce = (nodeId = 1n, caller = fixture.provider1, clusterId = 1n) =>
    fixture.termsRegistry.connect(caller).announceExit(clusterId, nodeId);

  it("says when the node may leave, and covers no vnode any more", async () => {
    const { clusterRegistry, termsRegistry } = fixture;
    const time = await soon();
    await expect(announce())
      .to.emit(termsRegistry, "ExitAnnounced")
      .withArgs(1, 1, time + LEAVING_NOTICE)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 0);
    expect((await termsRegistry.getAgreement(1, 1)).exitAt).to.equal(time + LEAVING_NOTICE);
  });

  it("takes the notice for weights where that is longer", async () => {
    const { manager, otherManager, provider1, termsRegistry, testUSD } = fixture;
    const terms = termsOf(otherManager, { leavingNotice: DAY, weightNotice: 3n * DAY, bondPerVnode: 0n });
    await termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    const time = await soon();
    await expect(announce(1n, provider1, 2n))
      .to.emit(termsRegistry, "ExitAnnounced")
      .withArgs(2, 1, time + 3n * DAY);
  });

  it("takes seven days under default terms", async () => {
    const { nodeIds, provider1, termsRegistry } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    const time = await soon();
    await expect(announce(1n, provider1, other))
      .to.emit(termsRegistry, "ExitAnnounced")
      .withArgs(other, 1, time + WEEK);
  });

  it("refuses whoever is not the provider, and a node that does not exist", async () => {
    const { manager, provider1, termsRegistry } = fixture;
    await expect(announce(1n, manager))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotProvider")
      .withArgs(1, manager.address, provider1.address);
    await expect(announce(4n)).to.be.revertedWithCustomError(termsRegistry, "NodeUnknown").withArgs(4);
  });

  it("refuses a node that does not serve", async () => {
    const other = await addBondedNode(fixture, 1n);
    await expect(announce(other)).to.be.revertedWithCustomError(fixture.termsRegistry, "NodeNotServing").withArgs(1, other);
    await expect(announce(1n, fixture.provider1, 2n))
      .to.be.revertedWithCustomError(fixture.termsRegistry, "NodeNotServing")
      .withArgs(2, 1);
  });

  it("refuses to announce it again, which would start the notice again", async () => {
    const time = await soon();
    await announce();
    for (const later of [time + DAY, time + LEAVING_NOTICE + DAY]) {
      await at(later);
      await expect(announce())
        .to.be.revertedWithCustomError(fixture.termsRegistry, "ExitAlreadyAnnounced")
        .withArgs(1, 1, time + LEAVING_NOTICE);
    }
  });

  it("gives the node no more vnodes", async () => {
    const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
    await termsRegistry.connect(provider1).postBond(1, 1, BOND);
    await announce();
    await expect(clusterRegistry.connect(manager).replaceNode(1, 1, 1))
      .to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered")
      .withArgs(1, 1, 3, 0);
    await expect(termsRegistry.connect(provider1).postBond(1, 1, BOND))
      .to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 0);
  });
});

describe("TermsRegistry: finishExit", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const announce = async (clusterId = 1n): Promise<bigint> => {
    const { provider1, termsRegistry } = fixture;
    await termsRegistry.connect(provider1).announceExit(clusterId, 1);
    return (await termsRegistry.getAgreement(clusterId, 1)).exitAt;
  };
  const finish = (clusterId = 1n) => fixture.termsRegistry.connect(fixture.stranger).finishExit(clusterId, 1);
  const isFree = async (): Promise<void> => {
    const { clusters, reserved } = await fixture.nodeRegistry.getNode(1);
    expect([clusters, reserved]).to.deep.equal([0n, 0n]);
  };

  it("vacates the vnodes, frees the capacity and returns the bond, whoever calls", async () => {
    const { accountRegistry, clusterRegistry, provider1, termsRegistry, testUSD } = fixture;
    await at(await announce());
    await expect(finish())
      .to.emit(termsRegistry, "ExitFinished")
      .withArgs(1, 1)
      .and.to.emit(termsRegistry, "BondReturned")
      .withArgs(1, 1, provider1.address, NODE_BOND, 0)
      .and.to.emit(clusterRegistry, "NodeVacated")
      .withArgs(1, 1, 2);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
    const { nodeCount, rentPerUnit } = await clusterRegistry.getCluster(1);
    expect([nodeCount, rentPerUnit]).to.deep.equal([2n, RENT]);
    expect(await clusterRegistry.servedOf(1)).to.deep.equal([(RENT * 20_000n) / 3n, RENT * 10_000n]);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(POCKET);
    expect((await termsRegistry.getAgreement(1, 1)).provider).to.equal("0x0000000000000000000000000000000000000000");
    await isFree();
    await expectExactCustody(fixture);
  });

  it("refuses before the notice is over, and what was not announced, or is finished", async () => {
    const { termsRegistry } = fixture;
    await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
    const exitAt = await announce();
    await at(exitAt - 1n);
    await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady").withArgs(1, 1, exitAt);
    await finish();
    await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
  });

  it("pays the node what it has earned, and keeps none of it", async () => {
    fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, provider1, testUSD } = fixture;
    const exitAt = await announce();
    await at(exitAt - 1n);
    await bucketRegistry.settlePayment(1);
    const { scaledBalance } = await accountRegistry.getAccount(provider1, testUSD);
    const pool = await accountRegistry.poolOf(1);
    await expect(finish()).to.emit(clusterRegistry, "RevenuesClaimed");
    const after = (await accountRegistry.getAccount(provider1, testUSD)).scaledBalance;
    const scaled = (await accountRegistry.getCurrency(testUSD)).scale;
    // A third of what 2 % of management leave, in whole units of weight.
    const weight = RENT * 10_000n;
    expect(after - scaledBalance - NODE_BOND * scaled).to.equal((((pool * 98n) / 100n / weight) * weight) / 3n);
    await expect(clusterRegistry.claimRevenues(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster").withArgs(1, 1);
    await expectExactCustody(fixture);
  });

  it("does not give the vnodes back to a node that joins again", async () => {
    const { manager, nodeIds, provider1, termsRegistry } = fixture;
    await leave(fixture, 1n);
    await termsRegistry.connect(provider1).acceptTerms(1, 1);
    await termsRegistry.connect(provider1).postBond(1, 1, BOND);
    await termsRegistry.connect(manager).fillVacancy(1, 3, 1, false);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 1n, 2n, 3n]);
    expect(nodeIds).to.include(1n);
    // What it announced the first time is over.
    await expect(termsRegistry.finishExit(1, 1)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
    const exitAt = await announce();
    expect(exitAt).to.equal((await now()) + LEAVING_NOTICE);
  });

  it("works after the manager excluded the node, gave away a vnode, or removed the cluster", async () => {
    const { accountRegistry, clusterRegistry, manager, provider1, provider2, termsRegistry, testUSD } = fixture;
    await termsRegistry.connect(provider2).postBond(1, 2, 2n * BOND);
    const exitAt = await announce();
    const theirs = clusterRegistry.connect(manager);
    await theirs.replaceNode(1, 0, 2);
    await theirs.replaceNode(1, 3, 2);
    await isFree();
    await theirs.releaseResource(1, DEFAULTS.reservedPerVnode);
    await theirs.removeCluster(1);
    await at(exitAt);
    await expect(finish()).to.emit(termsRegistry, "ExitFinished").withArgs(1, 1).and.not.to.emit(clusterRegistry, "NodeVacated");
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(POCKET);
  });

  context("under default terms", () => {
    it("vacates, and lets the node come back", async () => {
      const { clusterRegistry, manager, nodeIds, termsRegistry } = fixture;
      const other = await createCluster(fixture, 6n, nodeIds, { perVnode: 1n });
      await at(await announce(other));
      await expect(finish(other)).to.emit(clusterRegistry, "NodeVacated").withArgs(other, 1, 2);
      expect(await vnodesOf(fixture, other)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
      await termsRegistry.connect(manager).fillVacancy(other, 0, 1, true);
      expect(await vnodesOf(fixture, other)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      await clusterRegistry.connect(manager).replaceNode(other, 1, 1);
    });

    it("gives a node that leaves no more vnodes", async () => {
      const { clusterRegistry, manager, nodeIds } = fixture;
      const other = await createCluster(fixture, 6n, nodeIds);
      await announce(other);
      await expect(clusterRegistry.connect(manager).replaceNode(other, 1, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered")
        .withArgs(other, 1, 3, 0);
    });

    it("cannot be put off by excluding the node and bringing it back", async () => {
      const { clusterRegistry, manager, nodeIds, termsRegistry } = fixture;
      const spare = await addBondedNode(fixture, 0n);
      const other = await createCluster(fixture, 6n, nodeIds);
      const exitAt = await announce(other);
      const theirs = clusterRegistry.connect(manager);
      await theirs.replaceNodes(other, 1, spare);
      await expect(theirs.replaceNodes(other, spare, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered")
        .withArgs(other, 1, 2, 0);
      await at(exitAt);
      await expect(finish(other)).to.emit(termsRegistry, "ExitFinished").withArgs(other, 1);
      await theirs.replaceNodes(other, spare, 1);
      expect(await vnodesOf(fixture, other)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    });
  });
});
