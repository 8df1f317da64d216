import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { network } from "hardhat";

import {
  DEFAULTS,
  testUsd,
  usd,
  withCluster,
  withFundedBucket,
} from "../fixtures";

// Attacks on the notices: whoever does not want to give capacity back, and whoever wants it too early.

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
const HOUR = 3_600;
const DAY = 86_400;

describe("attack: notices of reclaim and endBucket", () => {
  it("a dry owner voids a notice without paying: release and allocate in one multicall", async () => {
    const { bucketRegistry, owner, stranger, clusterId } = await withCluster();
    const mine = bucketRegistry.connect(owner);
    await mine.createBucket(clusterId, "");
    await mine.allocate(1, 10, RENT); // All there is, with nothing deposited.
    const api = bucketRegistry.interface;
    for (let hour = 0; hour < 24; ++hour) {
      await bucketRegistry.connect(stranger).reclaim(1);
      expect((await bucketRegistry.getBucket(1)).reclaimableFrom).not.to.equal(
        0n,
      );
      await time.increase(HOUR - 60);
      await mine.multicall([
        api.encodeFunctionData("release", [1, 10]),
        api.encodeFunctionData("allocate", [1, 10, RENT]),
      ]);
      const { resource, reclaimableFrom } = await bucketRegistry.getBucket(1);
      expect(resource).to.equal(10n);
      expect(
        reclaimableFrom,
        "the notice is gone though nothing was paid",
      ).not.to.equal(0n);
    }
  });

  it("a dry owner goes from bucket to bucket, and the capacity never comes back", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      clusterRegistry,
      testUSD,
      manager,
      owner,
      stranger,
      clusterId,
    } = await withCluster();
    const mine = bucketRegistry.connect(owner);
    const api = bucketRegistry.interface;
    await mine.createBucket(clusterId, "");
    await mine.createBucket(clusterId, "");
    await mine.allocate(1, 10, RENT);
    let [held, spare] = [1, 2];
    for (let hour = 0; hour < 24; ++hour) {
      await bucketRegistry.connect(stranger).reclaim(held);
      await time.increase(HOUR - 60);
      await mine.multicall([
        api.encodeFunctionData("release", [held, 10]),
        api.encodeFunctionData("allocate", [spare, 10, RENT]),
      ]);
      [held, spare] = [spare, held];
    }
    // A day later nothing was paid, and the manager can neither take the capacity back nor end the cluster.
    expect(
      (await accountRegistry.getAccount(owner, testUSD)).fineBalance,
    ).to.equal(0n);
    expect(await accountRegistry.poolOf(clusterId)).to.equal(0n);
    await expect(clusterRegistry.connect(manager).releaseResource(clusterId, 1))
      .to.be.reverted;
    await expect(clusterRegistry.connect(manager).removeCluster(clusterId)).to
      .be.reverted;
    expect(
      (await clusterRegistry.getCluster(clusterId)).resourceUsed,
      "all the capacity, for nothing",
    ).to.equal(0n);
  });

  it("an owner under endBucket's notice starts it anew: release and allocate in one multicall", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      testUSD,
      manager,
      owner,
      bucketId,
    } = await withFundedBucket();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("10000"));
    await bucketRegistry.connect(manager).endBucket(bucketId);
    await time.increase(30 * DAY - 60);
    const api = bucketRegistry.interface;
    await bucketRegistry
      .connect(owner)
      .multicall([
        api.encodeFunctionData("release", [bucketId, 1]),
        api.encodeFunctionData("allocate", [bucketId, 1, RENT]),
      ]);
    const { resource, endsAt } = await bucketRegistry.getBucket(bucketId);
    expect(resource).to.equal(1n);
    expect(endsAt, "the manager's notice is gone").not.to.equal(0n);
  });

  it("an owner voids the manager's notice to a bucket that pays nothing by allocating one unit more for nothing", async () => {
    const {
      bucketRegistry,
      clusterRegistry,
      nodeRegistry,
      testUSD,
      manager,
      owner,
      provider1,
    } = await withCluster();
    await nodeRegistry.connect(provider1).createNode(0, 1_000, "");
    await clusterRegistry
      .connect(manager)
      .createCluster(testUSD, 1, [4], 0, "");
    await clusterRegistry.connect(manager).reserveResource(2, 100);
    const mine = bucketRegistry.connect(owner);
    await mine.createBucket(2, "");
    await mine.allocate(1, 100, 0);
    await bucketRegistry.connect(manager).reclaim(1);
    await time.increase(7 * DAY - 60);
    await mine.release(1, 1);
    await mine.allocate(1, 1, 0);
    const { resource, reclaimableFrom } = await bucketRegistry.getBucket(1);
    expect(resource).to.equal(100n);
    expect(
      reclaimableFrom,
      "the notice is gone, the bucket still pays nothing",
    ).not.to.equal(0n);
  });

  it("a manager within the cap shortens an owner's notice from seven days to an hour", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      testUSD,
      manager,
      owner,
      bucketId,
    } = await withFundedBucket();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("60"));
    await bucketRegistry.connect(owner).setResourceCap(bucketId, 2, RENT);
    await time.increase(60 * DAY); // It paid for more than a month, and is dry.
    const theirs = bucketRegistry.connect(manager);
    const api = bucketRegistry.interface;
    await theirs.multicall([
      api.encodeFunctionData("allocate", [bucketId, 1, RENT]), // Of a dry account: it costs the owner nothing, and sets grownAt.
      api.encodeFunctionData("reclaim", [bucketId]),
    ]);
    const { reclaimableFrom } = await bucketRegistry.getBucket(bucketId);
    expect(reclaimableFrom).to.equal(BigInt((await time.latest()) + 7 * DAY));
  });

  it("a fall of the price shortens the notice of a bucket that paid for months", async () => {
    const {
      accountRegistry,
      admin,
      bucketRegistry,
      testUSD,
      owner,
      bucketId,
      stranger,
    } = await withFundedBucket();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("110"));
    await time.increase(61 * DAY);
    for (const price of [
      "0.5",
      "0.25",
      "0.125",
      "0.0625",
      "0.03125",
      "0.015625",
    ]) {
      await accountRegistry.connect(admin).setPrice(testUSD, usd(price));
      await time.increase(13 * HOUR);
    }
    expect((await accountRegistry.getAccount(owner, testUSD)).balance).to.equal(
      0n,
    );
    await bucketRegistry.connect(stranger).reclaim(bucketId);
    const { reclaimableFrom } = await bucketRegistry.getBucket(bucketId);
    // It paid for two months, so by the design it has seven days.
    expect(reclaimableFrom).to.equal(BigInt((await time.latest()) + 7 * DAY));
  });

  it("a notice that was void comes back to life", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      testUSD,
      owner,
      bucketId,
      stranger,
    } = await withFundedBucket();
    await time.increase(6 * DAY);
    await bucketRegistry.connect(stranger).reclaim(bucketId); // Dry: notice.
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("60"));
    await time.increase(31 * DAY); // All of a month is paid: the notice is void by the design.
    await time.increase(34 * DAY); // Dry for a little longer than was paid for.
    await bucketRegistry.connect(stranger).reclaim(bucketId);
    expect(
      (await bucketRegistry.getBucket(bucketId)).resource,
      "released without a new notice",
    ).to.equal(1n);
  });

  it("a manager's notice never lapses and cannot be taken back: a stranger ends a paying bucket years later", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      testUSD,
      manager,
      owner,
      bucketId,
      stranger,
    } = await withFundedBucket();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("10000"));
    await bucketRegistry.connect(manager).endBucket(bucketId);
    await time.increase(3 * 365 * DAY);
    await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT); // Both sides go on as if nothing had been said.
    await bucketRegistry.connect(stranger).endBucket(bucketId);
    expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(2n);
  });

  it("one base unit in the same block refuses a reclaim whose notice is over, as often as it is tried", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      testUSD,
      owner,
      bucketId,
      stranger,
    } = await withFundedBucket();
    await time.increase(6 * DAY);
    await bucketRegistry.connect(stranger).reclaim(bucketId);
    await time.increase(7 * DAY);
    const { balance } = await accountRegistry.getAccount(owner, testUSD);
    expect(balance).to.equal(0n);
    for (let day = 0; day < 5; ++day) {
      await network.provider.send("evm_setAutomine", [false]);
      await accountRegistry
        .connect(owner)
        .deposit(testUSD, 1n, { gasLimit: 300_000 });
      const attempt = await bucketRegistry
        .connect(stranger)
        .reclaim(bucketId, { gasLimit: 500_000 });
      await network.provider.send("evm_mine");
      await network.provider.send("evm_setAutomine", [true]);
      const receipt = await network.provider.send("eth_getTransactionReceipt", [
        attempt.hash,
      ]);
      expect(
        (receipt as { status: string }).status,
        `day ${day}: BucketCovered by a millionth of a dollar`,
      ).to.equal("0x1");
      await time.increase(DAY);
    }
  });
});
