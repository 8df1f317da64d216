import { expect } from "chai";
import type { Interface } from "ethers";
import { ethers } from "hardhat";

import {
  type HoldingsHarness,
  HoldingsHarness__factory,
  IAccountRegistry__factory,
  type IBucketRegistry,
  IBucketRegistry__factory,
  IClusterRegistry__factory,
  type ScriptedContract,
} from "../../cache/typechain-types";
import { accountNumber } from "../helpers/sharing";
import { HOUR } from "../helpers/time";

const OWNER = accountNumber(1);
const NEW_OWNER = accountNumber(2);
const MAX_UINT64 = 2n ** 64n - 1n;
const SPEED = 10n;

const clusterApi = IClusterRegistry__factory.createInterface();
const accountApi = IAccountRegistry__factory.createInterface();

describe("Holdings", () => {
  let registry: IBucketRegistry;
  let clusters: ScriptedContract;
  let accounts: ScriptedContract;
  let harness: HoldingsHarness;
  let caller: string;

  beforeEach(async () => {
    const [deployer] = await ethers.getSigners();
    caller = deployer!.address;
    clusters = await ethers.deployContract("ScriptedContract");
    accounts = await ethers.deployContract("ScriptedContract");
    harness = await new HoldingsHarness__factory(deployer).deploy(clusters, accounts);
    registry = IBucketRegistry__factory.connect(await harness.getAddress(), deployer);
    await clusters.setAnswer(selector(clusterApi, "allocateResource"), clusterApi.encodeFunctionResult("allocateResource", [60n, 3]));
    for (const name of ["deallocateResource", "currencyIdOf"] as const) {
      await clusters.setAnswer(selector(clusterApi, name), clusterApi.encodeFunctionResult(name, [3]));
    }
    await answerRates(500n, 900n);
  });

  const selector = (api: Interface, name: string): string => api.getFunction(name)?.selector ?? "0x";
  const answerRates = async (lowered: bigint, raised: bigint) => {
    await accounts.setAnswer(selector(accountApi, "lowerRate"), accountApi.encodeFunctionResult("lowerRate", [lowered]));
    await accounts.setAnswer(selector(accountApi, "raiseRate"), accountApi.encodeFunctionResult("raiseRate", [raised]));
  };
  const answerCoverage = (index: bigint, paidIndex: bigint, coveredUntil: bigint, depleted: boolean) =>
    accounts.setAnswer(
      selector(accountApi, "coverageOf"),
      accountApi.encodeFunctionResult("coverageOf", [index, paidIndex, SPEED, coveredUntil, depleted]),
    );
  const holding = (rate: bigint, resource: bigint, owner = OWNER) =>
    harness.setBucket({ owner, clusterId: 1, params: 0, tenure: 0, rate, resource, lastGrowthIndex: 100n });
  const notice = (reclaim: bigint, noticeIndex: bigint) =>
    harness.setNotices({ resourceCap: 0, capRent: 0, reclaim, end: 0, noticeIndex, noticePaidIndex: 40n });
  const stored = async () => {
    const { bucket, notices } = await harness.stored();
    return [bucket.rate, bucket.resource, bucket.lastGrowthIndex, notices.noticePaidIndex];
  };

  describe("take", () => {
    it("returns the rate of the resource, and the currency", async () => {
      expect(await harness.take.staticCall(1, 7, 60)).to.deep.equal([420n, 3n]);
    });

    it("refuses a rent above the maximum", async () => {
      await expect(harness.take(1, 7, 59))
        .to.be.revertedWithCustomError(registry, "RentAboveMaximum")
        .withArgs(1, 60, 59);
    });
  });

  describe("grow", () => {
    it("adds resource and rate, and notes the paid index when the owner lets the bucket grow", async () => {
      await holding(10n, 1n, caller);
      expect(await harness.grow.staticCall(3, 2, 20)).to.deep.equal([3n, 30n]);
      await harness.grow(3, 2, 20);
      expect(await stored()).to.deep.equal([30n, 3n, 900n, 0n]);
    });

    it("keeps the paid index of before when the manager does, unless the bucket was empty", async () => {
      await holding(10n, 1n);
      await harness.grow(3, 2, 20);
      expect(await stored()).to.deep.equal([30n, 3n, 100n, 0n]);
      await holding(0n, 0n);
      await harness.grow(3, 2, 20);
      expect(await stored()).to.deep.equal([20n, 2n, 900n, 0n]);
    });

    it("refuses what does not fit", async () => {
      await holding(2n ** 96n - 1n, 1n);
      await expect(harness.grow(3, 1, 1))
        .to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast")
        .withArgs(96, 2n ** 96n);
    });
  });

  describe("shrink", () => {
    it("lowers the rate in proportion, and rounds the rest up", async () => {
      for (const [resource, left, rate] of [
        [1n, 2n, 7n],
        [2n, 1n, 4n],
        [3n, 0n, 0n],
      ] as const) {
        await holding(10n, 3n);
        expect(await harness.shrink.staticCall(resource)).to.deep.equal([left, rate]);
        await harness.shrink(resource);
        expect(await stored()).to.deep.equal([rate, left, 100n, 0n]);
      }
    });

    it("leaves the account alone where the rate stays", async () => {
      await accounts.setAnswer(selector(accountApi, "lowerRate"), "0x");
      await holding(0n, 3n);
      expect(await harness.shrink.staticCall(1)).to.deep.equal([2n, 0n]);
    });
  });

  describe("movePayer", () => {
    it("moves the rate, and notes the new owner's paid index", async () => {
      await holding(10n, 1n);
      await harness.movePayer(NEW_OWNER);
      expect(await stored()).to.deep.equal([10n, 1n, 900n, 0n]);
    });

    it("lets the progress since a notice go on", async () => {
      await holding(10n, 1n);
      await notice(1n, 70n);
      await harness.movePayer(NEW_OWNER);
      expect(await stored()).to.deep.equal([10n, 1n, 900n, 440n]);
    });

    it("does so for an empty bucket too, and leaves a notice to a bucket with a rate of zero", async () => {
      await answerCoverage(0n, 600n, 0n, false);
      await holding(0n, 0n);
      await notice(1n, 70n);
      await harness.movePayer(NEW_OWNER);
      expect(await stored()).to.deep.equal([0n, 0n, 100n, 40n]);
      await accounts.setAnswer(selector(accountApi, "coverageOf"), "0x");
      await expect(harness.movePayer(NEW_OWNER)).to.be.reverted;
      for (const [reclaim, index] of [
        [1n, 0n],
        [0n, 70n],
      ] as const) {
        await notice(reclaim, index);
        await harness.movePayer(NEW_OWNER);
      }
    });
  });

  describe("requireUnpaid", () => {
    it("asks nothing about a rate of zero", async () => {
      await holding(0n, 1n);
      expect(await harness.requireUnpaid(7)).to.deep.equal([0n, 0n, 7n * 24n * HOUR]);
    });

    it("returns the indices, and as much notice as was paid since the bucket grew", async () => {
      await holding(10n, 1n);
      await answerCoverage(5_000_000n, 100n + 2n * HOUR * SPEED, 8n, true);
      expect(await harness.requireUnpaid(7)).to.deep.equal([5_000_000n, 100n + 2n * HOUR * SPEED, 2n * HOUR]);
    });

    it("refuses a bucket that is covered", async () => {
      await holding(10n, 1n);
      await answerCoverage(5n, 5n, 1_234n, false);
      await expect(harness.requireUnpaid(7)).to.be.revertedWithCustomError(registry, "BucketCovered").withArgs(7, 1_234);
    });
  });

  describe("coveredUntil", () => {
    it("is what the account says, and the largest value for a rate of zero", async () => {
      await answerCoverage(5n, 5n, 1_234n, false);
      await holding(10n, 1n);
      expect(await harness.coveredUntil()).to.equal(1_234);
      await holding(0n, 1n);
      expect(await harness.coveredUntil()).to.equal(MAX_UINT64);
    });
  });
});
