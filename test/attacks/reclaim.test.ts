import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { network } from "hardhat";

import { DEFAULTS, MONTH, testUsd, usd, withCluster, withFundedBucket } from "../fixtures";

// Whoever does not pay and does not want to give capacity back, and whoever wants it back too early.

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** The owner holds all there is of the cluster, and has never deposited: a notice lasts for an hour. */
async function withSquatter() {
  const fixture = await withCluster();
  const mine = fixture.bucketRegistry.connect(fixture.owner);
  await mine.createBucket(fixture.clusterId, "");
  await mine.allocate(1, DEFAULTS.reservedPerVnode, RENT);
  return { ...fixture, mine, bucketId: 1n };
}

/** A second cluster of the same manager, of one vnode on node 4, which asks for nothing; the owner holds 100 units of it. */
async function withFreeBucket() {
  const fixture = await withCluster();
  const { bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, testUSD } = fixture;
  await nodeRegistry.connect(provider1).createNode(0, 1_000, "");
  await clusterRegistry.connect(manager).createCluster(testUSD, 1, [4], 0, "");
  await clusterRegistry.connect(manager).reserveResource(2, 100);
  const mine = bucketRegistry.connect(owner);
  await mine.createBucket(2, "");
  await mine.allocate(1, 100, 0);
  /** Lets another rent take effect, which takes a moment without anything allocated. */
  const changeRent = async (rent: bigint): Promise<void> => {
    await nodeRegistry.connect(provider1).changeNodeRent(4, rent);
    await clusterRegistry.connect(manager).acceptRent(2, 4, rent);
  };
  return { ...fixture, mine, clusterId: 2n, bucketId: 1n, changeRent };
}

/** The account of the funded bucket ran out of funds after its 446,400 seconds, and got its notice at `noticed`. */
async function withNotice() {
  const fixture = await withFundedBucket();
  const noticed = (await time.latest()) + 6 * DAY;
  await time.setNextBlockTimestamp(noticed);
  await fixture.bucketRegistry.reclaim(fixture.bucketId);
  return { ...fixture, noticed };
}

describe("attacks on the notice of reclaim", () => {
  it("an owner without funds who releases and allocates anew in one multicall keeps the notice, and loses the capacity when it is over", async () => {
    const { bucketRegistry, clusterRegistry, manager, mine, stranger, clusterId, bucketId } = await withSquatter();
    const noticed = (await time.latest()) + 10;
    await time.setNextBlockTimestamp(noticed);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, stranger, noticed + HOUR);

    await time.setNextBlockTimestamp(noticed + HOUR - 2);
    await mine.multicall([
      mine.interface.encodeFunctionData("release", [bucketId, 10]),
      mine.interface.encodeFunctionData("allocate", [bucketId, 10, RENT]),
    ]);
    const { resource, reclaimableFrom } = await bucketRegistry.getBucket(bucketId);
    expect([resource, reclaimableFrom]).to.deep.equal([10n, BigInt(noticed + HOUR)]);

    await time.setNextBlockTimestamp(noticed + HOUR - 1);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
      .withArgs(bucketId, noticed + HOUR);
    await time.setNextBlockTimestamp(noticed + HOUR);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ResourceDeallocated")
      .withArgs(bucketId, clusterId, stranger, 0, 0);
    await expect(clusterRegistry.connect(manager).releaseResource(clusterId, 10))
      .to.emit(clusterRegistry, "ResourceReleased")
      .withArgs(clusterId, 0);
  });

  it("an owner without funds who passes the bucket to another such account passes on the notice with it", async () => {
    const { bucketRegistry, mine, otherOwner, stranger, clusterId, bucketId } = await withSquatter();
    const noticed = (await time.latest()) + 10;
    await time.setNextBlockTimestamp(noticed);
    await bucketRegistry.reclaim(bucketId);
    await mine.offerBucket(bucketId, otherOwner);
    await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT * 10n);
    await time.setNextBlockTimestamp(noticed + HOUR);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ResourceDeallocated")
      .withArgs(bucketId, clusterId, stranger, 0, 0);
  });

  it("an owner who allocates more for nothing keeps the manager's notice to a bucket that pays nothing", async () => {
    const { bucketRegistry, manager, mine, clusterId, bucketId } = await withFreeBucket();
    const theirs = bucketRegistry.connect(manager);
    const noticed = (await time.latest()) + 10;
    await time.setNextBlockTimestamp(noticed);
    await expect(theirs.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, manager, noticed + 7 * DAY);
    await time.setNextBlockTimestamp(noticed + 7 * DAY - 2);
    await mine.release(bucketId, 1);
    await mine.allocate(bucketId, 1, 0);
    await time.setNextBlockTimestamp(noticed + 7 * DAY);
    await expect(theirs.reclaim(bucketId)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(bucketId, clusterId, manager, 0, 0);
  });

  it("a manager cannot use the notice of a time at which the bucket paid nothing against one that pays by now", async () => {
    const { bucketRegistry, changeRent, manager, mine, clusterId, bucketId } = await withFreeBucket();
    const theirs = bucketRegistry.connect(manager);
    await theirs.reclaim(bucketId);
    await mine.release(bucketId, 100);
    await changeRent(usd("10"));
    await mine.allocate(bucketId, 1, usd("10"));
    const late = (await time.latest()) + 8 * DAY;
    await time.setNextBlockTimestamp(late);
    // Never funded, so that its own notice is of an hour, and begins now.
    await expect(theirs.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, manager, late + HOUR);
    await time.setNextBlockTimestamp(late + HOUR);
    await expect(theirs.reclaim(bucketId)).to.emit(bucketRegistry, "ResourceDeallocated").withArgs(bucketId, clusterId, manager, 0, 0);
  });

  it("a manager cannot use the notice of a time at which the bucket owed rent against one that pays nothing by now", async () => {
    const { bucketRegistry, changeRent, manager, mine, clusterId, bucketId } = await withFreeBucket();
    const theirs = bucketRegistry.connect(manager);
    await mine.release(bucketId, 100);
    await changeRent(usd("10"));
    await mine.allocate(bucketId, 1, usd("10"));
    await theirs.reclaim(bucketId);
    await mine.release(bucketId, 1);
    await changeRent(0n);
    await mine.allocate(bucketId, 1, 0);
    const late = (await time.latest()) + DAY;
    await time.setNextBlockTimestamp(late);
    await expect(theirs.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, manager, late + 7 * DAY);
  });

  it("a manager who allocates within the cap does not shorten the notice of an owner who has paid for weeks", async () => {
    const { accountRegistry, bucketRegistry, manager, owner, testUSD, clusterId, bucketId } = await withFundedBucket();
    // 70 tokens are 36 days of a unit.
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("60"));
    await bucketRegistry.connect(owner).setResourceCap(bucketId, 2, RENT);
    const depleted = (await time.latest()) + 60 * DAY;
    const theirs = bucketRegistry.connect(manager);
    await time.setNextBlockTimestamp(depleted);
    await expect(
      theirs.multicall([
        theirs.interface.encodeFunctionData("allocate", [bucketId, 1, RENT]),
        theirs.interface.encodeFunctionData("reclaim", [bucketId]),
      ]),
    )
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, manager, depleted + 7 * DAY);
  });

  it("a price that falls 64-fold shortens a notice 64-fold: what has been paid is measured at the present price", async () => {
    const { accountRegistry, priceRegistry, admin, bucketRegistry, owner, stranger, testUSD, clusterId, bucketId } =
      await withFundedBucket();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("110"));
    await time.increase(61 * DAY);
    for (const price of ["0.5", "0.25", "0.125", "0.0625", "0.03125", "0.015625"]) {
      // A price may halve at once, and again a day and a half later.
      await priceRegistry.connect(admin).setPrice(testUSD, usd(price));
      await time.increase(1.5 * DAY);
    }
    const depleted = BigInt(await time.latest()) + 10n;
    await time.setNextBlockTimestamp(depleted);
    // It has paid 120 tokens: two months at 1 USD a token, which would be 7 days of notice; at 1/64 USD they last for 83,700 seconds.
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, stranger, depleted + (2n * MONTH) / 64n);
  });

  context("given an owner who paid for a month after the notice, and then no more", () => {
    async function withMonthPaid() {
      const fixture = await withNotice();
      const { accountRegistry, owner, testUSD, noticed } = fixture;
      await time.setNextBlockTimestamp(noticed + 1);
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("60"));
      return { ...fixture, voidUntil: BigInt(noticed) + (10n * MONTH) / 9n };
    }

    it("the notice is void as long as that is nine tenths of the time since: a call gives a new one", async () => {
      const { bucketRegistry, stranger, clusterId, bucketId, voidUntil } = await withMonthPaid();
      await time.setNextBlockTimestamp(voidUntil);
      await expect(bucketRegistry.reclaim(bucketId))
        .to.emit(bucketRegistry, "ReclaimNoticed")
        .withArgs(bucketId, clusterId, stranger, voidUntil + BigInt(7 * DAY));
    });

    it("a stranger who waits for a second more releases the bucket without a new notice", async () => {
      const { bucketRegistry, stranger, clusterId, bucketId, voidUntil } = await withMonthPaid();
      await time.setNextBlockTimestamp(voidUntil + 1n);
      await expect(bucketRegistry.reclaim(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0);
    });

    it("a stranger who comes after 34 days without funds releases the bucket without a new notice", async () => {
      const { bucketRegistry, stranger, clusterId, bucketId, noticed } = await withMonthPaid();
      await time.setNextBlockTimestamp(noticed + (31 + 34) * DAY);
      await expect(bucketRegistry.reclaim(bucketId))
        .to.emit(bucketRegistry, "ResourceDeallocated")
        .withArgs(bucketId, clusterId, stranger, 0, 0);
    });
  });

  it("an owner who tops up by one base unit in the same block fails one reclaim, and the next block's succeeds", async () => {
    const { accountRegistry, bucketRegistry, owner, stranger, testUSD, clusterId, bucketId, noticed } = await withNotice();
    const over = noticed + 7 * DAY;
    await network.provider.send("evm_setAutomine", [false]);
    try {
      await accountRegistry.connect(owner).deposit(testUSD, 1, { gasLimit: 300_000, maxPriorityFeePerGas: 2_000_000_000n });
      const { hash } = await bucketRegistry.reclaim(bucketId, { gasLimit: 300_000, maxPriorityFeePerGas: 1_000_000_000n });
      await time.setNextBlockTimestamp(over);
      await network.provider.send("evm_mine");
      const { returnValue } = (await network.provider.send("debug_traceTransaction", [hash, { disableStorage: true }])) as {
        returnValue: string;
      };
      const refusal = bucketRegistry.interface.parseError(`0x${returnValue.replace(/^0x/, "")}`);
      expect(refusal?.name).to.equal("BucketCovered");
      // A millionth of a dollar is less than a second's rent.
      expect(refusal?.args.toArray()).to.deep.equal([bucketId, BigInt(over)]);
    } finally {
      await network.provider.send("evm_setAutomine", [true]);
    }
    await time.setNextBlockTimestamp(over + 1);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ResourceDeallocated")
      .withArgs(bucketId, clusterId, stranger, 0, 0);
    expect((await accountRegistry.getAccount(owner, testUSD)).balance).to.equal(0n);
  });
});
