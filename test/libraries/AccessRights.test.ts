import { expect } from "chai";
import { concat, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import type { AccessRightsHarness, IBucketAccess } from "../../cache/typechain-types";
import { contractOf, returns } from "../helpers/code";
import { accountNumber, BOTH, deployAccessRights, keyNumber, NO_END, READ, WRITE } from "../helpers/sharing";
import { now, passTo } from "../helpers/units";

const GAS = 100_000n;
const ALICE = accountNumber(1);
const BOB = accountNumber(2);
/** A token of which everyone holds one. */
const ONE_EACH = returns(ethers.toBeHex(1, 32));

describe("AccessRights", () => {
  let harness: AccessRightsHarness;
  /** The harness, with the events and the errors that the registry has. */
  let registry: IBucketAccess;

  beforeEach(async () => {
    ({ harness, registry } = await deployAccessRights());
  });

  const allowed = (account: string, tenure = 0) =>
    Promise.all([READ, WRITE, BOTH].map((right) => harness.allows(tenure, account, right, GAS)));

  describe("grant", () => {
    it("sets the end of the rights that it names, and leaves the other", async () => {
      const start = await now();
      await harness.grant(ALICE, READ, start + 100n);
      await harness.grant(ALICE, WRITE, 0);
      expect(await harness.grantOf(ALICE)).to.deep.equal([start + 100n, NO_END]);
      await harness.grant(ALICE, BOTH, start + 50n);
      expect(await harness.grantOf(ALICE)).to.deep.equal([start + 50n, start + 50n]);
      expect(await harness.grantOf(BOB)).to.deep.equal([0n, 0n]);
    });

    it("refuses the zero address", async () => {
      await expect(harness.grant(ZeroAddress, READ, 0)).to.be.revertedWithCustomError(registry, "AccountZero");
    });
  });

  describe("requireRights", () => {
    it("takes 1, 2 and 3, and refuses all else", async () => {
      for (const rights of [1, 2, 3]) await harness.requireRights(rights);
      for (const rights of [0, 4, 255]) {
        await expect(harness.requireRights(rights)).to.be.revertedWithCustomError(registry, "RightsInvalid").withArgs(rights);
      }
    });
  });

  describe("allows", () => {
    it("holds up to the second before the end of a grant", async () => {
      const until = (await now()) + 100n;
      await harness.grant(ALICE, READ, until);
      await passTo(until - 1n);
      expect(await allowed(ALICE)).to.deep.equal([true, false, false]);
      expect(await allowed(BOB)).to.deep.equal([false, false, false]);
      await passTo(until);
      expect(await allowed(ALICE)).to.deep.equal([false, false, false]);
    });

    it("takes each right by its own way in", async () => {
      await harness.grant(ALICE, WRITE, 0);
      await harness.setPublic(0, true);
      expect(await allowed(ALICE)).to.deep.equal([true, true, true]);
      expect(await allowed(ZeroAddress)).to.deep.equal([true, false, false]);
      expect(await allowed(BOB)).to.deep.equal([true, false, false]);
      expect(await allowed(BOB, 1)).to.deep.equal([false, false, false]);
      await harness.setPublic(0, false);
      await harness.setGates(READ, await contractOf(ONE_EACH), 0, 1, GAS);
      expect(await allowed(ALICE)).to.deep.equal([true, true, true]);
      expect(await allowed(BOB)).to.deep.equal([true, false, false]);
      expect(await allowed(ZeroAddress)).to.deep.equal([false, false, false]);
      await harness.setGates(WRITE, await contractOf(ONE_EACH), 0, 1, GAS);
      expect(await allowed(BOB)).to.deep.equal([true, true, true]);
      expect(await allowed(ZeroAddress)).to.deep.equal([false, false, false]);
    });
  });

  describe("setGates", () => {
    it("says whether one of the rights had a gate", async () => {
      const token = await contractOf(ONE_EACH);
      const replaces = (rights: number, address = token) => harness.setGates.staticCall(rights, address, 0, 1, GAS);
      expect(await replaces(BOTH)).to.equal(false);
      await harness.setGates(WRITE, token, 0, 1, GAS);
      expect(await replaces(READ)).to.equal(false);
      expect(await replaces(WRITE)).to.equal(true);
      expect(await replaces(BOTH)).to.equal(true);
      expect(await replaces(WRITE, ZeroAddress)).to.equal(true);
      expect((await harness.gateOf(READ)).token).to.equal(ZeroAddress);
      await harness.setGates(WRITE, ZeroAddress, 0, 0, GAS);
      expect(await harness.gateOf(WRITE)).to.deep.equal([ZeroAddress, false, 0n, 0n]);
      expect(await replaces(BOTH)).to.equal(false);
    });
  });

  describe("join", () => {
    it("puts the keys one after the other", async () => {
      expect(await harness.join([ALICE, BOB], ["0x0102", "0x03"])).to.equal("0x010203");
    });

    it("refuses no reader, an empty key, one that is too long, and too many", async () => {
      await expect(harness.join([ZeroAddress], ["0x01"])).to.be.revertedWithCustomError(registry, "AccountZero");
      for (const length of [0, 257]) {
        const key = `0x${"ab".repeat(length)}`;
        await expect(harness.join([BOB], [key]))
          .to.be.revertedWithCustomError(registry, "KeyLengthInvalid")
          .withArgs(BOB, length, 256);
      }
      const many = Array.from({ length: 94 }, (_, i) => accountNumber(i));
      const keys = many.map((_, i) => keyNumber(i, i === 93 ? 192 : 256));
      expect(await harness.join(many, keys)).to.equal(concat(keys));
      await expect(harness.join(many, [...keys.slice(0, 93), keyNumber(93, 193)]))
        .to.be.revertedWithCustomError(registry, "KeysTooLong")
        .withArgs(24_001, 24_000);
    });
  });

  describe("publish", () => {
    it("notes where each reader's key is, and emits it", async () => {
      await expect(harness.publish(7, 3, 9, [ALICE, BOB], ["0x0102", "0x03"]))
        .to.emit(registry, "KeyPublished")
        .withArgs(7, ALICE, 3, "0x0102");
      expect(await harness.keyOf(ALICE)).to.deep.equal([3n, 9n, 0n, 2n]);
      expect(await harness.keyOf(BOB)).to.deep.equal([3n, 9n, 2n, 3n]);
      await harness.publish(7, 4, 10, [BOB], ["0x040506"]);
      expect(await harness.keyOf(ALICE)).to.deep.equal([3n, 9n, 0n, 2n]);
      expect(await harness.keyOf(BOB)).to.deep.equal([4n, 10n, 0n, 3n]);
    });

    it("takes a key of the caller once in an epoch, also in epoch 0, and of others again", async () => {
      const [{ address: caller } = { address: "" }] = await ethers.getSigners();
      for (const epoch of [0, 1]) {
        await harness.publish(7, epoch, 9 + epoch, [caller, BOB], ["0x01", "0x02"]);
        await expect(harness.publish(7, epoch, 20, [caller], ["0x03"]))
          .to.be.revertedWithCustomError(registry, "KeyEpochTaken")
          .withArgs(7, epoch);
        await harness.publish(7, epoch, 21, [BOB], ["0x03"]);
      }
    });
  });
});
