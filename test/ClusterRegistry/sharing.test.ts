import { expect } from "chai";
import type { AddressLike } from "ethers";
import { ethers } from "hardhat";

import { MONTH, NATIVE, testUsd, usd } from "../fixtures";
import {
  beginTick,
  countFromNow,
  createCluster,
  createNodes,
  scaledBalances,
  scaledClaimable,
  FULL_QUALITY,
  INDEX_PER_SECOND,
  MAX_RENT,
  payFor,
  startPaying,
  stopPaying,
  useCheaperNode,
  withRevenue,
  type WithRevenue,
} from "../helpers/clusters";

// The bucket pays 60 USD a month by the rents at which it allocated. Once a node asks less, what is shared no longer divides by the weights.

/** The rent of the node that takes the first one's place, and what all six vnodes then weigh: 2 x rent + 4 x 10 USD. */
const RENT = usd("3") + 1n;
const WEIGHTS = [2n * RENT * FULL_QUALITY, usd("20") * FULL_QUALITY, usd("20") * FULL_QUALITY] as const;
const WEIGHT = WEIGHTS[0] + WEIGHTS[1] + WEIGHTS[2];
const NODES = [4n, 2n, 3n] as const;

/** What is shared of a pool after 1 % for the network and 2 % of the rest for the manager. */
const sharesOf = (pool: bigint): bigint => (pool * 9_702n) / 10_000n;

describe("ClusterRegistry: sharing revenue that does not divide", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    fixture = await withRevenue();
  });

  const claimable = (): Promise<(bigint | undefined)[]> => Promise.all(NODES.map((nodeId) => scaledClaimable(fixture, 1n, nodeId)));

  /** Lets the clusters know what the owner has paid: where it covers less than a tick, they do not yet. */
  const touch = (currency: AddressLike): Promise<unknown> => fixture.accountRegistry.touchAccount(fixture.owner, currency);

  context("given weights that do not divide", () => {
    /** What a unit of weight has earned before. */
    let earned: bigint;

    beforeEach(async () => {
      const { clusterRegistry, payer } = fixture;
      const start = BigInt(payer.countedUntil);
      expect(await useCheaperNode(fixture, 1n, 1n, RENT)).to.equal(NODES[0]);
      // What was earned by then is shared and divides.
      await countFromNow(payer);
      earned = (sharesOf(payer.rate * INDEX_PER_SECOND) / (payer.rate * FULL_QUALITY)) * (BigInt(payer.countedUntil) - start);
      expect(await clusterRegistry.undistributedOf(1)).to.equal(0);
      for (const nodeId of [2, 3]) await clusterRegistry.claimRevenues(1, nodeId);
    });

    it("carries what is left over to the next distribution, free of fees", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      const first = await payFor(fixture.payer, 1_001n);
      const perWeight = sharesOf(first) / WEIGHT;
      const left = sharesOf(first) % WEIGHT;
      expect(left).not.to.equal(0n);
      await expect(clusterRegistry.distributeRevenues(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, first / 100n, (first * 198n) / 10_000n, sharesOf(first), earned + perWeight);
      expect(await clusterRegistry.undistributedOf(1)).to.equal(left);
      expect(await claimable()).to.deep.equal(WEIGHTS.map((weight) => weight * perWeight));

      const second = await payFor(fixture.payer, 77n);
      const perWeightOfBoth = (sharesOf(first) + sharesOf(second)) / WEIGHT;
      await expect(clusterRegistry.distributeRevenues(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, second / 100n, (second * 198n) / 10_000n, sharesOf(second), earned + perWeightOfBoth);
      expect(await clusterRegistry.undistributedOf(1)).to.equal((sharesOf(first) + sharesOf(second)) % WEIGHT);
      expect(await claimable()).to.deep.equal(WEIGHTS.map((weight) => weight * perWeightOfBoth));
    });

    it("keeps what is left over when there is nothing to add to it", async () => {
      const { clusterRegistry } = fixture;
      const pool = await stopPaying(fixture, fixture.payer, 1_001n);
      await clusterRegistry.distributeRevenues(1);
      await expect(clusterRegistry.distributeRevenues(1)).not.to.emit(clusterRegistry, "RevenuesDistributed");
      expect(await clusterRegistry.undistributedOf(1)).to.equal(sharesOf(pool) % WEIGHT);
    });

    describe("the order and the number of calls", () => {
      const TOTAL = 1_000_003n;
      type Call = "distribute" | "settle" | 2 | 3 | 4;

      const outcomeOf = async (parts: { seconds: bigint; calls: Call[] }[]): Promise<(bigint | undefined)[]> => {
        const { bucketRegistry, clusterRegistry, manager, payer, provider1, provider2, provider3, stranger } = fixture;
        const people = [stranger, manager, provider1, provider2, provider3];
        const before = await scaledBalances(fixture, people);
        for (const { calls, seconds } of parts) {
          await payFor(payer, seconds);
          for (const call of calls) {
            if (call === "distribute") await clusterRegistry.distributeRevenues(1);
            else if (call === "settle") await bucketRegistry.settlePayment(payer.bucketId);
            else await clusterRegistry.claimRevenues(1, call);
          }
        }
        expect(parts.reduce((sum, { seconds }) => sum + seconds, 0n)).to.equal(TOTAL);
        const balances = await scaledBalances(fixture, people);
        return [...balances.map((balance, i) => balance - before[i]!), await clusterRegistry.undistributedOf(1)];
      };

      const expected = (): bigint[] => {
        const pool = usd("60") * INDEX_PER_SECOND * TOTAL;
        const perWeight = sharesOf(pool) / WEIGHT;
        return [pool / 100n, (pool * 198n) / 10_000n, ...WEIGHTS.map((weight) => weight * perWeight), sharesOf(pool) % WEIGHT];
      };

      const sequences: Record<string, { seconds: bigint; calls: Call[] }[]> = {
        "once at the end": [{ seconds: TOTAL, calls: ["distribute", 4, 2, 3] }],
        "settled often, distributed once": [
          { seconds: 11n, calls: ["settle"] },
          { seconds: 333_333n, calls: ["settle"] },
          { seconds: 7n, calls: [4, 2, 3] },
          { seconds: TOTAL - 333_351n, calls: ["distribute", 3, 2, 4] },
        ],
        "distributed often": [
          { seconds: 13n, calls: ["distribute"] },
          { seconds: 500_000n, calls: ["distribute", "distribute"] },
          { seconds: 3n, calls: ["distribute", "settle"] },
          { seconds: 2n, calls: ["distribute"] },
          { seconds: 4n, calls: ["distribute"] },
          { seconds: TOTAL - 500_022n, calls: ["distribute", 2, 4, 3] },
        ],
        "distributed and claimed often, by some more often than by others": [
          { seconds: 99n, calls: ["distribute", 4] },
          { seconds: 10n, calls: ["distribute", 4, 4] },
          { seconds: 250_000n, calls: [2, "distribute", 4, 2] },
          { seconds: 17n, calls: ["distribute", 4] },
          { seconds: TOTAL - 250_126n, calls: ["distribute", 4, 2, 3, 3, 4] },
        ],
      };
      for (const [name, parts] of Object.entries(sequences)) {
        it(`change nobody's total by a scaled unit: ${name}`, async () => {
          expect(await outcomeOf(parts)).to.deep.equal(expected());
        });
      }
    });
  });

  context("given a weight by which what was left over divides", () => {
    it("shares it, and forgets it", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      const clusterId = await createCluster(fixture, 1n, [1n], { perVnode: 1n });
      const payer = await startPaying(fixture, clusterId, 1n, 0n);
      const start = BigInt(payer.countedUntil);
      const cheaper = await useCheaperNode(fixture, clusterId, 1n, RENT);
      await countFromNow(payer);
      const earned = ((INDEX_PER_SECOND * 99n) / 100n / FULL_QUALITY) * (BigInt(payer.countedUntil) - start);
      const [tiny] = await createNodes(fixture.nodeRegistry, fixture.provider1, [{ rent: 1n, capacity: 1n }]);
      const first = ((await payFor(payer, 1_001n)) * 99n) / 100n;
      const weight = RENT * FULL_QUALITY;
      expect(first % weight).not.to.equal(0n);
      // A weight of 10^4, which divides all that there is here.
      await clusterRegistry.connect(manager).replaceNodes(clusterId, cheaper, tiny!);
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(first % weight);
      const pool = await payFor(payer, 10_000n);
      const second = (pool * 99n) / 100n;
      await expect(clusterRegistry.distributeRevenues(clusterId))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(
          clusterId,
          stranger,
          manager,
          pool / 100n,
          0,
          second,
          earned + first / weight + ((first % weight) + second) / FULL_QUALITY,
        );
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(0);
      expect(await scaledClaimable(fixture, clusterId, tiny!)).to.equal((first % weight) + second);
    });
  });

  context("given a node whose rent is one wei", () => {
    it("has its share of what a dear one has the rest of, 10^24 times as much and more", async () => {
      const { clusterRegistry, nodeRegistry, provider1 } = fixture;
      const nodeIds = await createNodes(nodeRegistry, provider1, [
        { rent: 1n, capacity: 1n },
        { rent: MAX_RENT, capacity: 1n },
      ]);
      const clusterId = await createCluster(fixture, 2n, nodeIds, { perVnode: 1n });
      await beginTick(fixture, fixture.testUSD);
      const payer = await startPaying(fixture, clusterId, 1n, testUsd("500000"));
      expect(payer.rate).to.equal(2n ** 88n);
      const pool = await payFor(payer, 1_000n);
      await touch(fixture.testUSD);
      await clusterRegistry.distributeRevenues(clusterId);
      // 99 % of a second of 10^18, a thousand times, for each wei of rent.
      const perWeight = (INDEX_PER_SECOND * 1_000n * 99n) / 100n;
      await expect(clusterRegistry.claimRevenues(clusterId, nodeIds[0]!))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(clusterId, nodeIds[0], provider1, perWeight);
      await expect(clusterRegistry.claimRevenues(clusterId, nodeIds[1]!))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(clusterId, nodeIds[1], provider1, MAX_RENT * perWeight);
      expect(await scaledBalances(fixture, [provider1])).to.deep.equal([(pool * 99n) / 100n]);
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(0);
    });

    it("is paid once, when a wei has earned more than 136 bits", async () => {
      const { clusterRegistry, nodeRegistry, otherOwner, provider1, manager } = fixture;
      await nodeRegistry.connect(otherOwner).trustManager(manager);
      const [tiny] = await createNodes(nodeRegistry, otherOwner, [{ rent: 1n, capacity: 1n }]);
      const [dear] = await createNodes(nodeRegistry, provider1, [{ rent: MAX_RENT, capacity: 1n }]);
      const clusterId = await createCluster(fixture, 2n, [tiny!, dear!], { perVnode: 1n });
      await beginTick(fixture, fixture.testUSD);
      const payer = await startPaying(fixture, clusterId, 1n, testUsd("500000"));
      const free = await useCheaperNode(fixture, clusterId, dear!, 0n);
      const pool = await payFor(payer, 1_000n);
      const share = (pool * 99n) / 100n;
      expect(share > 2n ** 136n).to.equal(true);
      await touch(fixture.testUSD);
      await clusterRegistry.distributeRevenues(clusterId);
      await expect(clusterRegistry.claimRevenues(clusterId, tiny!))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(clusterId, tiny, otherOwner, share);
      await expect(clusterRegistry.claimRevenues(clusterId, tiny!)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      await expect(clusterRegistry.claimRevenues(clusterId, free)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      expect(await scaledBalances(fixture, [otherOwner, provider1])).to.deep.equal([share, 0n]);
      expect(await clusterRegistry.claimable(clusterId, tiny!)).to.equal(0);

      // And once more for what it earns then.
      const more = await payFor(payer, 10n);
      await touch(fixture.testUSD);
      await clusterRegistry.distributeRevenues(clusterId);
      await clusterRegistry.claimRevenues(clusterId, tiny!);
      await clusterRegistry.claimRevenues(clusterId, tiny!);
      expect(await scaledBalances(fixture, [otherOwner])).to.deep.equal([share + (more * 99n) / 100n]);
    });

    it("earns less than a base unit, which adds up", async () => {
      const { accountRegistry, clusterRegistry, nodeRegistry, provider1, testUSD } = fixture;
      const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent: 1n, capacity: 1n }]);
      const clusterId = await createCluster(fixture, 1n, [nodeId!], { perVnode: 1n });
      const payer = await startPaying(fixture, clusterId, 1n, 0n);
      const pool = await payFor(payer, MONTH);
      await clusterRegistry.distributeRevenues(clusterId);
      expect(await clusterRegistry.claimable(clusterId, nodeId!)).to.equal(0);
      expect(await scaledClaimable(fixture, clusterId, nodeId!)).to.equal((pool * 99n) / 100n);
      await clusterRegistry.claimRevenues(clusterId, nodeId!);
      const { balance, scaledBalance } = await accountRegistry.getAccount(provider1, testUSD);
      expect([balance, scaledBalance]).to.deep.equal([0n, (pool * 99n) / 100n]);
    });
  });

  context("given so large a weight that what does not divide is worth base units", () => {
    it("counts it among what is not distributed yet", async () => {
      const { accountRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1 } = fixture;
      const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent: MAX_RENT, capacity: 1n }]);
      await clusterRegistry.connect(manager).createCluster(NATIVE, 1, [nodeId!], 0, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      // 2^88 - 1 of USD a month are 115.54… ether a second.
      await accountRegistry.connect(owner).deposit(NATIVE, ethers.parseEther("1000"), { value: ethers.parseEther("1000") });
      await beginTick(fixture, NATIVE);
      const payer = await startPaying(fixture, 2n, 1n, 0n);
      const rent = MAX_RENT - 10n ** 25n;
      const weight = rent * FULL_QUALITY;
      await useCheaperNode(fixture, 2n, nodeId!, rent);
      const pool = await payFor(payer, 7n);
      await touch(NATIVE);
      expect((await clusterRegistry.getCluster(2)).revenues).to.equal(pool / (MONTH * 10n ** 18n));
      await clusterRegistry.distributeRevenues(2);
      const left = ((pool * 99n) / 100n) % weight;
      expect(await clusterRegistry.undistributedOf(2)).to.equal(left);
      // One base unit of a currency of 18 decimals is a month x 10^18 scaled units.
      expect(left / (MONTH * 10n ** 18n)).not.to.equal(0n);
      expect((await clusterRegistry.getCluster(2)).revenues).to.equal(left / (MONTH * 10n ** 18n));
    });
  });
});
