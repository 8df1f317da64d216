import { expect } from "chai";
import { Interface, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import { IStorageProofs__factory } from "../../cache/typechain-types";
import { DAY, HOUR } from "../helpers/time";
import { Rule, RULES } from "../validators/world";

const APPROVER = "0x00000000000000000000000000000000000000C3";
const VALID = { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: APPROVER };
const errors = { interface: Interface.from(IStorageProofs__factory.abi) };

const fixture = deployments.createFixture(async () => ethers.deployContract("ProofRulesHarness"));

describe("ProofRules", () => {
  it("need an approver", async () => {
    const harness = await fixture();
    await harness.requireValid(VALID);
    await expect(harness.requireValid({ ...VALID, approver: ZeroAddress })).to.be.revertedWithCustomError(errors, "ApproverZero");
  });

  const longest = { ...VALID, period: 30n * DAY };
  const ranges: [name: keyof typeof VALID, rule: bigint, minimum: bigint, maximum: bigint][] = [
    ["period", Rule.Period, HOUR, 30n * DAY],
    ["delay", Rule.Delay, 1n, 128n],
    ["window", Rule.Window, 600n + RULES.delay * 30n, 30n * DAY - 1n],
    ["positions", Rule.Positions, 4n, 64n],
    ["answersPerMiss", Rule.AnswersPerMiss, 1n, 255n],
    ["slashBps", Rule.SlashBps, 0n, 10_000n],
  ];
  for (const [name, rule, minimum, maximum] of ranges) {
    it(`take a ${name} of ${minimum} to ${maximum}, and no other`, async () => {
      const harness = await fixture();
      // The shortest window leaves room for any period, the longest period for any window and delay.
      const rules =
        name === "period" ? { ...VALID, window: 600n + RULES.delay * 30n } : { ...longest, window: name === "window" ? 0n : 5n * HOUR };
      for (const value of [minimum, maximum]) await harness.requireValid({ ...rules, [name]: value });
      for (const value of [minimum - 1n, maximum + 1n].filter((found) => found >= 0n && !(rule === Rule.AnswersPerMiss && found > 255n))) {
        await expect(harness.requireValid({ ...rules, [name]: value }))
          .to.be.revertedWithCustomError(errors, "RuleInvalid")
          .withArgs(rule, value, minimum, maximum);
      }
    });
  }

  it("take 1 to 16 qualities, none above the one before", async () => {
    const harness = await fixture();
    for (const count of [0, 17]) {
      await expect(harness.requireValid({ ...VALID, qualityAfter: Array<bigint>(count).fill(0n) }))
        .to.be.revertedWithCustomError(errors, "RuleInvalid")
        .withArgs(Rule.QualityCount, count, 1, 16);
    }
    await harness.requireValid({ ...VALID, qualityAfter: Array<bigint>(16).fill(10_000n) });
    for (const [qualityAfter, value, maximum] of [
      [[10_001n], 10_001n, 10_000n],
      [[5_000n, 5_000n, 5_001n], 5_001n, 5_000n],
    ] as const) {
      await expect(harness.requireValid({ ...VALID, qualityAfter: [...qualityAfter] }))
        .to.be.revertedWithCustomError(errors, "RuleInvalid")
        .withArgs(Rule.Quality, value, 0, maximum);
    }
  });

  it("give the quality after each miss; the last counts for all further ones", async () => {
    const harness = await fixture();
    await harness.store(VALID);
    for (const [misses, quality] of [
      [0, 10_000],
      [1, 8_000],
      [2, 5_000],
      [3, 0],
      [4, 0],
      [255, 0],
    ] as const) {
      expect(await harness.qualityFor(misses)).to.equal(quality);
    }
  });
});
