import { expect } from "chai";
import { type LogDescription, MaxUint256, ZeroAddress } from "ethers";

import type { BucketRegistry, IBucketRegistry } from "../../typechain-types";
import { DEFAULTS, testUsd, usd, withFundedBucket } from "../fixtures";
import { fieldsOf } from "../helpers/fields";
import { DAY } from "../helpers/time";
import { now, passTo } from "../helpers/units";

/** What `getBucket` shows, but for `coveredUntil`, which follows from the owner's account. */
type State = Omit<Record<keyof IBucketRegistry.BucketStatusStruct, unknown>, "coveredUntil"> & { endsAt: bigint };

const END_NOTICE_LAPSE = 30n * DAY;

/** What the events say, as the interface of the registry tells how to read them. */
function apply(states: Map<bigint, State>, { name, args }: LogDescription): void {
  const of = (field: string): unknown => args.getValue(field);
  const bucketId = of("bucketId") as bigint;
  const change = (changes: Partial<State>): unknown => states.set(bucketId, { ...states.get(bucketId)!, ...changes });
  const holds = (): unknown => change({ resource: of("resource"), ratePerMonth: of("ratePerMonth") });
  const readers: Record<string, () => unknown> = {
    BucketCreated: () =>
      states.set(bucketId, {
        ...{ bucketId, owner: of("owner"), offeredTo: ZeroAddress, clusterId: of("clusterId"), resource: 0n, resourceCap: 0n },
        ...{ capRentPerUnit: 0n, ratePerMonth: 0n, reclaimableFrom: 0n, endsAt: 0n, params: of("params") },
      }),
    ResourceAllocated: holds,
    ResourceDeallocated: holds,
    ResourceCapChanged: () => change({ resourceCap: of("resource"), capRentPerUnit: of("maxRentPerUnit") }),
    ReclaimNoticed: () => change({ reclaimableFrom: of("until") }),
    BucketReclaimed: () => change({ reclaimableFrom: 0n }),
    EndNoticed: () => change({ endsAt: of("until") as bigint }),
    BucketEnded: () => change({ endsAt: 0n }),
    BucketParamsChanged: () => change({ params: of("params") }),
    BucketOffered: () => change({ offeredTo: of("offeredTo") }),
    BucketAccepted: () => change({ owner: of("newOwner"), offeredTo: ZeroAddress, resourceCap: 0n, capRentPerUnit: 0n }),
    BucketClosed: () => states.delete(bucketId),
  };
  readers[name]?.();
}

describe("BucketRegistry: events", () => {
  /** Compares what the events say with what the views show. */
  async function expectSame(bucketRegistry: BucketRegistry): Promise<number> {
    const states = new Map<bigint, State>();
    const logs = await bucketRegistry.runner!.provider!.getLogs({ address: await bucketRegistry.getAddress(), fromBlock: 0 });
    for (const log of logs) apply(states, bucketRegistry.interface.parseLog(log)!);
    const time = await now();
    const told = [...states.values()].map((state) => ({
      ...state,
      endsAt: time < state.endsAt + END_NOTICE_LAPSE ? state.endsAt : 0n,
    }));
    const { items } = await bucketRegistry.listBuckets(1, 100, ZeroAddress);
    const coveredUntil = undefined;
    const shown = items.map((item) => ({ ...fieldsOf(item), coveredUntil }));
    expect(told.map((state) => ({ ...state, coveredUntil }))).to.deep.equal(shown);
    return items.length;
  }

  it("tell every state that getBucket shows but coveredUntil, after every step", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, clusterId, manager, owner, otherOwner, stranger, testUSD, bucketId } = fixture;
    const mine = bucketRegistry.connect(owner);
    const theirs = bucketRegistry.connect(otherOwner);
    const managers = bucketRegistry.connect(manager);
    const rent = usd("60");
    const steps: (() => Promise<unknown>)[] = [
      () => mine.setResourceCap(bucketId, 5, MaxUint256 >> 128n),
      () => managers.allocate(bucketId, 2, rent),
      () => mine.changeBucketParams(bucketId, "x".repeat(40)),
      () => mine.release(bucketId, 1),
      () => managers.endBucket(bucketId),
      () => mine.createBucket(clusterId, "second"),
      () => mine.allocate(2, 1, rent),
      () => mine.offerBucket(2, stranger),
      () => mine.offerBucket(2, ZeroAddress),
      () => mine.offerBucket(bucketId, otherOwner),
      () => theirs.acceptBucket(bucketId, 10n * rent),
      async () => passTo((await now()) + 20n * DAY),
      // Both owners are out of funds by now.
      () => mine.reclaim(2),
      () => mine.reclaim(bucketId),
      () => theirs.offerBucket(bucketId, owner),
      () => mine.acceptBucket(bucketId, 10n * rent),
      async () => passTo((await now()) + 8n * DAY),
      () => mine.reclaim(2),
      () => mine.allocate(2, 1, rent),
      () => mine.multicall([mine.interface.encodeFunctionData("closeBucket", [2])]),
      async () => passTo((await now()) + 3n * DAY),
      () => theirs.endBucket(bucketId),
      () => mine.allocate(bucketId, 1, rent),
      () => managers.endBucket(bucketId),
      // The notice lapses.
      async () => passTo((await now()) + 60n * DAY),
      async () => {
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("900"));
        const funding = { amount: DEFAULTS.deposit, deadline: 0, v: 0, r: `0x${"00".repeat(32)}`, s: `0x${"00".repeat(32)}` };
        return mine.openBucket(clusterId, "third", 2, rent, funding);
      },
      () => mine.closeBucket(bucketId),
    ];
    const counts: number[] = [];
    for (const step of steps) {
      await step();
      counts.push(await expectSame(bucketRegistry));
    }
    expect(new Set(counts)).to.deep.equal(new Set([1, 2]));
  });
});
