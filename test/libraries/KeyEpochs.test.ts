import { expect } from "chai";

import type { AccessRightsHarness, IBucketAccess } from "../../cache/typechain-types";
import { deployAccessRights } from "../helpers/sharing";

const BUCKET = 7;

describe("KeyEpochs", () => {
  let harness: AccessRightsHarness;
  let registry: IBucketAccess;

  beforeEach(async () => {
    ({ harness, registry } = await deployAccessRights());
  });

  it("begins in epoch 0, without keys", async () => {
    expect(await harness.epochsIn(0)).to.deep.equal([0n, false, false]);
  });

  it("counts each new owner as an epoch without keys", async () => {
    await harness.enter(BUCKET, 0, 0);
    expect(await harness.epochsIn(0)).to.deep.equal([0n, true, false]);
    expect(await harness.epochsIn(1)).to.deep.equal([1n, false, false]);
    expect(await harness.epochsIn(5)).to.deep.equal([5n, false, false]);
  });

  it("leaves an epoch that has keys, and no other", async () => {
    await expect(harness.leave(BUCKET, 2)).not.to.emit(registry, "KeyEpochStarted");
    await harness.enter(BUCKET, 2, 2);
    await expect(harness.leave(BUCKET, 2)).to.emit(registry, "KeyEpochStarted").withArgs(BUCKET, 3);
    expect(await harness.epochsIn(2)).to.deep.equal([3n, false, false]);
    await expect(harness.leave(BUCKET, 2)).not.to.emit(registry, "KeyEpochStarted");
  });

  it("enters the current epoch or the next, which it starts, and refuses others", async () => {
    await expect(harness.enter(BUCKET, 0, 0)).not.to.emit(registry, "KeyEpochStarted");
    await expect(harness.enter(BUCKET, 0, 1))
      .to.emit(registry, "KeyEpochStarted")
      .withArgs(BUCKET, 1);
    expect(await harness.epochsIn(0)).to.deep.equal([1n, true, false]);
    for (const epoch of [0, 3]) {
      await expect(harness.enter(BUCKET, 0, epoch))
        .to.be.revertedWithCustomError(registry, "KeyEpochInvalid")
        .withArgs(BUCKET, epoch, 1);
    }
  });

  it("is public in one tenure, and says whether it was", async () => {
    expect(await harness.setPublic.staticCall(3, true)).to.equal(false);
    await harness.setPublic(3, true);
    expect(await harness.setPublic.staticCall(3, false)).to.equal(true);
    const publicIn = async (tenure: number) => (await harness.epochsIn(tenure)).isPublic;
    expect(await Promise.all([0, 2, 3, 4].map(publicIn))).to.deep.equal([false, false, true, false]);
    expect(await harness.setPublic.staticCall(4, false)).to.equal(false);
    await harness.setPublic(3, false);
    expect(await Promise.all([0, 3].map(publicIn))).to.deep.equal([false, false]);
  });
});
