import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import type { CastsHarness } from "../../cache/typechain-types";
import { now } from "../helpers/units";

const MAX_TIME = 2n ** 40n - 1n;
const MAX_AMOUNT = 2n ** 128n - 1n;

describe("Casts", () => {
  let harness: CastsHarness;
  before(async () => {
    harness = await ethers.deployContract("CastsHarness");
  });

  it("returns the time of the block, and times after it", async () => {
    const time = await now();
    expect(await harness.currentTime()).to.equal(time);
    for (const duration of [0n, 1n, 86_400n, MAX_TIME - time]) expect(await harness.timeAfter(duration)).to.equal(time + duration);
  });

  it("returns times and amounts up to the largest as they are", async () => {
    for (const time of [0n, 1n, MAX_TIME]) expect(await harness.toTime(time)).to.equal(time);
    for (const amount of [0n, 1n, MAX_AMOUNT]) expect(await harness.toAmount(amount)).to.equal(amount);
  });

  it("refuses a time that 40 bits cannot hold", async () => {
    const time = await now();
    for (const [call, value] of [
      [() => harness.toTime(MAX_TIME + 1n), MAX_TIME + 1n],
      [() => harness.toTime(MaxUint256), MaxUint256],
      [() => harness.timeAfter(MAX_TIME - time + 1n), MAX_TIME + 1n],
    ] as const) {
      await expect(call()).to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast").withArgs(40, value);
    }
  });

  it("refuses an amount that 128 bits cannot hold", async () => {
    for (const amount of [MAX_AMOUNT + 1n, MaxUint256]) {
      await expect(harness.toAmount(amount)).to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast").withArgs(128, amount);
    }
  });
});
