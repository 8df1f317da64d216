import { expect } from "chai";
import { ethers } from "hardhat";

import { type BucketNoticesHarness, BucketNoticesHarness__factory } from "../../typechain-types";
import { DAY, HOUR } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const INDEX = 10n ** 30n;
const PAID = 9n * 10n ** 29n;

describe("BucketNotices", () => {
  let harness: BucketNoticesHarness;

  beforeEach(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new BucketNoticesHarness__factory(deployer).deploy();
  });

  describe("announceReclaim and pendingReclaim", () => {
    it("knows no notice before one was given", async () => {
      expect(await harness.pendingReclaim(INDEX, PAID)).to.equal(0);
      expect(await harness.pendingReclaim(0, 0)).to.equal(0);
    });

    it("returns when the notice is over, and keeps both indices", async () => {
      const start = (await now()) + 10n;
      await passTo(start);
      expect(await harness.announceReclaim.staticCall(INDEX, PAID, HOUR)).to.equal((await now()) + HOUR);
      await at(start + 5n);
      await harness.announceReclaim(INDEX, PAID, HOUR);
      const { reclaim, end, noticeIndex, noticePaidIndex } = await harness.stored();
      expect([reclaim, end, noticeIndex, noticePaidIndex]).to.deep.equal([start + 5n + HOUR, 0n, INDEX, PAID]);
      expect(await harness.pendingReclaim(INDEX, PAID)).to.equal(start + 5n + HOUR);
    });

    it("keeps the largest indices, and refuses larger ones", async () => {
      const largest = 2n ** 120n - 1n;
      await harness.announceReclaim(largest, largest, HOUR);
      await expect(harness.announceReclaim(largest + 1n, 0, HOUR))
        .to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast")
        .withArgs(120, largest + 1n);
    });

    it("voids the notice from nine tenths of what there was to pay on", async () => {
      await harness.announceReclaim(INDEX, PAID, HOUR);
      const { reclaim } = await harness.stored();
      for (const [passed, paid, isVoid] of [
        [0n, 0n, false],
        [0n, 5n, false],
        [1_000n, 899n, false],
        [1_000n, 900n, true],
        [1_000n, 1_000n, true],
        [1_001n, 900n, false],
      ] as const) {
        expect(await harness.hasPaidSince(INDEX + passed, PAID + paid)).to.equal(isVoid);
        expect(await harness.pendingReclaim(INDEX + passed, PAID + paid)).to.equal(isVoid ? 0n : reclaim);
      }
    });

    it("voids the notice to a bucket with a rate when the rate is zero, and the other way round", async () => {
      await harness.announceReclaim(INDEX, PAID, HOUR);
      expect(await harness.pendingReclaim(0, 0)).to.equal(0);
      await harness.announceReclaim(0, 0, 7n * DAY);
      expect(await harness.pendingReclaim(0, 0)).to.equal((await now()) + 7n * DAY);
      expect(await harness.pendingReclaim(INDEX, PAID)).to.equal(0);
    });
  });

  describe("moveProgress", () => {
    it("lets another account's progress count from where the old one's stopped, in both directions", async () => {
      for (const newPaid of [5n, PAID, INDEX * 3n]) {
        await harness.announceReclaim(INDEX, PAID, HOUR);
        const { reclaim } = await harness.stored();
        // The old account has paid 400 of 500 since; the new one begins at another paid index.
        await harness.moveProgress(PAID + 400n, newPaid);
        expect((await harness.stored()).noticePaidIndex).to.equal(newPaid - 400n);
        expect(await harness.pendingReclaim(INDEX + 1_000n, newPaid + 499n)).to.equal(reclaim);
        expect(await harness.pendingReclaim(INDEX + 1_000n, newPaid + 500n)).to.equal(0);
      }
    });
  });

  describe("announceEnd and pendingEnd", () => {
    it("gives 30 days, and lapses 30 days later, to the second", async () => {
      expect(await harness.pendingEnd()).to.equal(0);
      const start = (await now()) + 10n;
      await at(start);
      await harness.announceEnd();
      const until = start + 30n * DAY;
      expect((await harness.stored()).end).to.equal(until);
      for (const [time, pending] of [
        [until - 1n, until],
        [until, until],
        [until + 30n * DAY - 1n, until],
        [until + 30n * DAY, 0n],
      ] as const) {
        await passTo(time);
        expect(await harness.pendingEnd()).to.equal(pending);
      }
      expect(await harness.announceEnd.staticCall()).to.equal((await now()) + 30n * DAY);
    });

    it("leaves the notice for not paying, and is left by it", async () => {
      await harness.announceEnd();
      const { end } = await harness.stored();
      await harness.announceReclaim(INDEX, PAID, HOUR);
      const { reclaim } = await harness.stored();
      expect(await harness.pendingEnd()).to.equal(end);
      await harness.announceEnd();
      expect((await harness.stored()).reclaim).to.equal(reclaim);
    });
  });

  describe("reclaimNotice", () => {
    it("is as long as what was paid at the present speed, from an hour to seven days", async () => {
      for (const [paid, notice] of [
        [0n, HOUR],
        [HOUR * 7n + 6n, HOUR],
        [(HOUR + 1n) * 7n, HOUR + 1n],
        [(7n * DAY - 1n) * 7n, 7n * DAY - 1n],
        [(7n * DAY + 1n) * 7n, 7n * DAY],
        [2n ** 120n, 7n * DAY],
      ] as const) {
        expect(await harness.reclaimNotice(paid, 7)).to.equal(notice);
      }
      expect(await harness.reclaimNoticeOfZeroRate()).to.equal(7n * DAY);
    });
  });
});
