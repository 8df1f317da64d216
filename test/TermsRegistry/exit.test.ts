import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { DEFAULTS } from "../fixtures";
import { createCluster, vnodesOf } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import {
  addBondedNode,
  BOND,
  CODE,
  encoded,
  judge,
  leave,
  LEAVING_NOTICE,
  NODE_BOND,
  POCKET,
  REF,
  RENT,
  soon,
  termsOf,
  WEEK,
  withPaidTerms,
  withServing,
  type WithTerms,
} from "../helpers/terms";
import { streamed } from "../helpers/streams";
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

  it("may be finished at once where the node's quality is below half", async () => {
    const { termsRegistry } = fixture;
    await judge(fixture, 1n, 5_000n);
    await judge(fixture, 2n, 4_999n);
    const time = await soon();
    await expect(announce())
      .to.emit(termsRegistry, "ExitAnnounced")
      .withArgs(1, 1, time + LEAVING_NOTICE);
    const next = await soon();
    await expect(announce(2n, fixture.provider2)).to.emit(termsRegistry, "ExitAnnounced").withArgs(1, 2, next);
    expect((await termsRegistry.getAgreement(1, 2)).exitAt).to.equal(next);
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

  it("refuses a node that does not serve, and whose provider agreed to nothing", async () => {
    await expect(announce(1n, fixture.provider1, 2n))
      .to.be.revertedWithCustomError(fixture.termsRegistry, "NodeNotInCluster")
      .withArgs(2, 1);
  });

  it("takes an acceptance back at once, with the whole bond, for a node that has not served", async () => {
    const { accountRegistry, manager, provider1, termsRegistry, testUSD } = fixture;
    const other = await addBondedNode(fixture, 1n);
    const { balance } = await accountRegistry.getAccount(provider1, testUSD);
    const bond = await termsRegistry.bondOf(1, other);
    const time = await soon();
    await expect(announce(other)).to.emit(termsRegistry, "ExitAnnounced").withArgs(1, other, time);
    await expect(fixture.clusterRegistry.connect(manager).replaceNodes(1, 1, other)).to.be.revertedWithCustomError(
      fixture.clusterRegistry,
      "VnodesNotCovered",
    );
    await expect(termsRegistry.finishExit(1, other)).to.emit(termsRegistry, "ExitFinished").withArgs(1, other);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(balance + bond);
    expect((await termsRegistry.getAgreement(1, other)).provider).to.equal(ZeroAddress);
    await termsRegistry.connect(provider1).acceptTerms(1, other);
  });

  it("takes an acceptance back at once for a node that served under an earlier agreement alone", async () => {
    const { provider1, termsRegistry } = fixture;
    await leave(fixture, 1n);
    await termsRegistry.connect(provider1).acceptTerms(1, 1);
    await termsRegistry.connect(provider1).postBond(1, 1, 1);
    await announce();
    await expect(termsRegistry.finishExit(1, 1)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, 1, 0);
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
    expect((await termsRegistry.getAgreement(1, 1)).provider).to.equal(ZeroAddress);
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
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, provider1, testUSD } = fixture;
    const exitAt = await announce();
    await at(exitAt);
    await bucketRegistry.settlePayment(1);
    await at(exitAt + 1n);
    const { scaledBalance } = await accountRegistry.getAccount(provider1, testUSD);
    // What the cluster earns in the second until then.
    const pool = (await accountRegistry.poolOf(1)) + streamed(RENT, 1n);
    await expect(finish()).to.emit(clusterRegistry, "RevenuesClaimed");
    const after = (await accountRegistry.getAccount(provider1, testUSD)).scaledBalance;
    const scaled = (await priceRegistry.getCurrency(testUSD)).scale;
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

  context("when the node serves on after its notice is over", () => {
    const balance = async (): Promise<bigint> => (await fixture.accountRegistry.getAccount(fixture.provider1, fixture.testUSD)).balance;
    const slash = () => fixture.termsRegistry.connect(fixture.validator).slash(1, 1, 1, CODE, REF);

    it("returns its bond at once within a day", async () => {
      const exitAt = await announce();
      await at(exitAt + DAY);
      await expect(finish()).to.emit(fixture.termsRegistry, "ExitFinished").withArgs(1, 1);
      expect(await balance()).to.equal(POCKET);
    });

    for (const [text, late, more] of [
      ["as long as it did", DAY + 1n, DAY + 1n],
      ["one more notice at most", 3n * LEAVING_NOTICE, LEAVING_NOTICE],
    ] as const) {
      it(`keeps its bond liable for ${text} after more than a day`, async () => {
        const { clusterRegistry, termsRegistry } = fixture;
        const exitAt = await announce();
        const leftAt = exitAt + late;
        await at(leftAt);
        await expect(finish())
          .to.emit(clusterRegistry, "NodeVacated")
          .withArgs(1, 1, 2)
          .and.to.emit(termsRegistry, "BondRetained")
          .withArgs(1, 1, leftAt + more);
        const { exitAt: finishAt, lockedUntil } = await termsRegistry.getAgreement(1, 1);
        expect([finishAt, lockedUntil]).to.deep.equal([leftAt + more, leftAt + more]);
        await at(leftAt + more - 2n);
        await expect(finish())
          .to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady")
          .withArgs(1, 1, leftAt + more);
        await slash();
        await at(leftAt + more);
        await expect(slash()).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(1, 1);
        await expect(finish()).to.emit(termsRegistry, "ExitFinished").withArgs(1, 1);
        expect(await balance()).to.equal(POCKET - 1n);
      });
    }

    it("keeps its bond liable in the same way when the manager excludes it then", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const exitAt = await announce();
      await at(exitAt + 2n * DAY);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(exitAt + 4n * DAY);
    });
  });

  context("when the node's quality was below half since the exit was announced", () => {
    const balance = async (): Promise<bigint> => (await fixture.accountRegistry.getAccount(fixture.provider1, fixture.testUSD)).balance;
    const slash = (amount: bigint, by = fixture.validator) => fixture.termsRegistry.connect(by).slash(1, 1, amount, CODE, REF);
    const refused = (until: bigint) =>
      expect(finish()).to.be.revertedWithCustomError(fixture.termsRegistry, "ChangeNotReady").withArgs(1, 1, until);
    /** Lets the node leave at once. Returns when its notice is over. */
    const leaveEarly = async (): Promise<bigint> => {
      await judge(fixture, 1n, 0n);
      await announce();
      const until = (await now()) + LEAVING_NOTICE;
      await finish();
      return until;
    };

    it("vacates the vnodes at once, whoever calls, and keeps the bond until the notice is over", async () => {
      const { clusterRegistry, termsRegistry } = fixture;
      await judge(fixture, 1n, 4_999n);
      await announce();
      const until = (await now()) + LEAVING_NOTICE;
      await expect(finish())
        .to.emit(clusterRegistry, "NodeVacated")
        .withArgs(1, 1, 2)
        .and.to.emit(termsRegistry, "BondRetained")
        .withArgs(1, 1, until)
        .and.not.to.emit(termsRegistry, "BondReturned");
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
      await isFree();
      const { bond, exitAt, lockedUntil } = await termsRegistry.getAgreement(1, 1);
      expect([bond, exitAt, lockedUntil]).to.deep.equal([NODE_BOND, until, until]);
      await refused(until);
      await expectExactCustody(fixture);
    });

    it("returns the bond and ends the agreement by a second call, once", async () => {
      const { clusterRegistry, provider1, termsRegistry } = fixture;
      const until = await leaveEarly();
      await at(until - 1n);
      await refused(until);
      await expect(finish())
        .to.emit(termsRegistry, "BondReturned")
        .withArgs(1, 1, provider1.address, NODE_BOND, 0)
        .and.to.emit(termsRegistry, "ExitFinished")
        .withArgs(1, 1)
        .and.not.to.emit(clusterRegistry, "NodeVacated");
      expect(await balance()).to.equal(POCKET);
      await expect(finish()).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 1);
      await expect(termsRegistry.connect(provider1).withdrawBond(1, 1, 1))
        .to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted")
        .withArgs(1, 1);
      await expectExactCustody(fixture);
    });

    it("returns the bond by withdrawBond as well, once", async () => {
      const { provider1, termsRegistry } = fixture;
      const until = await leaveEarly();
      const withdraw = () => termsRegistry.connect(provider1).withdrawBond(1, 1, MaxUint256);
      await at(until - 1n);
      await expect(withdraw()).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, NODE_BOND, until);
      await expect(withdraw()).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, NODE_BOND, 0);
      await expect(withdraw()).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
      await expect(finish()).to.emit(termsRegistry, "ExitFinished").withArgs(1, 1).and.not.to.emit(termsRegistry, "BondReturned");
      expect(await balance()).to.equal(POCKET);
      await expectExactCustody(fixture);
    });

    it("leaves the bond to be slashed until the notice is over, and not a second longer", async () => {
      const { termsRegistry } = fixture;
      const until = await leaveEarly();
      await expect(slash(5n)).to.emit(termsRegistry, "NodeSlashed");
      await at(until - 1n);
      await slash(5n);
      await at(until);
      await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(1, 1);
      await finish();
      expect(await balance()).to.equal(POCKET - 10n);
    });

    it("holds for an exit that was announced before the report", async () => {
      const { clusterRegistry, termsRegistry } = fixture;
      const until = await announce();
      await at(until - 2n * DAY);
      await judge(fixture, 1n, 5_000n);
      await refused(until);
      await judge(fixture, 1n, 4_999n);
      expect((await termsRegistry.getAgreement(1, 1)).exitAt).to.equal(until - LEAVING_NOTICE);
      await expect(finish()).to.emit(clusterRegistry, "NodeVacated").and.to.emit(termsRegistry, "BondRetained").withArgs(1, 1, until);
      await at(until);
      await finish();
      expect(await balance()).to.equal(POCKET);
    });

    it("cannot be taken back by a better report, so that nobody raises the quality for the block in which the node leaves", async () => {
      const { termsRegistry } = fixture;
      await announce();
      await judge(fixture, 1n, 0n);
      await judge(fixture, 1n, 10_000n);
      await expect(finish()).to.emit(termsRegistry, "BondRetained");
    });

    it("counts only what was in force since the announcement", async () => {
      await judge(fixture, 1n, 0n);
      await judge(fixture, 1n, 5_000n);
      await refused(await announce());
    });

    it("leaves and gets its bond back at once when the notice is over", async () => {
      const { termsRegistry } = fixture;
      const until = await announce();
      await judge(fixture, 1n, 0n);
      await at(until);
      await expect(finish())
        .to.emit(termsRegistry, "ExitFinished")
        .withArgs(1, 1)
        .and.to.emit(termsRegistry, "BondReturned")
        .and.not.to.emit(termsRegistry, "BondRetained");
    });

    it("announces and leaves in one transaction", async () => {
      const { clusterRegistry, provider1, termsRegistry } = fixture;
      await judge(fixture, 1n, 0n);
      const calls = ["announceExit", "finishExit"].map((name) => encoded(termsRegistry, name, [1, 1]));
      await expect(termsRegistry.connect(provider1).multicall(calls)).to.emit(clusterRegistry, "NodeVacated").withArgs(1, 1, 2);
    });

    it("does not let the node come back, or its provider accept the terms, before the second call", async () => {
      const { manager, provider1, termsRegistry } = fixture;
      const until = await leaveEarly();
      const accept = () => termsRegistry.connect(provider1).acceptTerms(1, 1);
      const fill = () => termsRegistry.connect(manager).fillVacancy(1, 0, 1, true);
      await termsRegistry.connect(provider1).postBond(1, 1, 2n * BOND);
      await expect(fill()).to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered").withArgs(1, 1, 2, 0);
      await expect(accept()).to.be.revertedWithCustomError(termsRegistry, "TermsAlreadyAccepted").withArgs(1, 1);
      await expect(termsRegistry.connect(provider1).announceExit(1, 1))
        .to.be.revertedWithCustomError(termsRegistry, "ExitAlreadyAnnounced")
        .withArgs(1, 1, until);
      await at(until);
      await finish();
      expect(await balance()).to.equal(POCKET);
      await accept();
      await termsRegistry.connect(provider1).postBond(1, 1, NODE_BOND);
      await fill();
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      // Another exit takes its notice again.
      expect(await announce()).to.equal((await now()) + LEAVING_NOTICE);
    });

    it("changes nothing for a node that was excluded meanwhile: its notice runs since the announcement", async () => {
      const { clusterRegistry, manager } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const until = await announce();
      await judge(fixture, 1n, 0n);
      await at(until - 100n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await refused(until);
      await slash(5n);
      await at(until);
      await finish();
      expect(await balance()).to.equal(POCKET - NODE_BOND - 5n);
    });

    it("leaves the judging to the validator that was in office at the announcement", async () => {
      const { manager, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(manager).offerValidator(1, stranger);
      const { effectiveAt } = await termsRegistry.offeredValidator(1);
      await at(effectiveAt - 10n);
      const until = await announce();
      await at(effectiveAt);
      await termsRegistry.finishValidator(1);
      await judge(fixture, 1n, 0n);
      await finish();
      expect(await termsRegistry.validatorOf(1, 1)).to.equal(validator.address);
      await expect(slash(1n, stranger))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, stranger.address, validator.address);
      await slash(1n);
      // No third one takes office while the bond answers.
      await termsRegistry.connect(manager).offerValidator(1, manager);
      expect((await termsRegistry.offeredValidator(1)).effectiveAt).to.be.greaterThanOrEqual(until);
    });

    it("finishes all at once where there is no bond", async () => {
      const { manager, otherManager, provider1, termsRegistry, testUSD } = fixture;
      await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager, { bondPerVnode: 0n }), testUSD, 1, 0, "");
      await termsRegistry.connect(provider1).acceptTerms(2, 1);
      await termsRegistry.connect(manager).fillCluster(2, [1]);
      await termsRegistry.connect(otherManager).reportQuality(2, 1, 0, CODE, REF);
      await announce(2n);
      await expect(finish(2n)).to.emit(termsRegistry, "ExitFinished").withArgs(2, 1).and.not.to.emit(termsRegistry, "BondRetained");
      expect((await termsRegistry.getAgreement(2, 1)).provider).to.equal(ZeroAddress);
    });

    it("finishes all at once under default terms", async () => {
      const { manager, nodeIds, termsRegistry } = fixture;
      const other = await createCluster(fixture, 6n, nodeIds);
      await termsRegistry.connect(manager).reportQuality(other, 1, 0, CODE, REF);
      await announce(other);
      await expect(finish(other)).to.emit(termsRegistry, "ExitFinished").withArgs(other, 1);
      expect(await vnodesOf(fixture, other)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
    });

    it("returns the bond also when the cluster is removed meanwhile", async () => {
      const { clusterRegistry, manager } = fixture;
      const until = await leaveEarly();
      const theirs = clusterRegistry.connect(manager);
      await theirs.releaseResource(1, DEFAULTS.reservedPerVnode);
      await theirs.removeCluster(1);
      await refused(until);
      await at(until);
      await finish();
      expect(await balance()).to.equal(POCKET);
    });
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
