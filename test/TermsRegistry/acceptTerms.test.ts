import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { createCluster } from "../helpers/clusters";
import { BOND, leave, NODE_BOND, termsOf, VALIDATOR_NOTICE, withServing, withTerms, type WithTerms } from "../helpers/terms";
import { at, now } from "../helpers/units";

describe("TermsRegistry: acceptTerms", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withTerms();
  });

  const accept = (clusterId = 1n, nodeId = 1n, caller = fixture.provider1) =>
    fixture.termsRegistry.connect(caller).acceptTerms(clusterId, nodeId);

  it("notes who agreed, and covers nothing without a bond", async () => {
    const { clusterRegistry, provider1, termsRegistry } = fixture;
    await expect(accept())
      .to.emit(termsRegistry, "TermsAccepted")
      .withArgs(1, 1, provider1.address)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 0);
    expect((await termsRegistry.getAgreement(1, 1)).provider).to.equal(provider1.address);
    expect((await clusterRegistry.membershipOf(1, 1)).coveredVnodes).to.equal(0);
  });

  it("covers all vnodes where no bond is asked for", async () => {
    const { clusterRegistry, manager, otherManager, termsRegistry, testUSD } = fixture;
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager, { bondPerVnode: 0n }), testUSD, 6, 0, "");
    await expect(accept(2n)).to.emit(clusterRegistry, "VnodesCovered").withArgs(2, 1, 65_535);
  });

  it("refuses a cluster that does not exist, and one with default terms", async () => {
    const { nodeIds, termsRegistry } = fixture;
    await expect(accept(2n)).to.be.revertedWithCustomError(termsRegistry, "ClusterUnknown").withArgs(2);
    const other = await createCluster(fixture, 6n, nodeIds);
    await expect(accept(other)).to.be.revertedWithCustomError(termsRegistry, "TermsDefault").withArgs(other);
  });

  it("refuses a node that does not exist, and whoever is not its provider", async () => {
    const { manager, provider1, termsRegistry } = fixture;
    await expect(accept(1n, 4n)).to.be.revertedWithCustomError(termsRegistry, "NodeUnknown").withArgs(4);
    await expect(accept(1n, 1n, manager))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotProvider")
      .withArgs(1, manager.address, provider1.address);
  });

  it("refuses to agree twice, until the node has left", async () => {
    const { manager, termsRegistry, validator } = fixture;
    await accept();
    await expect(accept()).to.be.revertedWithCustomError(termsRegistry, "TermsAlreadyAccepted").withArgs(1, 1);
    const serving = await withServing();
    await leave(serving, 1n);
    await expect(accept()).to.emit(termsRegistry, "TermsAccepted").withArgs(1, 1, serving.provider1.address);
    expect([manager.address, validator.address]).to.deep.equal([serving.manager.address, serving.validator.address]);
  });

  it("refuses while another validator is announced, so that nobody agrees to one and gets another", async () => {
    const { manager, stranger, termsRegistry } = fixture;
    const offeredAt = (await now()) + 1_000n;
    await at(offeredAt);
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    const changesAt = offeredAt + VALIDATOR_NOTICE;
    for (const time of [offeredAt + 1n, changesAt - 1n, changesAt]) {
      await at(time);
      await expect(accept(1n, 2n, fixture.provider2))
        .to.be.revertedWithCustomError(termsRegistry, "ValidatorChangePending")
        .withArgs(1, changesAt);
    }
    await termsRegistry.finishValidator(1);
    await accept(1n, 2n, fixture.provider2);
    await termsRegistry.connect(manager).offerValidator(1, manager);
    await termsRegistry.connect(manager).offerValidator(1, ZeroAddress);
    await accept();
    await termsRegistry.connect(fixture.provider2).postBond(1, 2, NODE_BOND + BOND - 1n);
    expect((await fixture.clusterRegistry.membershipOf(1, 2)).coveredVnodes).to.equal(2);
  });
});
