import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { MONTH, NATIVE, testUsd, usd } from "../fixtures";
import {
  beginTick,
  changeRent,
  countFromNow,
  SCALED_PER_BASE_UNIT,
  scaledBalances,
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
import { at, now } from "../helpers/units";

/** TestUSD in scaled units. */
const scaled = (amount: string): bigint => testUsd(amount) * SCALED_PER_BASE_UNIT;
/** Of six vnodes at 10 USD. */
const WEIGHT = usd("60") * FULL_QUALITY;

describe("ClusterRegistry: distributeRevenues", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    fixture = await withRevenue();
  });

  const claimable = async (): Promise<bigint[]> => {
    const members = await fixture.clusterRegistry.getMembers(1);
    return members.map(({ scaledClaimable }) => scaledClaimable);
  };
  const balance = async (account: { address: string }): Promise<bigint> =>
    (await fixture.accountRegistry.getAccount(account.address, fixture.testUSD)).balance;
  const setFees = async (network: number, management: number): Promise<void> => {
    const { admin, clusterRegistry, manager, stranger } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(network, stranger);
    await clusterRegistry.connect(manager).lowerManagementFee(1, management);
  };

  context("given that nothing was earned", () => {
    it("changes nothing in a cluster that nobody has ever paid", async () => {
      const { accountRegistry, clusterRegistry, manager, stranger, testUSD } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 6, [1, 2, 3], 200, "");
      await time.increase(MONTH);
      await expect(clusterRegistry.distributeRevenues(2)).not.to.emit(clusterRegistry, "RevenuesDistributed");
      expect(await scaledBalances(fixture, [stranger, manager])).to.deep.equal([0n, 0n]);
      await expect(accountRegistry.settleCluster(2, 1)).to.be.revertedWithCustomError(accountRegistry, "ClusterNeverPaid").withArgs(2);
    });

    it("changes nothing once all was distributed and nobody pays any more", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      await stopPaying(fixture, fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      await time.increase(MONTH);
      await expect(clusterRegistry.distributeRevenues(1)).not.to.emit(clusterRegistry, "RevenuesDistributed");
      expect(await scaledBalances(fixture, [stranger, manager])).to.deep.equal([scaled("0.6"), scaled("1.188")]);
    });
  });

  context("given a month of 60 USD, which nobody has settled", () => {
    it("takes 1 % for the network, then 2 % of the rest for the manager, and leaves a third of what remains to each node", async () => {
      const { accountRegistry, clusterRegistry, manager, stranger } = fixture;
      await payFor(fixture.payer, MONTH);
      // 60 - 0.6 = 59.4; 2 % of that are 1.188; what remains, 58.212, is shared by a weight of 60 x 10^18 x 10^4.
      await expect(clusterRegistry.distributeRevenues(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("58.212") / WEIGHT);
      expect(await scaledBalances(fixture, [stranger, manager])).to.deep.equal([scaled("0.6"), scaled("1.188")]);
      expect(await claimable()).to.deep.equal([scaled("19.404"), scaled("19.404"), scaled("19.404")]);
      expect(await Promise.all([1, 2, 3].map((nodeId) => clusterRegistry.claimable(1, nodeId)))).to.deep.equal([
        testUsd("19.404"),
        testUsd("19.404"),
        testUsd("19.404"),
      ]);
      expect(await accountRegistry.poolOf(1)).to.equal(0);
      expect(await clusterRegistry.undistributedOf(1)).to.equal(0);
      expect((await clusterRegistry.getCluster(1)).revenues).to.equal(0);
    });

    it("may be called by anyone, and a second time in the same second changes nothing", async () => {
      const { clusterRegistry, otherOwner, stranger } = fixture;
      const data = clusterRegistry.interface.encodeFunctionData("distributeRevenues", [1]);
      await payFor(fixture.payer, MONTH);
      const both = await clusterRegistry.connect(otherOwner).multicall([data, data]);
      const address = await clusterRegistry.getAddress();
      const logs = (await both.wait())?.logs.filter((log) => log.address === address);
      const events = logs?.map((log) => clusterRegistry.interface.parseLog(log)?.name);
      expect(events).to.deep.equal(["RevenuesDistributed"]);
      expect(await balance(stranger)).to.equal(testUsd("0.6"));
      expect(await claimable()).to.deep.equal([scaled("19.404"), scaled("19.404"), scaled("19.404")]);
    });

    it("adds up over months", async () => {
      const { clusterRegistry, manager, stranger } = fixture;
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.distributeRevenues(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("116.424") / WEIGHT);
      expect(await scaledBalances(fixture, [stranger, manager])).to.deep.equal([scaled("1.2"), scaled("2.376")]);
      expect(await claimable()).to.deep.equal([scaled("38.808"), scaled("38.808"), scaled("38.808")]);
    });

    it("takes the network fee that is in force then, for whom it goes to then", async () => {
      const { admin, clusterRegistry, manager, otherOwner, stranger } = fixture;
      await clusterRegistry.connect(admin).setNetworkFee(1_000, otherOwner);
      await payFor(fixture.payer, MONTH);
      // 60 - 6 = 54; 2 % of that are 1.08.
      await expect(clusterRegistry.distributeRevenues(1))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, otherOwner, manager, scaled("6"), scaled("1.08"), scaled("52.92"), scaled("52.92") / WEIGHT);
      expect(await scaledBalances(fixture, [stranger, otherOwner, manager])).to.deep.equal([0n, scaled("6"), scaled("1.08")]);
    });

    it("adds everything up where network, manager and provider are one", async () => {
      const { admin, clusterRegistry, manager, nodeRegistry, provider1 } = fixture;
      await clusterRegistry.connect(admin).setNetworkFee(100, provider1);
      await clusterRegistry.connect(manager).offerManagement(1, provider1);
      await payFor(fixture.payer, MONTH);
      // Accepting pays the old manager, of what there is by then.
      await clusterRegistry.connect(provider1).acceptManagement(1);
      expect(await scaledBalances(fixture, [provider1, manager])).to.deep.equal([scaled("0.6"), scaled("1.188")]);
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.distributeRevenues(1);
      await clusterRegistry.claimRevenues(1, 1);
      expect(await nodeRegistry.providerOf(1)).to.equal(provider1);
      // 0.6 + 0.6 + 1.188, and two months of 19.404.
      expect(await scaledBalances(fixture, [provider1, manager])).to.deep.equal([scaled("41.196"), scaled("1.188")]);
    });
  });

  context("given other fees", () => {
    const cases: [network: number, management: number, forNetwork: string, forManager: string, each: string][] = [
      [0, 0, "0", "0", "20"],
      [0, 100, "0", "0.6", "19.8"],
      [100, 0, "0.6", "0", "19.8"],
      // 60 - 6 = 54; 1 % of that are 0.54.
      [1_000, 100, "6", "0.54", "17.82"],
      [1, 1, "0.006", "0.0059994", "19.9960002"],
    ];
    for (const [network, management, forNetwork, forManager, each] of cases) {
      it(`shares 60 USD out at ${network} and ${management} basis points`, async () => {
        const { clusterRegistry, manager, stranger } = fixture;
        await setFees(network, management);
        await countFromNow(fixture.payer);
        for (const nodeId of [1, 2, 3]) await clusterRegistry.claimRevenues(1, nodeId);
        const before = await scaledBalances(fixture, [stranger, manager]);
        await payFor(fixture.payer, MONTH);
        await clusterRegistry.distributeRevenues(1);
        const after = await scaledBalances(fixture, [stranger, manager]);
        // With seven digits, which are more than the currency has.
        const tenth = (amount: string): bigint => (usd(amount) * SCALED_PER_BASE_UNIT) / 10n ** 12n;
        expect(after.map((amount, i) => amount - before[i]!)).to.deep.equal([tenth(forNetwork), tenth(forManager)]);
        expect(await claimable()).to.deep.equal([tenth(each), tenth(each), tenth(each)]);
      });
    }

    it("shares 60 USD out at the highest fees", async () => {
      const { admin, clusterRegistry, manager, stranger, testUSD } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 6, [1, 2, 3], 3_000, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      await clusterRegistry.connect(admin).setNetworkFee(1_000, stranger);
      const payer = await startPaying(fixture, 2n, 1n, 0n);
      await payFor(payer, MONTH);
      // 60 - 6 = 54; 30 % of that are 16.2; what remains is 37.8.
      await expect(clusterRegistry.distributeRevenues(2))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(2, stranger, manager, scaled("6"), scaled("16.2"), scaled("37.8"), scaled("37.8") / WEIGHT);
      expect(await clusterRegistry.claimable(2, 3)).to.equal(testUsd("12.6"));
    });
  });

  context("given an amount that fees do not divide", () => {
    it("rounds both fees down, and the nodes have the rest", async () => {
      const { accountRegistry, priceRegistry, admin, clusterRegistry, manager, nodeRegistry, provider1, stranger, testUSD } = fixture;
      await nodeRegistry.connect(provider1).changeNodeRent(1, 1);
      await clusterRegistry.connect(manager).createCluster(testUSD, 1, [1], 200, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      await priceRegistry.connect(admin).setPrice(testUSD, usd("0.7"));
      const payer = await startPaying(fixture, 2n, 1n, 0n);
      // One wei of USD a month for one second, at 10^36 / (0.7 x 10^18) tokens per USD: 1 % are 14,285,714,285,714,285.71; what remains
      // is 1,414,285,714,285,714,286, of which 2 % are 28,285,714,285,714,285.72.
      expect(await accountRegistry.poolOf(2)).to.equal(0);
      await payFor(payer, 1n);
      await expect(clusterRegistry.distributeRevenues(2))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(2, stranger, manager, 14_285_714_285_714_285n, 28_285_714_285_714_285n, 1_386_000_000_000_000_001n, 138_600_000_000_000n);
      expect(await clusterRegistry.undistributedOf(2)).to.equal(1);
    });
  });

  context("given the native currency", () => {
    it("shares it out", async () => {
      const { accountRegistry, clusterRegistry, manager, owner, stranger } = fixture;
      await clusterRegistry.connect(manager).createCluster(NATIVE, 6, [1, 2, 3], 200, "");
      await clusterRegistry.connect(manager).reserveResource(2, 1);
      await accountRegistry.connect(owner).deposit(NATIVE, usd("60"), { value: usd("60") });
      const payer = await startPaying(fixture, 2n, 1n, 0n);
      await payFor(payer, MONTH);
      // The deposit covers just that. The part after the last tick reaches the cluster when the account is touched.
      await accountRegistry.touchAccount(owner, NATIVE);
      await clusterRegistry.distributeRevenues(2);
      await clusterRegistry.claimRevenues(2, 1);
      const balances = await Promise.all(
        [stranger, manager, fixture.provider1, owner].map((account) => accountRegistry.getAccount(account, NATIVE)),
      );
      expect(balances.map(({ balance: amount }) => amount)).to.deep.equal([usd("0.6"), usd("1.188"), usd("19.404"), 0n]);
    });
  });

  context("given no weight at all", () => {
    let before: bigint[];
    const fees = (): Promise<bigint[]> => scaledBalances(fixture, [fixture.stranger, fixture.manager]);

    beforeEach(async () => {
      for (const nodeId of [1n, 2n, 3n]) await useCheaperNode(fixture, 1n, nodeId, 0n);
      // What was earned before has just been distributed.
      await countFromNow(fixture.payer);
      before = await fees();
      await payFor(fixture.payer, MONTH);
    });

    it("lets the pool wait", async () => {
      const { accountRegistry, clusterRegistry } = fixture;
      await expect(clusterRegistry.distributeRevenues(1)).not.to.emit(clusterRegistry, "RevenuesDistributed");
      expect(await accountRegistry.poolOf(1)).to.equal(scaled("60"));
      expect((await clusterRegistry.getCluster(1)).revenues).to.equal(testUsd("60"));
      expect(await fees()).to.deep.equal(before);
      expect(await claimable()).to.deep.equal([0n, 0n, 0n]);
    });

    it("shares it by the first weights that there are", async () => {
      const { clusterRegistry } = fixture;
      const pool = scaled("60");
      expect(await stopPaying(fixture, fixture.payer, 0n)).to.equal(0n);
      // The node that took the place of the second.
      await changeRent(fixture, 1n, 5n, 1n);
      expect(await fixture.accountRegistry.poolOf(1)).to.equal(pool);
      await clusterRegistry.distributeRevenues(1);
      expect(await claimable()).to.deep.equal([0n, (pool * 9_702n) / 10_000n, 0n]);
    });
  });

  context("given many payers", () => {
    it("takes what all have paid at once, at the cost of one", async () => {
      const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, stranger, testUSD } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 6, [1, 2, 3], 200, "");
      await clusterRegistry.connect(manager).reserveResource(2, 20);
      const payers = (await ethers.getSigners()).slice(-8);
      const starts: bigint[] = [];
      for (const [i, payer] of payers.entries()) {
        // Each could for another time.
        await accountRegistry.connect(owner).depositFor(payer, testUSD, testUsd("6000") + BigInt(i));
        await bucketRegistry.connect(payer).createBucket(2, "");
        await bucketRegistry.connect(payer).allocate(i + 2, 1, usd("60"));
        starts.push(await now());
      }
      const first = starts.at(-1)! + 1_000n;
      await at(first);
      await clusterRegistry.distributeRevenues(1);
      await at(first + 1n);
      await clusterRegistry.distributeRevenues(2);
      const [forNetwork] = (await scaledBalances(fixture, [stranger])) as [bigint];

      await at(first + MONTH);
      const one = await (await clusterRegistry.distributeRevenues(1)).wait();
      await at(first + MONTH + 1n);
      const many = await (await clusterRegistry.distributeRevenues(2)).wait();
      expect(many!.gasUsed).to.be.closeTo(one!.gasUsed, one!.gasUsed / 100n);
      const [forNetworkNow] = (await scaledBalances(fixture, [stranger])) as [bigint];
      expect(forNetworkNow - forNetwork).to.equal(9n * scaled("0.6"));
      const seconds = starts.reduce((sum, start) => sum + first + MONTH + 1n - start, 0n);
      const shares = (usd("60") * INDEX_PER_SECOND * seconds * 9_702n) / 10_000n;
      const members = await clusterRegistry.getMembers(2);
      expect(members.map(({ scaledClaimable }) => scaledClaimable)).to.deep.equal([shares / 3n, shares / 3n, shares / 3n]);
    });
  });

  it("is exact at the highest rates", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1, testUSD } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, MAX_RENT);
    await clusterRegistry.connect(manager).createCluster(testUSD, 1, [1], 0, "");
    await clusterRegistry.connect(manager).reserveResource(2, 1);
    await beginTick(fixture, testUSD);
    // About 115 tokens a second.
    const payer = await startPaying(fixture, 2n, 1n, testUsd("500000"));
    const pool = await payFor(payer, 1_000n);
    expect(pool).to.equal(MAX_RENT * INDEX_PER_SECOND * 1_000n);
    // The deposit covers less than a tick, so that the cluster knows of it when the account is touched.
    await fixture.accountRegistry.touchAccount(fixture.owner, testUSD);
    await clusterRegistry.distributeRevenues(2);
    const [member] = await clusterRegistry.getMembers(2);
    expect(member?.scaledClaimable).to.equal((pool * 99n) / 100n);
  });

  describe("previewDistribution", () => {
    /** The amounts of the event of a distribution in the next block; undefined: there is none. */
    const distributed = async (): Promise<bigint[] | undefined> => {
      const receipt = await (await fixture.clusterRegistry.distributeRevenues(1)).wait();
      const [event] = await fixture.clusterRegistry.queryFilter(fixture.clusterRegistry.filters.RevenuesDistributed, receipt?.blockNumber);
      if (event === undefined) return undefined;
      const { networkFee, managementFee, shares, revenuePerWeight } = event.args;
      return [networkFee, managementFee, shares, revenuePerWeight];
    };

    it("gives what a distribution gives in the same second, also with what did not divide before", async () => {
      for (const seconds of [1n, 12_345n, MONTH / 7n]) {
        const until = (await now()) + seconds;
        await time.increaseTo(until);
        const preview = [...(await fixture.clusterRegistry.previewDistribution(1))];
        await time.setNextBlockTimestamp(until + 1n);
        const before = await fixture.clusterRegistry.previewDistribution.staticCall(1, { blockTag: "pending" });
        expect(await distributed()).to.deep.equal([...before]);
        expect(preview[2]).to.be.lessThan(before[2]);
      }
    });

    it("gives nothing right after a distribution, and the same revenue per weight", async () => {
      await payFor(fixture.payer, MONTH);
      const [, , , revenuePerWeight] = (await distributed())!;
      expect(await fixture.clusterRegistry.previewDistribution(1)).to.deep.equal([0n, 0n, 0n, revenuePerWeight]);
    });

    it("gives nothing where all rents are zero: the pool waits", async () => {
      const { clusterRegistry } = fixture;
      for (const nodeId of [1n, 2n, 3n]) await changeRent(fixture, 1n, nodeId, 0n);
      await time.increase(MONTH);
      expect((await clusterRegistry.previewDistribution(1)).slice(0, 3)).to.deep.equal([0n, 0n, 0n]);
      expect(await distributed()).to.equal(undefined);
      expect((await clusterRegistry.getCluster(1)).revenues).to.be.greaterThan(0);
    });

    it("refuses a cluster that does not exist", async () => {
      const { clusterRegistry } = fixture;
      await expect(clusterRegistry.previewDistribution(9)).to.be.revertedWithCustomError(clusterRegistry, "ClusterUnknown").withArgs(9);
    });
  });
});
