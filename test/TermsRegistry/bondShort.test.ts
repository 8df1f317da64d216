import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { DEFAULTS } from "../fixtures";
import { addBondedNode, BOND, CODE, judge, LEAVING_NOTICE, NODE_BOND, REF, soon, withServing, type WithTerms } from "../helpers/terms";
import { at, now } from "../helpers/units";

// A reader that sees only logs: a bond is short since the last BondShort, as long as it covers fewer vnodes than the node serves.

describe("TermsRegistry: BondShort", () => {
  let fixture: WithTerms;
  /** When the bond of node 1 became short. */
  let since: bigint;
  beforeEach(async () => {
    fixture = await withServing();
    since = await soon();
    await slash();
  });

  const slash = (nodeId = 1n) => fixture.termsRegistry.connect(fixture.validator).slash(1, nodeId, 1, CODE, REF);
  const expectEnded = (transaction: ContractTransactionResponse | Promise<ContractTransactionResponse>) =>
    expect(transaction).to.emit(fixture.termsRegistry, "BondShort").withArgs(1, 1, 0);
  const expectSilent = (transaction: ContractTransactionResponse | Promise<ContractTransactionResponse>) =>
    expect(transaction).to.not.emit(fixture.termsRegistry, "BondShort");
  /** What the logs say, beside what the view does. */
  const expectDerived = async (expected: bigint): Promise<void> => {
    const { clusterRegistry, termsRegistry } = fixture;
    const shorts = await termsRegistry.queryFilter(termsRegistry.filters.BondShort(1, 1));
    const { bond, shortSince } = await termsRegistry.getAgreement(1, 1);
    const { vnodes } = await clusterRegistry.membershipOf(1, 1);
    const derived = bond < vnodes * BOND ? shorts[shorts.length - 1]!.args.since : 0n;
    expect([derived, shortSince]).to.deep.equal([expected, expected]);
  };
  const excludeNode = async (): Promise<void> => {
    const other = await addBondedNode(fixture, 2n);
    await expectSilent(fixture.clusterRegistry.connect(fixture.manager).replaceNodes(1, 1, other));
  };

  it("begins with a slash, once", async () => {
    await expectDerived(since);
    await expectSilent(slash());
    await expectDerived(since);
  });

  it("ends when the bond is topped up", async () => {
    await expectEnded(fixture.termsRegistry.connect(fixture.provider1).postBond(1, 1, 1));
    await expectDerived(0n);
  });

  it("ends when the exit is finished and the bond returned", async () => {
    const { provider1, termsRegistry } = fixture;
    await expectSilent(termsRegistry.connect(provider1).announceExit(1, 1));
    await at((await termsRegistry.getAgreement(1, 1)).exitAt);
    await expectEnded(termsRegistry.finishExit(1, 1));
    await expectDerived(0n);
  });

  it("ends when the node leaves early and its bond is retained, and not again with the second call", async () => {
    const { provider1, termsRegistry } = fixture;
    await judge(fixture, 1n, 0n);
    await expectSilent(termsRegistry.connect(provider1).announceExit(1, 1));
    const left = await termsRegistry.finishExit(1, 1);
    await expectEnded(left);
    await expect(left).to.emit(termsRegistry, "BondRetained");
    await expectDerived(0n);
    await at((await termsRegistry.getAgreement(1, 1)).exitAt);
    await expectSilent(termsRegistry.finishExit(1, 1));
  });

  it("is over when the manager excludes the node, and ended by its next call", async () => {
    const { provider1, termsRegistry } = fixture;
    await excludeNode();
    await expectDerived(0n);
    await expectEnded(termsRegistry.connect(provider1).announceExit(1, 1));
    await expectDerived(0n);
  });

  it("is ended by the last call about a node that was excluded after it announced its exit", async () => {
    const { provider1, termsRegistry } = fixture;
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const { exitAt } = await termsRegistry.getAgreement(1, 1);
    await excludeNode();
    await expectDerived(0n);
    await at(exitAt);
    await expectEnded(termsRegistry.finishExit(1, 1));
  });

  it("is ended by withdrawing the bond of a node that was excluded", async () => {
    const { provider1, termsRegistry } = fixture;
    await excludeNode();
    await at((await now()) + LEAVING_NOTICE);
    await expectEnded(termsRegistry.connect(provider1).withdrawBond(1, 1, NODE_BOND - 1n));
  });

  it("is over when the manager takes a vnode, and begins anew with the next slash that leaves the bond short", async () => {
    const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
    await termsRegistry.connect(provider2).postBond(1, 2, BOND);
    await expectSilent(clusterRegistry.connect(manager).replaceNode(1, 0, 2));
    await expectDerived(0n);
    await expectEnded(slash());
    await expectDerived(0n);
  });

  it("is over when the cluster is removed", async () => {
    const { clusterRegistry, manager } = fixture;
    await clusterRegistry.connect(manager).releaseResource(1, DEFAULTS.reservedPerVnode);
    await expectSilent(clusterRegistry.connect(manager).removeCluster(1));
    await expectDerived(0n);
    await expectEnded(slash());
  });
});
