import { expect } from "chai";
import { MaxUint256, toBeHex, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import type { AccessRightsHarness, IBucketAccess } from "../../cache/typechain-types";
import { contractOf, returns, uses } from "../helpers/code";
import { accountNumber, deployAccessRights, READ } from "../helpers/sharing";

const ALICE = accountNumber(1);
const ONE_EACH = returns(toBeHex(1, 32));

describe("Gates", () => {
  let harness: AccessRightsHarness;
  let registry: IBucketAccess;

  beforeEach(async () => {
    ({ harness, registry } = await deployAccessRights());
  });

  describe("neededGas", () => {
    it("is the gas of a gate and a tenth more, which covers the 63/64 rule and the accesses to a token that delegates", async () => {
      for (const gas of [75_000n, 100_000n, 50_000_000n]) {
        const needed = await harness.neededGas(gas);
        expect(needed).to.equal(gas + gas / 10n);
        expect(((needed - 2n * 2_600n - 1_000n) * 63n) / 64n >= gas).to.equal(true);
      }
    });
  });

  describe("gateOf", () => {
    it("asks with the gas of the network, be it more or less", async () => {
      const token = await contractOf(uses(150_000));
      await expect(harness.setGates(READ, token, 0, 1, 100_000))
        .to.be.revertedWithCustomError(registry, "GateTokenUnanswered")
        .withArgs(token, false, 100_000);
      await harness.setGates(READ, token, 0, 1, 200_000);
      expect(await harness.allows(0, ALICE, READ, 200_000)).to.equal(true);
      expect(await harness.allows(0, ALICE, READ, 100_000)).to.equal(false);
    });

    it("refuses a minimum of zero, whatever the token", async () => {
      for (const token of [ALICE, await contractOf(ONE_EACH)]) {
        await expect(harness.setGates(READ, token, 0, 0, 100_000))
          .to.be.revertedWithCustomError(registry, "GateMinimumZero")
          .withArgs(token);
      }
    });

    it("is no gate for the zero address, whatever the id and the minimum", async () => {
      await harness.setGates(READ, ZeroAddress, 5, 6, 100_000);
      expect(await harness.gateOf(READ)).to.deep.equal([ZeroAddress, false, 0n, 0n]);
    });

    it("asks by id where the token says that it is an ERC-1155, and where an id is given", async () => {
      const badge = await ethers.deployContract("TestBadge");
      await harness.setGates(READ, badge, 0, MaxUint256, 100_000);
      expect(await harness.gateOf(READ)).to.deep.equal([await badge.getAddress(), true, 0n, MaxUint256]);
      const token = await contractOf(returns(toBeHex(2, 32)));
      await harness.setGates(READ, token, 9, 2, 100_000);
      expect(await harness.gateOf(READ)).to.deep.equal([token, true, 9n, 2n]);
      // What is not a yes is a no.
      await harness.setGates(READ, token, 0, 2, 100_000);
      expect(await harness.gateOf(READ)).to.deep.equal([token, false, 0n, 2n]);
    });
  });

  describe("isOpenTo", () => {
    it("opens from the minimum on", async () => {
      const token = await contractOf(returns(toBeHex(6, 32)));
      for (const [minimum, open] of [
        [5, true],
        [6, true],
        [7, false],
      ] as const) {
        await harness.setGates(READ, token, 0, minimum, 100_000);
        expect(await harness.allows(0, ALICE, READ, 100_000)).to.equal(open);
      }
    });

    it("refuses to answer with less gas than the token could use", async () => {
      await harness.setGates(READ, await contractOf(ONE_EACH), 0, 1, 100_000);
      await expect(harness.allows(0, ALICE, READ, 100_000, { gasLimit: 125_000 }))
        .to.be.revertedWithCustomError(registry, "GateGasTooLow")
        .withArgs((available: bigint) => available < 110_000n, 110_000);
      expect(await harness.allows(0, ALICE, READ, 50_000, { gasLimit: 125_000 })).to.equal(true);
    });
  });
});
