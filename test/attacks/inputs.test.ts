import { expect } from "chai";
import { AbiCoder, type BaseContract, concat, MaxUint256, ZeroHash, ZeroAddress } from "ethers";

import { readBuckets } from "../../src/network";
import { DEFAULTS, NATIVE, usd, withCluster, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { registriesOf } from "../helpers/custody";

// The largest, the smallest and the most malformed arguments: each is refused by name, or does what it says.

const MAX16 = 2n ** 16n - 1n;
const MAX32 = 2n ** 32n - 1n;
const MAX88 = 2n ** 88n - 1n;
const MAX96 = 2n ** 96n - 1n;
const MAX128 = 2n ** 128n - 1n;

type Refusal = [call: () => Promise<unknown>, error: string, args: unknown[]];

/** For each contract, what it is asked for and how it refuses. A call must not panic, nor revert without data. */
async function expectRefusals(contract: BaseContract, refusals: Refusal[]): Promise<void> {
  for (const [call, error, args] of refusals) {
    await expect(call(), `${error}(${args.join(", ")})`)
      .to.be.revertedWithCustomError(contract, error)
      .withArgs(...args);
  }
}

describe("attacks by arguments at the ends of their range", () => {
  // One unit is allocated of the ten that are reserved on each of six vnodes, on the nodes 1, 2 and 3.
  let fixture: WithFundedBucket;

  before(async () => {
    fixture = await withFundedBucket();
  });

  it("AccountRegistry refuses each by name", async () => {
    const { accountRegistry, owner, testUSD } = fixture;
    const mine = accountRegistry.connect(owner);
    const left = DEFAULTS.minted - DEFAULTS.deposit;
    await expect(mine.deposit(testUSD, MaxUint256))
      .to.be.revertedWithCustomError(testUSD, "ERC20InsufficientBalance")
      .withArgs(owner, left, MaxUint256);
    await expectRefusals(accountRegistry, [
      [() => mine.deposit(testUSD, 0), "AmountZero", []],
      [() => mine.deposit(owner, 1), "CurrencyNotListed", [owner.address]],
      [() => mine.depositFor(ZeroAddress, testUSD, 1), "AccountZero", []],
      [() => mine.depositWithPermit(owner, NATIVE, 1, 1, 27, ZeroHash, ZeroHash), "CurrencyWithoutPermit", [NATIVE]],
      [() => mine.withdraw(NATIVE, MaxUint256, owner), "AmountZero", []],
      [() => mine.withdraw(NATIVE, MaxUint256 - 1n, owner), "InsufficientBalance", [0, MaxUint256 - 1n]],
    ]);
  });

  it("NodeRegistry refuses each by name", async () => {
    const { nodeRegistry, provider1 } = fixture;
    const mine = nodeRegistry.connect(provider1);
    await expectRefusals(nodeRegistry, [
      [() => mine.createNode(MAX128, MAX32, ""), "NodeRentTooHigh", [MAX128, MAX88]],
      [() => mine.createNode(1, 1, "x".repeat(24_001)), "ParamsTooLong", [24_001, 24_000]],
      [() => mine.changeNodeRent(1, MAX88 + 1n), "NodeRentTooHigh", [MAX88 + 1n, MAX88]],
      [() => mine.changeNodeCapacity(1, 0), "NodeCapacityBelowReserved", [1, 0, 20]],
      [() => mine.removeNode(1), "NodeInUse", [1, 1]],
      [() => mine.removeNode(0), "NodeUnknown", [0]],
      [() => mine.getNode(MAX32), "NodeUnknown", [MAX32]],
    ]);
  });

  it("ClusterRegistry refuses each by name", async () => {
    const { clusterRegistry, manager, owner } = fixture;
    const mine = clusterRegistry.connect(manager);
    await expectRefusals(clusterRegistry, [
      [() => mine.createCluster(NATIVE, MAX32, [1], 0, ""), "ClusterVnodeCountInvalid", [MAX32, MAX16]],
      [() => mine.createCluster(NATIVE, 0, [1], 0, ""), "ClusterVnodeCountInvalid", [0, MAX16]],
      [() => mine.createCluster(NATIVE, 6, [], 0, ""), "ClusterNodeCountInvalid", [0, 6]],
      [() => mine.createCluster(NATIVE, 1, [1, 2], 0, ""), "ClusterNodeCountInvalid", [2, 1]],
      [() => mine.createCluster(NATIVE, 6, [1, 1], 0, ""), "NodeAlreadyInCluster", [2, 1]],
      [() => mine.createCluster(NATIVE, 6, [0], 0, ""), "NodeUnknown", [0]],
      [() => mine.createCluster(NATIVE, 6, [MAX32], 0, ""), "NodeUnknown", [MAX32]],
      [() => mine.createCluster(NATIVE, 6, [1], MAX16, ""), "ManagementFeeTooHigh", [MAX16, 3_000]],
      [() => mine.createCluster(owner, 6, [1], 0, ""), "CurrencyNotListed", [owner.address]],
      [() => mine.reserveResource(1, MAX32), "ClusterResourceTooLarge", [1, MAX32 + 10n, MAX32]],
      [() => mine.reserveResource(1, MAX32 - 10n), "NodeCapacityExceeded", [1, 2n * (MAX32 - 10n), 80]],
      [() => mine.releaseResource(1, MAX32), "ClusterResourceInUse", [1, MAX32, 9]],
      [() => mine.replaceNode(1, MAX32, 1), "VnodeUnknown", [1, MAX32, 6]],
      [() => mine.replaceNode(1, 0, 0), "NodeUnknown", [0]],
      [() => mine.replaceNode(1, 0, MAX32), "NodeUnknown", [MAX32]],
      [() => mine.replaceNode(1, 0, 1), "VnodeAlreadyOnNode", [1, 0, 1]],
      [() => mine.replaceNodes(1, 0, 0), "NodeNotInCluster", [1, 0]],
      [() => mine.replaceNodes(1, 1, 1), "NodeAlreadyInCluster", [1, 1]],
      [() => mine.replaceNodes(1, 1, 2), "NodeAlreadyInCluster", [1, 2]],
      [() => mine.replaceNodes(1, 1, 0), "NodeUnknown", [0]],
      [() => mine.acceptRent(1, MAX32, MAX128), "NodeNotInCluster", [1, MAX32]],
      [() => mine.acceptRent(1, 1, 0), "NodeRentAboveMaximum", [1, usd("10"), 0]],
      [() => mine.acceptRent(1, 1, MAX128), "RentNotLower", [1, 1, usd("10"), usd("10")]],
      [() => mine.claimRevenues(MAX32, 1), "ClusterUnknown", [MAX32]],
      [() => mine.claimRevenues(1, MAX32), "NodeNotInCluster", [1, MAX32]],
      [() => mine.distributeRevenues(MAX32), "ClusterUnknown", [MAX32]],
      [() => mine.lowerManagementFee(1, MAX16), "ManagementFeeNotLower", [1, MAX16, 200]],
      [() => mine.acceptManagement(1), "ManagementNotOffered", [1, manager.address, ZeroAddress]],
      [() => mine.acceptManagement(0), "ClusterUnknown", [0]],
      [() => mine.removeCluster(1), "ClusterInUse", [1, 1]],
      [() => mine.claimable(1, 0), "NodeNotInCluster", [1, 0]],
      [() => mine.claimable(0, 0), "ClusterUnknown", [0]],
      [() => mine.quote(0, MAX32), "ClusterUnknown", [0]],
      [() => mine.getVnodes(0, 0, 0), "ClusterUnknown", [0]],
    ]);
    // 60 USD a unit, in tokens of one USD and 6 decimals.
    expect(await clusterRegistry.quote(1, MAX32)).to.deep.equal([usd("60") * MAX32, 60_000_000n * MAX32]);
  });

  it("BucketRegistry refuses each by name", async () => {
    const { bucketRegistry, manager, owner, stranger } = fixture;
    const mine = bucketRegistry.connect(owner);
    const theirs = bucketRegistry.connect(manager);
    const { coveredUntil } = await bucketRegistry.getBucket(1);
    await expectRefusals(bucketRegistry, [
      [() => mine.createBucket(0, ""), "ClusterUnknown", [0]],
      [() => mine.createBucket(MAX32, ""), "ClusterUnknown", [MAX32]],
      [() => mine.allocate(1, MAX32, MAX128), "ClusterResourceExceeded", [1, MAX32, 9]],
      [() => mine.allocate(1, 0, MAX128), "ResourceZero", []],
      [() => mine.allocate(1, 1, 0), "RentAboveMaximum", [1, usd("60"), 0]],
      [() => theirs.allocate(1, MAX32, MAX128), "ResourceCapExceeded", [1, MAX32 + 1n, 0]],
      [() => mine.release(1, MAX32), "BucketResourceExceeded", [1, MAX32, 1]],
      [() => mine.release(1, 0), "ResourceZero", []],
      [() => mine.reclaim(1), "BucketCovered", [1, coveredUntil]],
      [() => mine.reclaim(MAX32), "BucketUnknown", [MAX32]],
      [() => mine.endBucket(1), "CallerNotManager", [1, owner.address, manager.address]],
      [() => mine.acceptBucket(1, MAX128), "BucketNotOffered", [1, owner.address, ZeroAddress]],
      [() => mine.closeBucket(0), "BucketUnknown", [0]],
      [() => mine.settlePayment(0), "BucketUnknown", [0]],
      [() => bucketRegistry.allocate(1, 1, MAX128), "CallerNotOwnerOrManager", [1, stranger.address]],
    ]);
  });

  it("pages clamp whatever is asked for", async () => {
    const { priceRegistry, bucketRegistry, clusterRegistry, nodeRegistry } = fixture;
    const pages = [
      { offset: 0n, limit: 0n, all: false },
      { offset: 0n, limit: MAX32, all: true },
      { offset: 1n, limit: MAX32, all: true },
      { offset: MAX32, limit: 1n, all: false },
      { offset: MAX32, limit: MAX32, all: false },
    ];
    for (const { offset, limit, all } of pages) {
      const lengths = [
        (await nodeRegistry.listNodes(offset, limit, ZeroAddress)).items.length,
        (await clusterRegistry.listClusters(offset, limit, ZeroAddress)).items.length,
        (await bucketRegistry.listBuckets(offset, limit, ZeroAddress)).items.length,
        (await priceRegistry.listCurrencies(offset, limit)).items.length,
      ];
      expect(lengths, `${offset}, ${limit}`).to.deep.equal(all ? [3, 1, 1, 2] : [0, 0, 0, 0]);
      const nodeIds = await clusterRegistry.getVnodes(1, offset, limit);
      expect(nodeIds, `${offset}, ${limit}`).to.deep.equal(all ? [1n, 2n, 3n, 1n, 2n, 3n].slice(Number(offset)) : []);
    }
  });

  it("a cap at a rent above all rents is announced as it is kept", async () => {
    const { bucketRegistry, owner, bucketId } = fixture;
    await expect(bucketRegistry.connect(owner).setResourceCap(bucketId, MAX32, MAX128))
      .to.emit(bucketRegistry, "ResourceCapChanged")
      .withArgs(bucketId, MAX32, MAX96);
    const { resourceCap, capRentPerUnit } = await bucketRegistry.getBucket(bucketId);
    expect([resourceCap, capRentPerUnit]).to.deep.equal([MAX32, MAX96]);
  });
});

describe("attacks by params", () => {
  it("a stranger's params that are no text spoil nobody else's item of the page", async () => {
    const fixture = await withCluster();
    const { bucketRegistry, owner, stranger, clusterId } = fixture;
    await bucketRegistry.connect(owner).createBucket(clusterId, "{}");
    // 0xff begins no character of UTF-8.
    const args = AbiCoder.defaultAbiCoder().encode(["uint32", "bytes"], [clusterId, "0xff"]);
    const data = concat([bucketRegistry.interface.getFunction("createBucket").selector, args]);
    await stranger.sendTransaction({ to: bucketRegistry, data });
    await bucketRegistry.connect(owner).createBucket(clusterId, `{"replication":3}`);

    const buckets = await readBuckets(await registriesOf(fixture));
    expect(buckets.map(({ bucketId, owner: of, params }) => [bucketId, of, params])).to.deep.equal([
      [1n, owner.address, "{}"],
      [2n, stranger.address, "\ufffd"],
      [3n, owner.address, `{"replication":3}`],
    ]);
  });
});
