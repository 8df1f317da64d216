import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { testUsd, usd } from "../fixtures";
import { COVERED, INDEX_PER_BASE_UNIT, withNotice, type WithNotice } from "../helpers/notice";
import { DAY } from "../helpers/time";
import { at } from "../helpers/units";

const RENT = usd("60");
/** Nine tenths of the time from the notice to its end: what 9 TestUSD pay for. */
const NINE_TENTHS = (COVERED * 9n) / 10n;

/** The notice is over and the account out of funds: a stranger takes the bucket's resource back. */
async function expectReclaimed({ bucketRegistry, bucketId, clusterId, stranger }: WithNotice, timestamp: bigint): Promise<void> {
  await at(timestamp);
  await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
    .to.emit(bucketRegistry, "ResourceDeallocated")
    .withArgs(bucketId, clusterId, stranger, 0, 0);
}

/** The notice is void: a stranger's call only gives another. */
async function expectNoticeAnew(fixture: WithNotice, timestamp: bigint, until: bigint): Promise<void> {
  const { bucketRegistry, bucketId, clusterId, stranger } = fixture;
  await at(timestamp);
  await expect(bucketRegistry.connect(stranger).reclaim(bucketId))
    .to.emit(bucketRegistry, "ReclaimNoticed")
    .withArgs(bucketId, clusterId, stranger, until);
  expect((await bucketRegistry.getBucket(bucketId)).resource).to.equal(1n);
}

async function deposit({ accountRegistry, testUSD, owner }: WithNotice, amount: bigint): Promise<void> {
  await accountRegistry.connect(owner).deposit(testUSD, amount);
}

describe("BucketRegistry", () => {
  describe("reclaim: what makes a notice void", () => {
    context("when the account has paid for nine tenths of the time since", () => {
      it("makes it void, and gives another for all that has been paid since the bucket grew", async () => {
        const fixture = await withNotice();
        await deposit(fixture, testUsd("9"));
        // 446,400 and 401,760 seconds, at most 7 days.
        await expectNoticeAnew(fixture, fixture.until, fixture.until + 7n * DAY);
      });

      it("takes back no less the next time, when nothing more is paid", async () => {
        const fixture = await withNotice();
        await deposit(fixture, testUsd("9"));
        await expectNoticeAnew(fixture, fixture.until, fixture.until + 7n * DAY);
        await expectReclaimed(fixture, fixture.until + 7n * DAY);
      });

      it("makes it void before its end, too", async () => {
        const fixture = await withNotice();
        // Noticed at 0, paid from 1 to 44,641: nine tenths of 49,600 seconds.
        await at(fixture.noticed + 1n);
        await deposit(fixture, testUsd("1"));
        // 446,400 and 44,640 seconds.
        await expectNoticeAnew(fixture, fixture.noticed + 49_600n, fixture.noticed + 49_600n + 491_040n);
      });
    });

    context("when the account has paid for less than nine tenths of the time since", () => {
      it("does not, by a second", async () => {
        const fixture = await withNotice();
        await deposit(fixture, testUsd("9"));
        await expectReclaimed(fixture, fixture.until + 1n);
      });

      it("does not, by a base unit", async () => {
        const fixture = await withNotice();
        await deposit(fixture, testUsd("9") - 1n);
        await expectReclaimed(fixture, fixture.until);
      });
    });

    context("when the account is topped up by single base units", () => {
      it("does not become void, however often", async () => {
        const fixture = await withNotice();
        const { accountRegistry, testUSD, owner, noticed, until } = fixture;
        const { paidIndex } = await accountRegistry.getAccount(owner, testUSD);
        for (let i = 1n; i <= 10n; ++i) {
          await at(noticed + i * 10_000n);
          await deposit(fixture, 1n);
        }
        const after = await accountRegistry.getAccount(owner, testUSD);
        // The last one has just been deposited.
        expect(after.paidIndex).to.equal(paidIndex + 9n * INDEX_PER_BASE_UNIT);
        await expectReclaimed(fixture, until);
      });

      it("does not become void by one in the block before", async () => {
        const fixture = await withNotice();
        await at(fixture.until - 1n);
        await deposit(fixture, 1n);
        await expectReclaimed(fixture, fixture.until);
      });

      it("is put off by one in the same block, but not made void", async () => {
        const fixture = await withNotice();
        const { accountRegistry, bucketRegistry, testUSD, bucketId, owner, stranger, until } = fixture;
        await ethers.provider.send("evm_setAutomine", [false]);
        await at(until);
        const topUp = await accountRegistry.connect(owner).deposit(testUSD, 1n, { gasPrice: 10n ** 10n });
        const reclaim = await bucketRegistry.connect(stranger).reclaim(bucketId, { gasPrice: 10n ** 9n * 5n });
        await mine();
        await ethers.provider.send("evm_setAutomine", [true]);
        const receipts = await Promise.all([topUp, reclaim].map(({ hash }) => ethers.provider.getTransactionReceipt(hash)));
        expect(receipts.map((receipt) => [receipt?.blockNumber, receipt?.index, receipt?.status])).to.deep.equal([
          [receipts[0]?.blockNumber, 0, 1],
          [receipts[0]?.blockNumber, 1, 0],
        ]);
        await expectReclaimed(fixture, until + 1n);
      });
    });

    context("when the bucket changes hands", () => {
      it("does not become void by a transfer to a fresh account and back", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, bucketId, owner, otherOwner, until } = fixture;
        for (const [from, to] of [
          [owner, otherOwner],
          [otherOwner, owner],
        ] as const) {
          await bucketRegistry.connect(from).offerBucket(bucketId, to);
          await bucketRegistry.connect(to).acceptBucket(bucketId, RENT);
          expect((await bucketRegistry.getBucket(bucketId)).reclaimableFrom).to.equal(until);
        }
        await at(until - 1n);
        await expect(bucketRegistry.reclaim(bucketId))
          .to.be.revertedWithCustomError(bucketRegistry, "ChangeNotReady")
          .withArgs(bucketId, until);
        await expectReclaimed(fixture, until);
      });

      it("does not become void by releasing everything, handing the bucket over and allocating again", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, bucketId, owner, otherOwner, noticed, until } = fixture;
        await at(noticed + 100n);
        await bucketRegistry.connect(owner).release(bucketId, 1);
        await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, 0);
        await bucketRegistry.connect(otherOwner).allocate(bucketId, 1, RENT);
        expect((await bucketRegistry.getBucket(bucketId)).reclaimableFrom).to.equal(until);
        await expectReclaimed(fixture, until);
      });

      it("counts what both paid when the bucket held nothing as it changed hands", async () => {
        const fixture = await withNotice();
        const { accountRegistry, bucketRegistry, testUSD, bucketId, owner, otherOwner, noticed, until } = fixture;
        // Out of funds from 89,290 on; the other owner pays for 312,480 seconds.
        await at(noticed + 10n);
        await deposit(fixture, testUsd("2"));
        await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("7"));
        await at(noticed + 100_000n);
        await bucketRegistry
          .connect(owner)
          .multicall([
            bucketRegistry.interface.encodeFunctionData("release", [bucketId, 1]),
            bucketRegistry.interface.encodeFunctionData("offerBucket", [bucketId, otherOwner.address]),
          ]);
        const ids = [bucketId, 1, RENT] as const;
        const calls = [
          bucketRegistry.interface.encodeFunctionData("acceptBucket", [bucketId, 0]),
          bucketRegistry.interface.encodeFunctionData("allocate", [...ids]),
        ];
        // The owner owes nothing for a second, which counts as paid: so the other one may pay a second less.
        await bucketRegistry.connect(otherOwner).multicall(calls);
        await expectNoticeAnew(fixture, until + 1n, until + 1n + 312_480n);
      });

      it("does not become void by a transfer to an account that has paid a lot before", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, accountRegistry, testUSD, bucketId, clusterId, owner, otherOwner, noticed, until } = fixture;
        // The other owner pays for a bucket of its own, all the time up to the transfer, and has just run out of funds.
        await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
        await at(noticed + 1_000n);
        await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
        await at(noticed + 1_001n);
        await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("9"));
        await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
        await at(until - 1n);
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
        await expectReclaimed(fixture, until);
      });

      /** The owner pays 2 TestUSD, the other owner then `amount`, for which it holds the bucket. */
      async function payInTurn(fixture: WithNotice, amount: bigint): Promise<void> {
        const { bucketRegistry, accountRegistry, testUSD, bucketId, owner, otherOwner, noticed } = fixture;
        await at(noticed + 10n);
        await deposit(fixture, testUsd("2"));
        // Out of funds from 89,290 on.
        await accountRegistry.connect(otherOwner).deposit(testUSD, amount);
        await at(noticed + 100_000n);
        await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
      }

      it("adds what the new owner pays to what the old one paid", async () => {
        const fixture = await withNotice();
        await payInTurn(fixture, testUsd("7"));
        // The bucket changed hands when 312,480 seconds were yet to be paid.
        await expectNoticeAnew(fixture, fixture.until, fixture.until + 312_480n);
      });

      it("adds no more than that", async () => {
        const fixture = await withNotice();
        await payInTurn(fixture, testUsd("7") - 1n);
        await expectReclaimed(fixture, fixture.until);
      });

      it("keeps the progress of an account that is still funded", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, bucketId, owner, otherOwner, noticed, until } = fixture;
        await at(noticed + 10n);
        await deposit(fixture, testUsd("10"));
        await bucketRegistry.connect(owner).offerBucket(bucketId, otherOwner);
        // The owner pays from 10 to 10 + nine tenths of the notice; the other owner nothing.
        await at(noticed + 10n + NINE_TENTHS);
        await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, RENT);
        await expectNoticeAnew(fixture, until, until + 3_600n);
      });
    });

    context("when the bucket changes otherwise", () => {
      it("does not become void by other params", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, bucketId, owner, until } = fixture;
        await bucketRegistry.connect(owner).changeBucketParams(bucketId, '{"replication":2}');
        await expectReclaimed(fixture, until);
      });

      it("does not become void by growth", async () => {
        const fixture = await withNotice();
        const { bucketRegistry, bucketId, owner, until } = fixture;
        await bucketRegistry.connect(owner).allocate(bucketId, 9, RENT);
        expect((await bucketRegistry.getBucket(bucketId)).reclaimableFrom).to.equal(until);
        await expectReclaimed(fixture, until);
      });

      it("does not become void by settling", async () => {
        const fixture = await withNotice();
        await fixture.bucketRegistry.settlePayment(fixture.bucketId);
        await expectReclaimed(fixture, fixture.until);
      });
    });
  });
});
