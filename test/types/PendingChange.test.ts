import { expect } from "chai";
import { deployments, ethers } from "hardhat";

import type { PendingChangesHarness } from "../../cache/typechain-types";
import { at, now, passTo } from "../helpers/units";

const NOTICE = 3_600n;
const VALID_FOR = 86_400n;
const MAX_TIME = 2n ** 40n - 1n;

/** Announces a change at a known time. */
const fixture = deployments.createFixture(async (): Promise<{ harness: PendingChangesHarness; effectiveAt: bigint }> => {
  const harness = await ethers.deployContract("PendingChangesHarness");
  const time = (await now()) + 10n;
  await at(time);
  await harness.announce(NOTICE);
  return { harness, effectiveAt: time + NOTICE };
});

describe("PendingChange", () => {
  it("is not announced, ready or effective before an announcement", async () => {
    const harness = await ethers.deployContract("PendingChangesHarness");
    expect(await harness.isAnnounced()).to.equal(false);
    expect(await harness.isReady()).to.equal(false);
    expect(await harness.effectiveAt()).to.equal(0);
    expect(await harness.unlessLapsed(VALID_FOR)).to.equal(0);
  });

  it("is announced for the end of its notice", async () => {
    const { harness, effectiveAt } = await fixture();
    expect(await harness.isAnnounced()).to.equal(true);
    expect(await harness.effectiveAt()).to.equal(effectiveAt);
  });

  it("is ready from the second on in which its notice ends, and not a second before", async () => {
    const { harness, effectiveAt } = await fixture();
    await passTo(effectiveAt - 1n);
    expect(await harness.isReady()).to.equal(false);
    await passTo(effectiveAt);
    expect(await harness.isReady()).to.equal(true);
    await passTo(effectiveAt + VALID_FOR);
    expect(await harness.isReady()).to.equal(true);
  });

  it("is replaced by another announcement, which starts the notice again", async () => {
    const { harness, effectiveAt } = await fixture();
    await at(effectiveAt);
    await harness.announce(NOTICE);
    expect(await harness.effectiveAt()).to.equal(effectiveAt + NOTICE);
    await passTo(effectiveAt + NOTICE - 1n);
    expect(await harness.isReady()).to.equal(false);
  });

  it("is announced for a given time", async () => {
    const { harness, effectiveAt } = await fixture();
    await harness.announceAt(effectiveAt + 5n);
    expect(await harness.effectiveAt()).to.equal(effectiveAt + 5n);
    await harness.announceAt(MAX_TIME);
    expect(await harness.effectiveAt()).to.equal(MAX_TIME);
  });

  it("refuses a time that 40 bits cannot hold", async () => {
    const { harness } = await fixture();
    for (const call of [() => harness.announceAt(MAX_TIME + 1n), () => harness.announce(MAX_TIME)]) {
      await expect(call()).to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast");
    }
  });

  it("lapses when its validity after the notice is over, and not a second before", async () => {
    const { harness, effectiveAt } = await fixture();
    await passTo(effectiveAt + VALID_FOR - 1n);
    expect(await harness.unlessLapsed(VALID_FOR)).to.equal(effectiveAt);
    await passTo(effectiveAt + VALID_FOR);
    expect(await harness.unlessLapsed(VALID_FOR)).to.equal(0);
  });

  it("is cleared by the zero value", async () => {
    const { harness, effectiveAt } = await fixture();
    await passTo(effectiveAt);
    await harness.clear();
    expect(await harness.isAnnounced()).to.equal(false);
    expect(await harness.isReady()).to.equal(false);
    expect(await harness.effectiveAt()).to.equal(0);
  });
});
