import { expect } from "chai";
import { MaxUint256, parseEther } from "ethers";

import { DEFAULTS, NATIVE, testUsd, usd, withCluster, withNodes } from "../fixtures";
import { COVERED, withNotice, type WithNotice } from "../helpers/notice";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

// More of those who hold capacity and do not pay for it, and of those who want it back too early.

const RENT = usd("60");
const WEEK = 7n * DAY;
const ALL = DEFAULTS.reservedPerVnode;

describe("attacks by holding capacity", () => {
  it("one wei a week holds a bucket of 10 units for no longer than its notice of a week", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, stranger, nodeIds } = await withNodes();
    await clusterRegistry.connect(manager).createCluster(NATIVE, 6, nodeIds, 0, "");
    await clusterRegistry.connect(manager).reserveResource(1, ALL);
    const mine = bucketRegistry.connect(owner);
    await mine.createBucket(1, "");
    // 600 ETH a month: two weeks' worth, so that the notice is as long as it can be.
    await accountRegistry.connect(owner).deposit(NATIVE, parseEther("8000"), { value: parseEther("8000") });
    const start = (await now()) + 1_000n;
    await at(start);
    await mine.allocate(1, ALL, RENT);
    await at(start + 2n * WEEK);
    await accountRegistry.connect(owner).withdraw(NATIVE, MaxUint256, owner);

    const topUp = async (time: bigint): Promise<void> => {
      await at(time);
      await accountRegistry.connect(owner).deposit(NATIVE, 1, { value: 1 });
    };
    const noticed = start + 2n * WEEK + 10n;
    await topUp(noticed - 1n);
    await at(noticed);
    await expect(bucketRegistry.reclaim(1))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(1, 1, stranger, noticed + WEEK);
    await topUp(noticed + WEEK - 2n);
    await at(noticed + WEEK - 1n);
    await expect(bucketRegistry.reclaim(1))
      .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
      .withArgs(1, noticed + WEEK);
    await at(noticed + WEEK);
    await expect(bucketRegistry.reclaim(1)).to.emit(bucketRegistry, "BucketReclaimed").withArgs(1, 1, stranger);
    expect((await clusterRegistry.getCluster(1)).resourceUsed).to.equal(0n);
  });

  it("fresh accounts again and again hold it for an hour each: whoever waits takes it in the transaction that reclaims it", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, otherManager, otherOwner, owner, stranger, testUSD } = await withCluster();
    const { interface: api } = bucketRegistry;
    // The squatter has as many accounts as it likes, each with a bucket; the other owner has money and waits.
    for (const account of [owner, stranger, otherManager]) await bucketRegistry.connect(account).createBucket(1, "");
    await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("1000"));
    await bucketRegistry.connect(otherOwner).createBucket(1, "");
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(1, ALL, RENT);
    await at(start + 1n);
    await bucketRegistry.reclaim(1);
    // The next account has to wait for it, too, as long as the first does not give it back: nothing is free.
    await expect(bucketRegistry.connect(stranger).allocate(2, 1, RENT))
      .to.be.revertedWithCustomError(bucketRegistry, "ClusterResourceExceeded")
      .withArgs(1, 1, 0);
    await at(start + 1n + HOUR);
    await bucketRegistry
      .connect(otherOwner)
      .multicall([api.encodeFunctionData("reclaim", [1]), api.encodeFunctionData("allocate", [4, ALL, RENT])]);
    for (const [account, bucketId] of [
      [stranger, 2],
      [otherManager, 3],
    ] as const) {
      await expect(bucketRegistry.connect(account).allocate(bucketId, 1, RENT))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterResourceExceeded")
        .withArgs(1, 1, 0);
    }
    const { resource, ratePerMonth } = await bucketRegistry.getBucket(4);
    expect([resource, ratePerMonth]).to.deep.equal([ALL, ALL * RENT]);
    expect((await clusterRegistry.getCluster(1)).resourceUsed).to.equal(ALL);
  });

  it("the smallest deposit holds capacity for what it pays for and an hour", async () => {
    const { accountRegistry, bucketRegistry, owner, stranger, testUSD } = await withCluster();
    await bucketRegistry.connect(owner).createBucket(1, "");
    await accountRegistry.connect(owner).deposit(testUSD, 1);
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(1, ALL, RENT);
    // A millionth of a dollar, at 600 dollars a month, is less than a second's rent.
    await at(start + 1n);
    await expect(bucketRegistry.reclaim(1))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(1, 1, stranger, start + 1n + HOUR);
    await at(start + 1n + HOUR);
    await expect(bucketRegistry.reclaim(1)).to.emit(bucketRegistry, "BucketReclaimed").withArgs(1, 1, stranger);
    expect((await accountRegistry.getAccount(owner, testUSD)).balance).to.equal(0n);
  });
});

describe("attacks on a notice by the price", () => {
  /** The last part of the notice is yet to be paid for at 1 USD when the price changes, and so does how much that part costs. */
  async function paidInPart(paid: bigint, price: string): Promise<WithNotice> {
    const fixture = await withNotice();
    const { accountRegistry, priceRegistry, admin, owner, testUSD, noticed } = fixture;
    await at(noticed + 1n);
    await accountRegistry.connect(owner).deposit(testUSD, paid);
    // 10 TestUSD pay for all of it.
    await at(noticed + 1n + (COVERED * paid) / testUsd("10"));
    await priceRegistry.connect(admin).setPrice(testUSD, usd(price));
    return fixture;
  }

  it("nine tenths of the time are less of what was due when the price fell since: the bucket is reclaimed when its notice is over", async () => {
    const { bucketRegistry, clusterId, bucketId, stranger, until } = await paidInPart(testUsd("9"), "0.5");
    await at(until - 1n);
    await expect(bucketRegistry.reclaim(bucketId))
      .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
      .withArgs(bucketId, until);
    await at(until);
    await expect(bucketRegistry.reclaim(bucketId)).to.emit(bucketRegistry, "BucketReclaimed").withArgs(bucketId, clusterId, stranger);
  });

  it("less than nine tenths of the time are more of what was due when the price rose since: the notice is void, and a new one as long as what has been paid, at the new price", async () => {
    const { bucketRegistry, clusterId, bucketId, stranger, until } = await paidInPart(testUsd("8.8"), "2");
    await at(until);
    // 446,400 and 392,832 seconds at 1 USD are twice as many at 2 USD: more than 7 days.
    await expect(bucketRegistry.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, stranger, until + WEEK);
  });

  it("a manager with the price role on its side cannot end a notice that has been given, nor void what was paid for", async () => {
    const {
      accountRegistry,
      priceRegistry,
      admin,
      bucketRegistry,
      clusterRegistry,
      manager,
      owner,
      testUSD,
      bucketId,
      clusterId,
      noticed,
      until,
    } = await withNotice();
    const theirs = bucketRegistry.connect(manager);
    for (const [hours, price] of [
      [1n, "0.5"],
      [37n, "0.25"],
    ] as const) {
      await at(noticed + hours * HOUR);
      await priceRegistry.connect(admin).setPrice(testUSD, usd(price));
      await expect(theirs.reclaim(bucketId)).to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady").withArgs(bucketId, until);
    }
    // At four times the speed, all of the notice costs the owner at most four times as much: then it is void, and the bucket stays.
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("60"));
    await at(until);
    const { coveredUntil } = await bucketRegistry.getBucket(bucketId, { blockTag: "pending" });
    await expect(theirs.reclaim(bucketId)).to.be.revertedWithCustomError(bucketRegistry, "BucketCovered").withArgs(bucketId, coveredUntil);
    await at(coveredUntil);
    await expect(theirs.reclaim(bucketId))
      .to.emit(bucketRegistry, "ReclaimNoticed")
      .withArgs(bucketId, clusterId, manager, coveredUntil + WEEK);

    // Nor is there another way.
    await expect(clusterRegistry.connect(manager).removeCluster(clusterId))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterInUse")
      .withArgs(clusterId, 1);
    await expect(clusterRegistry.connect(manager).releaseResource(clusterId, 10))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterResourceInUse")
      .withArgs(clusterId, 10, 9);
    await expect(theirs.release(bucketId, 1))
      .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
      .withArgs(bucketId, manager, owner);
  });
});
