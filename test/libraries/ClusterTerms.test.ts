import { expect } from "chai";
import { Interface, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import { ITermsRegistry__factory } from "../../cache/typechain-types";
import { DAY, HOUR } from "../helpers/time";

const WEEK = 7n * DAY;
const VALIDATOR = "0x00000000000000000000000000000000000000A1";
const TERMS = { validator: VALIDATOR, bondPerVnode: 5n, maxSlashBps: 2_000n, leavingNotice: 10n * DAY, validatorNotice: 5n * DAY };
const errors = { interface: Interface.from(ITermsRegistry__factory.abi) };

const fixture = deployments.createFixture(async () => ethers.deployContract("ClusterTermsHarness"));

describe("ClusterTerms", () => {
  it("are the default ones before any are set: notices of seven days, no bond", async () => {
    const harness = await fixture();
    expect(await harness.isOwn()).to.equal(false);
    expect(await harness.notices()).to.deep.equal([WEEK, WEEK]);
    expect([...(await harness.stored())]).to.deep.equal([ZeroAddress, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  it("are stored as they are set, with the currency, in the first office", async () => {
    const harness = await fixture();
    await harness.set(TERMS, 3);
    expect(await harness.isOwn()).to.equal(true);
    expect(await harness.notices()).to.deep.equal([TERMS.leavingNotice, TERMS.validatorNotice]);
    expect([...(await harness.stored())]).to.deep.equal([
      VALIDATOR,
      TERMS.maxSlashBps,
      TERMS.leavingNotice,
      TERMS.validatorNotice,
      TERMS.bondPerVnode,
      0n,
      3n,
      0n,
    ]);
  });

  for (const name of ["leavingNotice", "validatorNotice"] as const) {
    it(`take a ${name} of an hour to 30 days, and no other`, async () => {
      const harness = await fixture();
      for (const notice of [HOUR, 30n * DAY]) await harness.set({ ...TERMS, [name]: notice }, 1);
      for (const notice of [0n, HOUR - 1n, 30n * DAY + 1n]) {
        await expect(harness.set({ ...TERMS, [name]: notice }, 1))
          .to.be.revertedWithCustomError(errors, "NoticeInvalid")
          .withArgs(notice, HOUR, 30n * DAY);
      }
    });
  }

  it("take a share of slashes up to the whole, and no more", async () => {
    const harness = await fixture();
    for (const maxSlashBps of [0n, 10_000n]) await harness.set({ ...TERMS, maxSlashBps }, 1);
    await expect(harness.set({ ...TERMS, maxSlashBps: 10_001n }, 1))
      .to.be.revertedWithCustomError(errors, "BpsTooHigh")
      .withArgs(10_001, 10_000);
  });
});
