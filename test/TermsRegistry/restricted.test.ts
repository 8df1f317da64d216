import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { withServing, type WithTerms } from "../helpers/terms";

// What only the terms registry may do, and what it may do with accounts.

describe("TermsRegistry: what only it may do", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  it("createVacant, fillCluster, fillVacancy, coverVnodes, setQuality and vacate refuse everyone, the manager included", async () => {
    const { clusterRegistry, manager, testUSD } = fixture;
    const theirs = clusterRegistry.connect(manager);
    for (const call of [
      () => theirs.createVacant(manager, testUSD, 1, 0, "", 3_600),
      () => theirs.fillCluster(1, [1]),
      () => theirs.fillVacancy(1, 0, 1, false),
      () => theirs.coverVnodes(1, 1, 5, false),
      () => theirs.setQuality(1, 1, 5),
      () => theirs.vacate(1, 1),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(clusterRegistry, "CallerNotRegistry").withArgs(manager.address);
    }
  });

  it("debit, credit and setUnservedShare of accounts refuse everyone", async () => {
    const { accountRegistry, manager } = fixture;
    const theirs = accountRegistry.connect(manager);
    for (const call of [() => theirs.debit(manager, 2, 1), () => theirs.credit(manager, 2, 1), () => theirs.setUnservedShare(1, 2, 0)]) {
      await expect(call()).to.be.revertedWithCustomError(accountRegistry, "CallerNotRegistry").withArgs(manager.address);
    }
  });

  it("multicall does many things as one", async () => {
    const { provider1, termsRegistry } = fixture;
    const calls = [
      termsRegistry.interface.encodeFunctionData("postBond", [1, 1, 5]),
      termsRegistry.interface.encodeFunctionData("announceExit", [1, 1]),
    ];
    await expect(termsRegistry.connect(provider1).multicall(calls))
      .to.emit(termsRegistry, "BondPosted")
      .and.to.emit(termsRegistry, "ExitAnnounced");
  });

  it("partiesOf tells it who manages and created a cluster, and zero where there is none", async () => {
    const { clusterRegistry, manager, stranger } = fixture;
    expect(await clusterRegistry.partiesOf(2)).to.deep.equal([ZeroAddress, ZeroAddress]);
    expect(await clusterRegistry.partiesOf(1)).to.deep.equal([manager.address, manager.address]);
    await clusterRegistry.connect(manager).offerManagement(1, stranger);
    await clusterRegistry.connect(stranger).acceptManagement(1);
    expect(await clusterRegistry.partiesOf(1)).to.deep.equal([stranger.address, manager.address]);
  });
});
