import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { createCluster } from "../helpers/clusters";
import { CODE, REF, soon, VALIDATOR_NOTICE, WEEK, withServing, type WithTerms } from "../helpers/terms";
import { at } from "../helpers/units";

describe("TermsRegistry: offerValidator", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const offer = (validator = fixture.stranger.address, caller = fixture.manager, clusterId = 1n) =>
    fixture.termsRegistry.connect(caller).offerValidator(clusterId, validator);

  it("announces it, and changes nothing yet", async () => {
    const { stranger, termsRegistry, validator } = fixture;
    const time = await soon();
    await expect(offer())
      .to.emit(termsRegistry, "ValidatorOffered")
      .withArgs(1, stranger.address, time + VALIDATOR_NOTICE);
    expect(await termsRegistry.offeredValidator(1)).to.deep.equal([stranger.address, time + VALIDATOR_NOTICE]);
    expect((await termsRegistry.getTerms(1)).validator).to.equal(validator.address);
  });

  it("takes it back with zero", async () => {
    const { termsRegistry } = fixture;
    await offer();
    await expect(offer(ZeroAddress)).to.emit(termsRegistry, "ValidatorOffered").withArgs(1, ZeroAddress, 0);
    expect(await termsRegistry.offeredValidator(1)).to.deep.equal([ZeroAddress, 0n]);
    await expect(termsRegistry.finishValidator(1)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 0);
  });

  it("starts the notice again with each offer", async () => {
    const { termsRegistry, owner } = fixture;
    const first = await soon();
    await offer();
    await at(first + VALIDATOR_NOTICE - 1n);
    await offer(owner.address);
    await expect(termsRegistry.finishValidator(1))
      .to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady")
      .withArgs(1, 0, first + 2n * VALIDATOR_NOTICE - 1n);
  });

  it("takes seven days under default terms", async () => {
    const { manager, nodeIds, stranger, termsRegistry } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    const time = await soon();
    await expect(offer(stranger.address, manager, other))
      .to.emit(termsRegistry, "ValidatorOffered")
      .withArgs(other, stranger.address, time + WEEK);
  });

  it("refuses whoever does not manage the cluster, the validator included, and an unknown cluster", async () => {
    const { manager, stranger, termsRegistry, validator } = fixture;
    await expect(offer(stranger.address, validator))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotManager")
      .withArgs(1, validator.address, manager.address);
    await expect(offer(stranger.address, manager, 2n))
      .to.be.revertedWithCustomError(termsRegistry, "ClusterUnknown")
      .withArgs(2);
  });
});

describe("TermsRegistry: finishValidator", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  it("says which office judges a node, who holds it, and since when", async () => {
    const { manager, stranger, termsRegistry, validator } = fixture;
    expect(await termsRegistry.officeOf(1, 1)).to.deep.equal([validator.address, 0n]);
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    const { effectiveAt } = await termsRegistry.offeredValidator(1);
    await at(effectiveAt + 5n);
    await termsRegistry.finishValidator(1);
    expect(await termsRegistry.officeOf(1, 1)).to.deep.equal([stranger.address, effectiveAt + 5n]);
  });

  it("lets the other validator take office after the notice, whoever calls", async () => {
    const { manager, owner, stranger, termsRegistry, validator } = fixture;
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    await at(time + VALIDATOR_NOTICE - 1n);
    await expect(termsRegistry.finishValidator(1))
      .to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady")
      .withArgs(1, 0, time + VALIDATOR_NOTICE);
    await at(time + VALIDATOR_NOTICE);
    await expect(termsRegistry.connect(owner).finishValidator(1))
      .to.emit(termsRegistry, "ValidatorChanged")
      .withArgs(1, validator.address, stranger.address);
    expect((await termsRegistry.getTerms(1)).validator).to.equal(stranger.address);
    await expect(termsRegistry.finishValidator(1)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotAnnounced").withArgs(1, 0);
    await expect(termsRegistry.connect(validator).reportQuality(1, 1, 0, CODE, REF))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
      .withArgs(1, validator.address, stranger.address);
    await termsRegistry.connect(stranger).reportQuality(1, 1, 0, CODE, REF);
  });

  it("changes the validator of a cluster with default terms, and nothing else of them", async () => {
    const { manager, nodeIds, provider1, stranger, termsRegistry } = fixture;
    const other = await createCluster(fixture, 6n, nodeIds);
    const before = await termsRegistry.getTerms(other);
    expect(before.validator).to.equal(manager.address);
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(other, stranger);
    await at(time + WEEK);
    await expect(termsRegistry.finishValidator(other))
      .to.emit(termsRegistry, "ValidatorChanged")
      .withArgs(other, manager.address, stranger.address);
    expect([...(await termsRegistry.getTerms(other))]).to.deep.equal([stranger.address, ...[...before].slice(1)]);
    await expect(termsRegistry.connect(provider1).acceptTerms(other, 1))
      .to.be.revertedWithCustomError(termsRegistry, "TermsDefault")
      .withArgs(other);
  });

  it("leaves in force what the old validator reported, until the new one reports", async () => {
    const { manager, stranger, termsRegistry, validator } = fixture;
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    await termsRegistry.connect(validator).reportQuality(1, 1, 5_000, CODE, REF);
    await at(time + VALIDATOR_NOTICE);
    await termsRegistry.finishValidator(1);
    expect(await termsRegistry.qualityOf(1, 1)).to.equal(5_000);
    await termsRegistry.connect(stranger).reportQuality(1, 1, 10_000, CODE, REF);
    expect(await termsRegistry.qualityOf(1, 1)).to.equal(10_000);
  });
});
