import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import type { ValidatorsHarness } from "../../cache/typechain-types";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

const [FIRST, SECOND, THIRD] = [1, 2, 3].map((i) => ethers.zeroPadValue(ethers.toBeHex(i), 20)) as [string, string, string];
const LEAVING_NOTICE = 10n * DAY;
const VALIDATOR_NOTICE = 5n * DAY;
const TERMS = {
  validator: FIRST,
  maxSlashBps: 0n,
  leavingNotice: LEAVING_NOTICE,
  validatorNotice: VALIDATOR_NOTICE,
  bondPerVnode: 0n,
  validatorSince: 0n,
  currencyId: 1n,
  office: 0n,
};
const AGREEMENT = {
  provider: FIRST,
  exitAnnouncedAt: 0n,
  shortSince: 0n,
  exitOffice: 0n,
  bond: 0n,
  slashableLeft: 0n,
  renewsAt: 0n,
  leftBefore: 0n,
  mayLeaveEarly: false,
};
const serving = { vnodes: 1n, qualityBps: 10_000n, leftAt: 0n, liableVnodes: 1n };
const left = (leftAt: bigint) => ({ ...serving, vnodes: 0n, leftAt });

const fixture = deployments.createFixture(async (): Promise<ValidatorsHarness> => ethers.deployContract("ValidatorsHarness"));

describe("Validators", () => {
  let harness: ValidatorsHarness;
  let time: bigint;
  beforeEach(async () => {
    harness = await fixture();
    time = (await now()) + 100n;
  });
  const store = (terms: Partial<typeof TERMS>, agreement: Partial<typeof AGREEMENT> = {}) =>
    harness.store({ ...TERMS, ...terms }, { ...AGREEMENT, ...agreement });

  describe("offer", () => {
    const offer = async (validator: string): Promise<unknown[]> => {
      await at(time);
      await harness.offer(validator);
      const [, pending] = await harness.stored();
      return [...pending];
    };

    it("announces a validator for the end of the notice", async () => {
      await store({});
      expect(await offer(SECOND)).to.deep.equal([SECOND, time + VALIDATOR_NOTICE]);
    });

    it("announces it no sooner than a leaving notice after the last one took office", async () => {
      // As long ago as the leaving notice is longer than that of validators, and a second later.
      const since = time - (LEAVING_NOTICE - VALIDATOR_NOTICE);
      for (const late of [0n, 1n]) {
        harness = await fixture();
        await store({ validatorSince: since + late });
        expect(await offer(SECOND)).to.deep.equal([SECOND, time + VALIDATOR_NOTICE + late]);
      }
    });

    it("takes seven days under default terms", async () => {
      await store({ leavingNotice: 0n, validatorNotice: 0n });
      expect(await offer(SECOND)).to.deep.equal([SECOND, time + 7n * DAY]);
    });

    it("takes the announcement back with zero", async () => {
      await store({});
      await harness.offer(SECOND);
      expect(await offer(ZeroAddress)).to.deep.equal([ZeroAddress, 0n]);
    });
  });

  describe("takeOffice, officeOf and holderOf", () => {
    it("number the offices, and keep their validators and when they began", async () => {
      await store({});
      await at(time);
      await harness.takeOffice(FIRST, SECOND);
      const [{ validator, validatorSince, office }] = await harness.stored();
      expect([validator, validatorSince, office]).to.deep.equal([SECOND, time, 1n]);
      await at(time + 9n);
      await harness.takeOffice(SECOND, THIRD);
      const offices = await Promise.all([0, 1, 2].map((number) => harness.holderOf(number)));
      expect(offices).to.deep.equal([
        [FIRST, 0n],
        [SECOND, time],
        [THIRD, time + 9n],
      ]);
    });

    it("return the office in which the exit was announced, however many came since", async () => {
      await store({ office: 5n, validatorSince: time }, { exitAnnouncedAt: 1n, exitOffice: 2n });
      expect(await harness.officeOf(serving)).to.equal(2);
      expect(await harness.officeOf(left(time + 1n))).to.equal(2);
    });

    it("return the present office for a node that serves, or left after it began", async () => {
      await store({ office: 5n, validatorSince: time });
      expect(await harness.officeOf(serving)).to.equal(5);
      expect(await harness.officeOf(left(time + 1n))).to.equal(5);
    });

    it("return the office before for a node that left before the present one, or in its first second", async () => {
      await store({ office: 5n, validatorSince: time });
      expect(await harness.officeOf(left(time))).to.equal(4);
      expect(await harness.officeOf(left(time - 1n))).to.equal(4);
    });

    it("return the present office for a node that has not served under its agreement", async () => {
      await store({ office: 5n, validatorSince: time }, { leftBefore: 9n });
      expect(await harness.officeOf(left(9n))).to.equal(5);
    });
  });
});
