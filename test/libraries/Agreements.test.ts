import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import type { AgreementsHarness } from "../../cache/typechain-types";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const PROVIDER = "0x00000000000000000000000000000000000000B2";
const NOTICE = 10n * DAY;
const WEEK = 7n * DAY;
const MOST_VNODES = 65_535n;
const NONE = {
  provider: ZeroAddress,
  exitAnnouncedAt: 0n,
  shortSince: 0n,
  exitOffice: 0n,
  bond: 0n,
  slashableLeft: 0n,
  renewsAt: 0n,
  leftBefore: 0n,
  mayLeaveEarly: false,
};
const ACCEPTED = { ...NONE, provider: PROVIDER };
const TERMS = {
  validator: PROVIDER,
  maxSlashBps: 2_000n,
  leavingNotice: NOTICE,
  validatorNotice: NOTICE,
  bondPerVnode: 100n,
  validatorSince: 0n,
  currencyId: 1n,
  office: 0n,
};
const DEFAULT_TERMS = { ...TERMS, maxSlashBps: 0n, leavingNotice: 0n, validatorNotice: 0n, bondPerVnode: 0n };
const serving = (vnodes: bigint, liableVnodes = vnodes) => ({ vnodes, qualityBps: 10_000n, leftAt: 0n, liableVnodes });
const left = (leftAt: bigint) => ({ vnodes: 0n, qualityBps: 10_000n, leftAt, liableVnodes: 0n });
const NEVER_SERVED = left(0n);

const fixture = deployments.createFixture(async (): Promise<{ harness: AgreementsHarness; time: bigint }> => {
  const harness = await ethers.deployContract("AgreementsHarness");
  return { harness, time: (await now()) + 100n };
});

describe("Agreements and Bonds", () => {
  let harness: AgreementsHarness;
  /** A little later than now. */
  let time: bigint;
  beforeEach(async () => {
    ({ harness, time } = await fixture());
  });
  const store = (agreement: Partial<typeof NONE>, terms: Partial<typeof TERMS> = {}) =>
    harness.store({ ...ACCEPTED, ...agreement }, { ...TERMS, ...terms });

  describe("begin", () => {
    it("keeps the provider, and when the node had left before", async () => {
      await harness.begin(PROVIDER, left(7n));
      const { provider, leftBefore } = await harness.stored();
      expect([provider, leftBefore]).to.deep.equal([PROVIDER, 7n]);
    });

    it("lets the service before be none of the agreement's", async () => {
      await harness.begin(PROVIDER, left(7n));
      expect(await harness.hasLeft(left(7n))).to.equal(false);
      expect(await harness.hasLeft(serving(1n))).to.equal(false);
      expect(await harness.hasLeft(left(8n))).to.equal(true);
    });
  });

  describe("announceExit", () => {
    it("notes when, and under which office", async () => {
      await at(time);
      await harness.announceExit(serving(2n), 3);
      const { exitAnnouncedAt, exitOffice, mayLeaveEarly } = await harness.stored();
      expect([exitAnnouncedAt, exitOffice, mayLeaveEarly]).to.deep.equal([time, 3n, false]);
    });

    it("lets a node leave early whose quality is below half", async () => {
      for (const [qualityBps, early] of [
        [5_000n, false],
        [4_999n, true],
      ] as const) {
        await store({});
        await harness.announceExit({ ...serving(2n), qualityBps }, 0);
        expect((await harness.stored()).mayLeaveEarly).to.equal(early);
      }
    });
  });

  describe("noteQuality", () => {
    it("notes a quality below half once the exit is announced, and never takes that back", async () => {
      await harness.noteQuality(0);
      expect((await harness.stored()).mayLeaveEarly).to.equal(false);
      await store({ exitAnnouncedAt: 1n });
      await harness.noteQuality(5_000);
      expect((await harness.stored()).mayLeaveEarly).to.equal(false);
      await harness.noteQuality(4_999);
      await harness.noteQuality(10_000);
      expect((await harness.stored()).mayLeaveEarly).to.equal(true);
    });
  });

  describe("addBond and takeBond", () => {
    it("return what the bond is now", async () => {
      expect(await harness.addBond.staticCall(5)).to.equal(5);
      await harness.addBond(5);
      expect(await harness.takeBond.staticCall(5)).to.equal(0);
      await harness.takeBond(2);
      expect((await harness.stored()).bond).to.equal(3);
    });

    it("refuse a bond that 128 bits cannot hold", async () => {
      await store({ bond: 1n });
      await expect(harness.addBond(2n ** 128n - 1n)).to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast");
    });
  });

  describe("slash and slashable", () => {
    it("take from the bond and from a budget that begins with a share of it", async () => {
      await store({ bond: 1_000n });
      expect(await harness.slashable()).to.equal(200);
      await at(time);
      await harness.slash(150);
      const { bond, slashableLeft, renewsAt } = await harness.stored();
      expect([bond, slashableLeft, renewsAt]).to.deep.equal([850n, 50n, time + WEEK]);
      expect(await harness.slashable()).to.equal(50);
    });

    it("renew the budget seven days after the last slash, and not a second before", async () => {
      await store({ bond: 850n, slashableLeft: 50n, renewsAt: time });
      await passTo(time - 1n);
      expect(await harness.slashable()).to.equal(50);
      await passTo(time);
      expect(await harness.slashable()).to.equal(170);
    });

    it("never exceed the bond", async () => {
      await store({ bond: 30n, slashableLeft: 50n, renewsAt: time + WEEK });
      expect(await harness.slashable()).to.equal(30);
    });
  });

  describe("coverage", () => {
    it("is a vnode for each bond", async () => {
      for (const [bond, vnodes] of [
        [0n, 0n],
        [99n, 0n],
        [100n, 1n],
        [299n, 2n],
        [100n * MOST_VNODES + 100n, MOST_VNODES],
      ] as const) {
        await store({ bond });
        expect(await harness.coverage()).to.equal(vnodes);
      }
    });

    it("has no bound where no bond is asked for, or the terms are the default ones", async () => {
      await store({}, { bondPerVnode: 0n });
      expect(await harness.coverage()).to.equal(MOST_VNODES);
      await harness.store(NONE, DEFAULT_TERMS);
      expect(await harness.coverage()).to.equal(MOST_VNODES);
    });

    it("is nothing before the terms are accepted, or once the exit is announced", async () => {
      await store({ provider: ZeroAddress, bond: 500n });
      expect(await harness.coverage()).to.equal(0);
      await store({ bond: 500n, exitAnnouncedAt: 1n });
      expect(await harness.coverage()).to.equal(0);
      await harness.store({ ...NONE, exitAnnouncedAt: 1n }, DEFAULT_TERMS);
      expect(await harness.coverage()).to.equal(0);
    });
  });

  describe("noteCoverage and shortage", () => {
    it("note since when the bond is short, once", async () => {
      await store({ bond: 199n });
      await at(time);
      expect(await harness.noteCoverage.staticCall(serving(2n))).to.equal(true);
      await harness.noteCoverage(serving(2n));
      expect((await harness.stored()).shortSince).to.be.greaterThan(0);
      const { shortSince } = await harness.stored();
      expect(await harness.shortage(serving(2n))).to.deep.equal([shortSince, shortSince + WEEK]);
      await passTo(time + DAY);
      expect(await harness.noteCoverage.staticCall(serving(2n))).to.equal(false);
    });

    it("end when the bond covers the vnodes again, or the node serves none", async () => {
      for (const [bond, service] of [
        [200n, serving(2n)],
        [199n, serving(1n)],
        [0n, left(5n)],
      ] as const) {
        await store({ bond, shortSince: 7n });
        expect(await harness.shortage(service)).to.deep.equal([0n, 0n]);
        expect(await harness.noteCoverage.staticCall(service)).to.equal(true);
        await harness.noteCoverage(service);
        expect((await harness.stored()).shortSince).to.equal(0);
        expect(await harness.noteCoverage.staticCall(service)).to.equal(false);
      }
    });
  });

  describe("liableUntil", () => {
    it("has no end while the node serves, and is nothing if it never did", async () => {
      await store({});
      expect(await harness.liableUntil(serving(1n))).to.equal(MaxUint256);
      expect(await harness.liableUntil(NEVER_SERVED)).to.equal(0);
      await store({ leftBefore: 9n });
      expect(await harness.liableUntil(left(9n))).to.equal(0);
    });

    it("is a leaving notice after the node left without an announcement, or before it", async () => {
      await store({});
      expect(await harness.liableUntil(left(1_000n))).to.equal(1_000n + NOTICE);
      await store({ exitAnnouncedAt: 1_001n });
      expect(await harness.liableUntil(left(1_000n))).to.equal(1_000n + NOTICE);
    });

    it("is a leaving notice after the announcement, with a day of grace, and as much longer as the node overstayed", async () => {
      const announced = 1_000n;
      const end = announced + NOTICE;
      await store({ exitAnnouncedAt: announced });
      for (const [leftAt, until] of [
        [announced, end],
        [end, end],
        [end + DAY, end],
        [end + DAY + 1n, end + 2n * (DAY + 1n)],
        [end + 2n * NOTICE, end + 3n * NOTICE],
      ] as const) {
        expect(await harness.liableUntil(left(leftAt))).to.equal(until);
      }
    });
  });

  describe("returnable", () => {
    it("is what answers for no vnode while the node serves", async () => {
      await store({ bond: 450n });
      expect(await harness.returnable(serving(2n))).to.deep.equal([250n, 0n]);
      expect(await harness.returnable(serving(2n, 4n))).to.deep.equal([50n, 0n]);
      expect(await harness.returnable(serving(2n, 5n))).to.deep.equal([0n, 0n]);
    });

    it("is nothing while a node serves whose exit is announced", async () => {
      await store({ bond: 450n, exitAnnouncedAt: 1n });
      expect(await harness.returnable(serving(2n))).to.deep.equal([0n, 0n]);
    });

    it("is nothing until the liability of a node that left ends, then everything", async () => {
      await store({ bond: 450n });
      const service = left(time - NOTICE);
      await passTo(time - 1n);
      expect(await harness.returnable(service)).to.deep.equal([0n, time]);
      await passTo(time);
      expect(await harness.returnable(service)).to.deep.equal([450n, 0n]);
    });
  });

  describe("exitAt", () => {
    it("is nothing without an announcement", async () => {
      await store({});
      expect(await harness.exitAt(serving(1n))).to.equal(0);
    });

    it("is the end of the notice, or the announcement where the node may leave early", async () => {
      await store({ exitAnnouncedAt: 1_000n });
      expect(await harness.exitAt(serving(1n))).to.equal(1_000n + NOTICE);
      await store({ exitAnnouncedAt: 1_000n, mayLeaveEarly: true });
      expect(await harness.exitAt(serving(1n))).to.equal(1_000n);
    });

    it("is the announcement for a node that has not served under the agreement", async () => {
      await store({ exitAnnouncedAt: 1_000n });
      expect(await harness.exitAt(NEVER_SERVED)).to.equal(1_000n);
    });

    it("is the end of the notice or of the liability for one that has left, whichever is later", async () => {
      await store({ exitAnnouncedAt: 1_000n, mayLeaveEarly: true });
      expect(await harness.exitAt(left(500n))).to.equal(1_000n + NOTICE);
      expect(await harness.exitAt(left(1_000n))).to.equal(1_000n + NOTICE);
      expect(await harness.exitAt(left(1_000n + NOTICE + 2n * DAY))).to.equal(1_000n + NOTICE + 4n * DAY);
    });

    it("takes seven days under default terms", async () => {
      await harness.store({ ...NONE, exitAnnouncedAt: 1_000n }, DEFAULT_TERMS);
      expect(await harness.exitAt(serving(1n))).to.equal(1_000n + WEEK);
    });
  });
});
