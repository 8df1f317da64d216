import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { createCluster } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { fieldsOf } from "../helpers/fields";
import {
  addBondedNode,
  BOND,
  CODE,
  leave,
  LEAVING_NOTICE,
  MAX_SLASH,
  NODE_BOND,
  POCKET,
  REF,
  soon,
  WEEK,
  withBonds,
  withServing,
  withTerms,
  type WithTerms,
} from "../helpers/terms";
import { at } from "../helpers/units";

const TEST_USD_ID = 2n;

describe("TermsRegistry: postBond", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withTerms();
    await fixture.termsRegistry.connect(fixture.provider1).acceptTerms(1, 1);
  });

  const post = (amount: bigint, nodeId = 1n, caller = fixture.provider1) =>
    fixture.termsRegistry.connect(caller).postBond(1, nodeId, amount);

  it("moves it out of the provider's account, and covers whole vnodes", async () => {
    const { accountRegistry, clusterRegistry, provider1, termsRegistry, testUSD } = fixture;
    await expect(post(BOND - 1n))
      .to.emit(termsRegistry, "BondPosted")
      .withArgs(1, 1, provider1.address, BOND - 1n, BOND - 1n)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 0);
    await expect(post(1n))
      .to.emit(termsRegistry, "BondPosted")
      .withArgs(1, 1, provider1.address, 1, BOND)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 1);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(POCKET - BOND);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(BOND);
    await expectExactCustody(fixture);
  });

  it("covers no more than all the vnodes that there can be", async () => {
    const { accountRegistry, clusterRegistry, owner, provider1, testUSD } = fixture;
    await accountRegistry.connect(owner).depositFor(provider1, testUSD, 65_536n * BOND);
    await expect(post(65_536n * BOND))
      .to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 65_535);
  });

  it("refuses nothing", async () => {
    await expect(post(0n)).to.be.revertedWithCustomError(fixture.termsRegistry, "AmountZero");
  });

  it("refuses a node whose provider accepted nothing, and another cluster", async () => {
    const { provider2, termsRegistry } = fixture;
    await expect(post(1n, 2n, provider2))
      .to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted")
      .withArgs(1, 2);
    const other = await createCluster(fixture, 6n, [1n]);
    await expect(termsRegistry.connect(fixture.provider1).postBond(other, 1, 1))
      .to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted")
      .withArgs(other, 1);
  });

  it("refuses whoever did not accept the terms", async () => {
    const { provider1, provider2, termsRegistry } = fixture;
    await expect(post(1n, 1n, provider2))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotProvider")
      .withArgs(1, provider2.address, provider1.address);
  });

  it("refuses more than there is in the account, and takes all of it", async () => {
    const { termsRegistry } = fixture;
    for (const amount of [POCKET + 1n, MaxUint256]) {
      await expect(post(amount)).to.be.revertedWithCustomError(termsRegistry, "InsufficientBalance").withArgs(POCKET, amount);
    }
    await post(POCKET);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(POCKET);
  });
});

describe("TermsRegistry: withdrawBond", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withBonds();
  });

  const withdraw = (amount: bigint, nodeId = 1n, caller = fixture.provider1) =>
    fixture.termsRegistry.connect(caller).withdrawBond(1, nodeId, amount);
  const balance = async (): Promise<bigint> => (await fixture.accountRegistry.getAccount(fixture.provider1, fixture.testUSD)).balance;

  it("returns all of it to a node that serves nothing, and covers as many vnodes as what is left does", async () => {
    const { clusterRegistry, provider1, termsRegistry } = fixture;
    await expect(withdraw(1n))
      .to.emit(termsRegistry, "BondReturned")
      .withArgs(1, 1, provider1.address, 1, NODE_BOND - 1n)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 1);
    await expect(withdraw(MaxUint256))
      .to.emit(termsRegistry, "BondReturned")
      .withArgs(1, 1, provider1.address, NODE_BOND - 1n, 0);
    await expect(withdraw(MaxUint256)).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
    expect(await balance()).to.equal(POCKET);
    await expectExactCustody(fixture);
  });

  it("refuses nothing, and whoever is not the provider", async () => {
    const { provider1, provider2, termsRegistry } = fixture;
    await expect(withdraw(0n)).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
    await expect(withdraw(1n, 1n, provider2))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotProvider")
      .withArgs(1, provider2.address, provider1.address);
    await expect(withdraw(1n, 4n)).to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted").withArgs(1, 4);
  });

  it("refuses what covers vnodes, and returns the rest", async () => {
    fixture = await withServing();
    const { termsRegistry, provider1 } = fixture;
    await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, 0);
    await expect(withdraw(MaxUint256)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, NODE_BOND, 0);
    await termsRegistry.connect(provider1).postBond(1, 1, 3);
    await expect(withdraw(4n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 3, 4, 0);
    await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, 3, NODE_BOND);
  });

  context("when vnodes were taken from a node that serves on", () => {
    /** Takes one of the two vnodes of node 1. Returns when. */
    const takeOne = async (): Promise<bigint> => {
      const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
      await termsRegistry.connect(provider2).postBond(1, 2, BOND);
      const taken = await soon();
      await clusterRegistry.connect(manager).replaceNode(1, 0, 2);
      return taken;
    };
    const liableVnodes = async (nodeId = 1n): Promise<bigint> => (await fixture.clusterRegistry.membershipOf(1, nodeId)).liableVnodes;

    beforeEach(async () => {
      fixture = await withServing();
    });

    it("returns what covered them when the leaving notice is over, and not a second before", async () => {
      const { provider1, termsRegistry } = fixture;
      const taken = await takeOne();
      expect(await liableVnodes()).to.equal(2);
      await at(taken + LEAVING_NOTICE - 1n);
      await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, 0);
      await at(taken + LEAVING_NOTICE);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, BOND, BOND);
      expect(await liableVnodes()).to.equal(1);
    });

    it("lets the validator slash all of the bond until then", async () => {
      const { termsRegistry, validator } = fixture;
      const taken = await takeOne();
      await at(taken + LEAVING_NOTICE - 1n);
      await termsRegistry.connect(validator).slash(1, 1, MAX_SLASH, CODE, REF);
      expect(await termsRegistry.bondOf(1, 1)).to.equal(NODE_BOND - MAX_SLASH);
    });

    it("returns what covered the others when the node is excluded and comes back with one vnode", async () => {
      const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const left = await soon();
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await clusterRegistry.connect(manager).replaceNode(1, 0, 1);
      expect(await liableVnodes()).to.equal(2);
      await at(left + LEAVING_NOTICE - 1n);
      await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, 0);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, BOND, BOND);
    });

    it("counts only those that it served within a leaving notice before the last one was taken", async () => {
      const taken = await takeOne();
      await at(taken + LEAVING_NOTICE);
      const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
      await termsRegistry.connect(provider2).postBond(1, 2, BOND);
      await clusterRegistry.connect(manager).replaceNode(1, 3, 2);
      // It has left, with one vnode: comes back with none but that.
      await clusterRegistry.connect(manager).replaceNode(1, 3, 1);
      expect(await liableVnodes()).to.equal(1);
    });

    it("counts the most that it served before vnodes were taken one after the other", async () => {
      const taken = await takeOne();
      const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
      await at(taken + LEAVING_NOTICE - 10n);
      await termsRegistry.connect(provider2).postBond(1, 2, BOND);
      const again = await soon(1n);
      await clusterRegistry.connect(manager).replaceNode(1, 3, 2);
      await clusterRegistry.connect(manager).replaceNode(1, 3, 1);
      expect(await liableVnodes()).to.equal(2);
      await at(again + LEAVING_NOTICE);
      await withdraw(BOND);
    });
  });

  context("when the provider accepts again after a finished exit", () => {
    beforeEach(async () => {
      fixture = await withServing();
      await leave(fixture, 1n);
      await fixture.termsRegistry.connect(fixture.provider1).acceptTerms(1, 1);
      await fixture.termsRegistry.connect(fixture.provider1).postBond(1, 1, NODE_BOND);
    });

    it("returns the new bond at once, which answers for nothing that the node served before", async () => {
      const { provider1, termsRegistry, validator } = fixture;
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(0);
      await expect(termsRegistry.connect(validator).slash(1, 1, 1, CODE, REF))
        .to.be.revertedWithCustomError(termsRegistry, "BondNotLiable")
        .withArgs(1, 1);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, NODE_BOND, 0);
    });

    it("locks of the new bond only what covers vnodes, whatever the node served before", async () => {
      const { manager, provider1, termsRegistry } = fixture;
      await termsRegistry.connect(manager).fillVacancy(1, 0, 1, false);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, BOND, BOND);
    });

    it("locks all of it for the leaving notice when the node is excluded under the new agreement", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      await termsRegistry.connect(manager).fillVacancy(1, 0, 1, false);
      const other = await addBondedNode(fixture, 1n);
      const left = await soon();
      await clusterRegistry.connect(manager).replaceNode(1, 0, other);
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(left + LEAVING_NOTICE);
    });
  });

  context("when the node was excluded", () => {
    it("returns nothing before the leaving notice is over, and then all of it", async () => {
      fixture = await withServing();
      const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const left = await soon();
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      const until = left + LEAVING_NOTICE;
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(until);
      await at(until - 1n);
      await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, until);
      await at(until);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, NODE_BOND, 0);
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(0);
      expect(await balance()).to.equal(POCKET - NODE_BOND);
    });
  });

  context("when the cluster is removed", () => {
    it("returns all of it after the leaving notice", async () => {
      fixture = await withServing();
      const { clusterRegistry, manager, termsRegistry } = fixture;
      const left = await soon();
      await clusterRegistry.connect(manager).removeCluster(1);
      await at(left + LEAVING_NOTICE - 1n);
      await expect(withdraw(1n))
        .to.be.revertedWithCustomError(termsRegistry, "BondLocked")
        .withArgs(1, 1, 0, 1, left + LEAVING_NOTICE);
      await withdraw(MaxUint256);
      expect(await balance()).to.equal(POCKET);
      await expectExactCustody(fixture);
    });
  });

  context("when the node's exit was announced, and the node was excluded afterwards", () => {
    it("returns nothing before the leaving notice since the announcement is over, and then all of it", async () => {
      fixture = await withServing();
      const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const until = (await soon()) + LEAVING_NOTICE;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await at(until - 100n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      expect((await termsRegistry.getAgreement(1, 1)).lockedUntil).to.equal(until);
      await at(until - 1n);
      await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, until);
      await expect(withdraw(MaxUint256)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, NODE_BOND, 0);
    });
  });

  context("when the node is about to leave", () => {
    it("returns nothing, not even what covers no vnode", async () => {
      fixture = await withServing();
      const { provider1, termsRegistry } = fixture;
      await termsRegistry.connect(provider1).postBond(1, 1, 3);
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await expect(withdraw(1n)).to.be.revertedWithCustomError(termsRegistry, "BondLocked").withArgs(1, 1, 0, 1, 0);
    });
  });
});

describe("TermsRegistry: getAgreement", () => {
  const nothing = {
    provider: "0x0000000000000000000000000000000000000000",
    currencyId: 0n,
    bond: 0n,
    lockedUntil: 0n,
    slashable: 0n,
    slashableLeft: 0n,
    slashRenewsAt: 0n,
    shortSince: 0n,
    exitAt: 0n,
    leftBefore: 0n,
  };

  it("is empty of what nobody agreed to", async () => {
    const { termsRegistry } = await withTerms();
    expect(fieldsOf(await termsRegistry.getAgreement(2, 1))).to.deep.equal(nothing);
    expect(fieldsOf(await termsRegistry.getAgreement(1, 1))).to.deep.equal({ ...nothing, currencyId: TEST_USD_ID });
    expect(await termsRegistry.bondOf(2, 1)).to.equal(0);
  });

  it("tells all that is announced of a node", async () => {
    const fixture = await withServing();
    const { provider1, termsRegistry, validator } = fixture;
    const slashedAt = await soon();
    await termsRegistry.connect(validator).slash(1, 1, 5, CODE, REF);
    const announcedAt = await soon();
    await termsRegistry.connect(provider1).announceExit(1, 1);
    expect(fieldsOf(await termsRegistry.getAgreement(1, 1))).to.deep.equal({
      provider: provider1.address,
      currencyId: TEST_USD_ID,
      bond: NODE_BOND - 5n,
      lockedUntil: 0n,
      slashable: (NODE_BOND * 2_000n) / 10_000n - 5n,
      slashableLeft: (NODE_BOND * 2_000n) / 10_000n - 5n,
      slashRenewsAt: slashedAt + WEEK,
      shortSince: slashedAt,
      exitAt: announcedAt + LEAVING_NOTICE,
      leftBefore: 0n,
    });
  });

  it("keeps the currency of a cluster that is gone", async () => {
    const fixture = await withServing();
    const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
    const left = await soon();
    await clusterRegistry.connect(manager).removeCluster(1);
    expect(fieldsOf(await termsRegistry.getAgreement(1, 1))).to.deep.equal({
      ...nothing,
      provider: provider1.address,
      currencyId: TEST_USD_ID,
      bond: NODE_BOND,
      slashable: (NODE_BOND * 2_000n) / 10_000n,
      lockedUntil: left + LEAVING_NOTICE,
    });
  });
});
