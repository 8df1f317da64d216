import { expect } from "chai";
import { ZeroAddress } from "ethers";

import type { PendingInfo } from "../../src";
import { plain } from "../../src/network/plain";
import { createCluster } from "../helpers/clusters";
import {
  addBondedNode,
  BOND,
  CODE,
  judge,
  LEAVING_NOTICE,
  REF,
  soon,
  VALIDATOR_NOTICE,
  WEEK,
  withServing,
  type WithTerms,
} from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

describe("TermsRegistry: pendingOf", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const pending = async (nodeId = 1n, clusterId = 1n) => plain<PendingInfo>(await fixture.termsRegistry.pendingOf(clusterId, nodeId));
  const announce = async (): Promise<bigint> => {
    const time = await soon();
    await fixture.termsRegistry.connect(fixture.provider1).announceExit(1, 1);
    return time + LEAVING_NOTICE;
  };
  const offer = async (): Promise<bigint> => {
    const { manager, stranger, termsRegistry } = fixture;
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    return time + VALIDATOR_NOTICE;
  };
  const NOTHING = {
    exitAt: 0n,
    canFinishExit: false,
    lockedUntil: 0n,
    shortSince: 0n,
    vacatableFrom: 0n,
    nextValidator: ZeroAddress,
    nextValidatorAt: 0n,
    canFinishValidator: false,
    acceptanceBlocked: false,
  };

  it("is nothing where nothing is announced, but for the node's validator", async () => {
    expect(await pending()).to.deep.equal({ ...NOTHING, validator: fixture.validator.address });
  });

  it("is nothing of a cluster that does not exist", async () => {
    expect(await pending(1n, 9n)).to.deep.equal({ ...NOTHING, validator: ZeroAddress });
  });

  it("says from which second on an exit can be finished", async () => {
    const exitAt = await announce();
    await passTo(exitAt - 1n);
    expect(await pending()).to.include({ exitAt, canFinishExit: false, lockedUntil: 0n });
    await passTo(exitAt);
    expect(await pending()).to.include({ exitAt, canFinishExit: true, lockedUntil: 0n });
    await fixture.termsRegistry.finishExit(1, 1);
    expect(await pending()).to.deep.equal({ ...NOTHING, validator: fixture.validator.address });
  });

  it("says that a node may leave early, and until which second its bond is withheld then", async () => {
    const { termsRegistry } = fixture;
    await judge(fixture, 1n, 0n);
    const lockedUntil = await announce();
    const announcedAt = lockedUntil - LEAVING_NOTICE;
    expect(await pending()).to.include({ exitAt: announcedAt, canFinishExit: true, lockedUntil: 0n });
    await termsRegistry.finishExit(1, 1);
    await passTo(lockedUntil - 1n);
    expect(await pending()).to.include({ exitAt: lockedUntil, canFinishExit: false, lockedUntil });
    await passTo(lockedUntil);
    expect(await pending()).to.include({ exitAt: lockedUntil, canFinishExit: true, lockedUntil: 0n });
    await termsRegistry.finishExit(1, 1);
  });

  it("says until which second the bond of an excluded node is withheld, if it has one", async () => {
    const { clusterRegistry, manager, termsRegistry, otherManager, provider1, testUSD } = fixture;
    const other = await addBondedNode(fixture, 2n);
    const lockedUntil = (await soon()) + LEAVING_NOTICE;
    await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
    await passTo(lockedUntil - 1n);
    expect(await pending()).to.include({ exitAt: 0n, canFinishExit: false, lockedUntil });
    await passTo(lockedUntil);
    expect(await pending()).to.include({ lockedUntil: 0n });

    // Without a bond, nothing is withheld.
    const terms = { validator: otherManager, bondPerVnode: 0, maxSlashBps: 0, leavingNotice: LEAVING_NOTICE, validatorNotice: DAY };
    await termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, 1, 0, "");
    for (const nodeId of [1n, other]) await termsRegistry.connect(provider1).acceptTerms(2, nodeId);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    await clusterRegistry.connect(manager).replaceNodes(2, 1, other);
    expect(await pending(1n, 2n)).to.include({ lockedUntil: 0n });
  });

  it("says since when a bond is short, and from which second on the vnodes can be vacated", async () => {
    const { termsRegistry, validator } = fixture;
    const shortSince = await soon();
    await termsRegistry.connect(validator).slash(1, 1, 1, CODE, REF);
    const short = { shortSince, vacatableFrom: shortSince + WEEK };
    await passTo(shortSince + WEEK - 2n);
    expect(await pending()).to.include(short);
    await at(shortSince + WEEK - 1n);
    await expect(termsRegistry.vacateUncovered(1, 1))
      .to.be.revertedWithCustomError(termsRegistry, "BondNotOverdue")
      .withArgs(1, 1, short.vacatableFrom);
    expect(await pending()).to.include(short);
    await at(shortSince + WEEK);
    await termsRegistry.vacateUncovered(1, 1);
    expect(await pending()).to.include({ shortSince: 0n, vacatableFrom: 0n, lockedUntil: shortSince + WEEK + LEAVING_NOTICE });
  });

  it("says that a bond is short no longer once it is topped up, or the node serves fewer vnodes", async () => {
    const { clusterRegistry, manager, provider1, provider2, termsRegistry, validator } = fixture;
    for (const nodeId of [1n, 2n]) await termsRegistry.connect(validator).slash(1, nodeId, 1, CODE, REF);
    await termsRegistry.connect(provider1).postBond(1, 1, BOND + 1n);
    expect(await pending()).to.include({ shortSince: 0n, vacatableFrom: 0n });
    expect((await pending(2n)).shortSince).to.equal((await now()) - 1n);
    await clusterRegistry.connect(manager).replaceNode(1, 1, 1);
    expect(await pending(2n)).to.include({ shortSince: 0n, vacatableFrom: 0n });
    expect(provider2.address).to.not.equal(provider1.address);
  });

  it("says which validator comes next, and from which second on it may take office", async () => {
    const { stranger, termsRegistry, validator } = fixture;
    const nextValidatorAt = await offer();
    const next = { nextValidator: stranger.address, nextValidatorAt, validator: validator.address };
    await passTo(nextValidatorAt - 1n);
    expect(await pending()).to.include({ ...next, canFinishValidator: false });
    await passTo(nextValidatorAt);
    expect(await pending()).to.include({ ...next, canFinishValidator: true });
    await termsRegistry.finishValidator(1);
    expect(await pending()).to.deep.equal({ ...NOTHING, validator: stranger.address });
  });

  it("names the validator that judges a leaving node, whichever is in office", async () => {
    const { stranger, termsRegistry, validator } = fixture;
    await announce();
    await at(await offer());
    await termsRegistry.finishValidator(1);
    expect((await pending()).validator).to.equal(validator.address);
    expect((await pending(2n)).validator).to.equal(stranger.address);
  });

  it("says that an announced validator blocks the acceptance of a node, until it is in office or taken back", async () => {
    const { manager, nodeRegistry, provider1, termsRegistry } = fixture;
    await nodeRegistry.connect(provider1).createNode(1, 1, "");
    const node = 4n;
    const expectBlocked = async (acceptanceBlocked: boolean): Promise<void> => {
      expect(await pending(node)).to.include({ acceptanceBlocked });
      const accepted = termsRegistry.connect(provider1).acceptTerms.staticCall(1, node);
      if (acceptanceBlocked) await expect(accepted).to.be.revertedWithCustomError(termsRegistry, "ValidatorChangePending");
      else await accepted;
    };
    await expectBlocked(false);
    await offer();
    await expectBlocked(true);
    // The provider of a node that has accepted needs no acceptance.
    expect(await pending()).to.include({ acceptanceBlocked: false });
    await termsRegistry.connect(manager).offerValidator(1, ZeroAddress);
    await expectBlocked(false);
    await at(await offer());
    await expectBlocked(true);
    await termsRegistry.finishValidator(1);
    await expectBlocked(false);
  });

  it("says so of no cluster with default terms, which nobody agrees to", async () => {
    const { manager, nodeIds, stranger, termsRegistry } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(other, stranger);
    expect(await pending(1n, other)).to.deep.equal({
      ...NOTHING,
      validator: manager.address,
      nextValidator: stranger.address,
      nextValidatorAt: time + WEEK,
    });
  });
});
