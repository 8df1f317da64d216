import { expect } from "chai";

import { DEFAULTS, MONTH, testUsd, usd } from "../fixtures";
import {
  contractAsSigner,
  createCluster,
  createNodes,
  SCALED_PER_BASE_UNIT,
  scaledBalances,
  scaledClaimable,
  FULL_QUALITY,
  payFor,
  stopPaying,
  withRevenue,
  type WithRevenue,
} from "../helpers/clusters";

const TEST_USD_ID = 2n;
/** TestUSD in scaled units. */
const scaled = (amount: string): bigint => testUsd(amount) * SCALED_PER_BASE_UNIT;

// A month of 60 USD leaves 58.212 for three nodes with two vnodes each: 19.404 for each, 9.702 for a vnode.

describe("ClusterRegistry: revenue when weights change", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    const shared = await withRevenue();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  const claimable = (): Promise<(bigint | undefined)[]> =>
    Promise.all([1n, 2n, 3n, 4n].map((nodeId) => scaledClaimable(fixture, 1n, nodeId)));
  const balances = (): Promise<bigint[]> => {
    const { otherOwner, provider1, provider2, provider3 } = fixture;
    return scaledBalances(fixture, [provider1, provider2, provider3, otherOwner]);
  };
  const distributeMonth = async (): Promise<void> => {
    await payFor(fixture.payer, MONTH);
    await fixture.clusterRegistry.distributeRevenues(1);
  };
  /** Node 4, of a fourth provider. */
  const useNode4 = async (rent: bigint): Promise<void> => {
    const { manager, nodeRegistry, otherOwner } = fixture;
    await createNodes(nodeRegistry, otherOwner, [{ rent, capacity: DEFAULTS.capacity }]);
    await nodeRegistry.connect(otherOwner).trustManager(manager);
  };

  describe("replaceNode", () => {
    it("distributes what was earned by the old weights, and pays both nodes and no other", async () => {
      const { clusterRegistry, manager, provider1, provider2, stranger } = fixture;
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.replaceNode(1, 0, 2))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(1, stranger, manager, scaled("0.6"), scaled("1.188"), scaled("58.212"), scaled("58.212") / (usd("60") * FULL_QUALITY))
        .and.to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 1, provider1, scaled("19.404"))
        .and.to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 2, provider2, scaled("19.404"));
      expect(await balances()).to.deep.equal([scaled("19.404"), scaled("19.404"), 0n, 0n]);
      expect(await claimable()).to.deep.equal([0n, 0n, scaled("19.404"), undefined]);
    });

    it("distributes a single scaled unit, too", async () => {
      const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, otherOwner, provider1, stranger } = fixture;
      const nodes = await createNodes(nodeRegistry, provider1, [
        { rent: 1n, capacity: 1n },
        { rent: 1n, capacity: 1n },
      ]);
      const clusterId = await createCluster(fixture, 1n, nodes.slice(0, 1), { perVnode: 1n });
      await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
      await bucketRegistry.connect(otherOwner).allocate(2, 1, 1);
      // All that the owner has, and it is paid within a second.
      await accountRegistry.connect(await contractAsSigner(clusterRegistry)).credit(otherOwner, TEST_USD_ID, 1);
      await accountRegistry.touchAccount(otherOwner, fixture.testUSD);
      expect(await accountRegistry.poolOf(clusterId)).to.equal(1n);
      await expect(clusterRegistry.replaceNode(clusterId, 0, nodes[1]!))
        .to.emit(clusterRegistry, "RevenuesDistributed")
        .withArgs(clusterId, stranger, manager, 0, 0, 1, 0)
        .and.not.to.emit(clusterRegistry, "RevenuesClaimed");
      expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(1);
    });

    it("shares what is earned later by the new weights", async () => {
      await payFor(fixture.payer, MONTH);
      await fixture.clusterRegistry.replaceNode(1, 0, 2);
      await distributeMonth();
      expect(await claimable()).to.deep.equal([scaled("9.702"), scaled("29.106"), scaled("38.808"), undefined]);
    });

    it("gives a node that joins nothing of what was earned before", async () => {
      await useNode4(usd("10"));
      await payFor(fixture.payer, MONTH);
      await fixture.clusterRegistry.replaceNode(1, 0, 4);
      expect(await claimable()).to.deep.equal([0n, scaled("19.404"), scaled("19.404"), 0n]);
      await distributeMonth();
      expect(await claimable()).to.deep.equal([scaled("9.702"), scaled("38.808"), scaled("38.808"), scaled("9.702")]);
    });

    it("pays a node that leaves, and does not pay it again when it comes back", async () => {
      const { clusterRegistry } = fixture;
      await payFor(fixture.payer, MONTH);
      const call = (index: number, nodeId: number): string =>
        clusterRegistry.interface.encodeFunctionData("replaceNode", [1, index, nodeId]);
      await clusterRegistry.multicall([call(0, 2), call(3, 3)]);
      expect(await balances()).to.deep.equal([scaled("19.404"), scaled("19.404"), scaled("19.404"), 0n]);
      await payFor(fixture.payer, MONTH);
      await clusterRegistry.replaceNode(1, 0, 1);
      expect(await scaledClaimable(fixture, 1n, 1n)).to.equal(0n);
      await expect(clusterRegistry.claimRevenues(1, 1)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      expect((await balances())[0]).to.equal(scaled("19.404"));
      await distributeMonth();
      await clusterRegistry.claimRevenues(1, 1);
      expect((await balances())[0]).to.equal(scaled("29.106"));
    });
  });

  describe("replaceNodes", () => {
    it("distributes what was earned by the old weights, and pays the old node alone", async () => {
      const { clusterRegistry, provider1 } = fixture;
      await useNode4(usd("5"));
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.replaceNodes(1, 1, 4))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 1, provider1, scaled("19.404"));
      expect(await balances()).to.deep.equal([scaled("19.404"), 0n, 0n, 0n]);
      expect(await claimable()).to.deep.equal([undefined, scaled("19.404"), scaled("19.404"), 0n]);
    });

    it("shares what is earned later by the new weights", async () => {
      await useNode4(usd("5"));
      await payFor(fixture.payer, MONTH);
      await fixture.clusterRegistry.replaceNodes(1, 1, 4);
      await distributeMonth();
      // 58.212 by 20 : 20 : 10, beside what the second and third had.
      expect(await claimable()).to.deep.equal([
        undefined,
        scaled("19.404") + (scaled("58.212") * 2n) / 5n,
        scaled("19.404") + (scaled("58.212") * 2n) / 5n,
        scaled("58.212") / 5n,
      ]);
    });

    it("does not pay a node again when it comes back", async () => {
      const { clusterRegistry } = fixture;
      await useNode4(usd("10"));
      await payFor(fixture.payer, MONTH);
      const call = (from: number, to: number): string => clusterRegistry.interface.encodeFunctionData("replaceNodes", [1, from, to]);
      await clusterRegistry.multicall([call(1, 4), call(4, 1)]);
      await expect(clusterRegistry.claimRevenues(1, 1)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      expect(await balances()).to.deep.equal([scaled("19.404"), 0n, 0n, 0n]);
    });
  });

  describe("acceptRent", () => {
    const ask = (rent: bigint): Promise<unknown> => fixture.nodeRegistry.connect(fixture.provider1).changeNodeRent(1, rent);

    it("refuses a node that is not in the cluster", async () => {
      const { clusterRegistry } = fixture;
      await useNode4(usd("10"));
      for (const nodeId of [0, 4, 5]) {
        await expect(clusterRegistry.acceptRent(1, nodeId, usd("10")))
          .to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster")
          .withArgs(1, nodeId);
      }
    });

    it("refuses more than the manager agreed to", async () => {
      const { clusterRegistry } = fixture;
      await ask(usd("9"));
      await expect(clusterRegistry.acceptRent(1, 1, usd("9") - 1n))
        .to.be.revertedWithCustomError(clusterRegistry, "NodeRentAboveMaximum")
        .withArgs(1, usd("9"), usd("9") - 1n);
    });

    for (const [what, rent] of [
      ["as much", usd("10")],
      ["more", usd("10") + 1n],
    ] as const) {
      it(`refuses ${what} while buckets are allocated`, async () => {
        const { clusterRegistry } = fixture;
        await ask(rent);
        await expect(clusterRegistry.acceptRent(1, 1, rent))
          .to.be.revertedWithCustomError(clusterRegistry, "RentNotLower")
          .withArgs(1, 1, rent, usd("10"));
      });
    }

    it("applies less at once while buckets are allocated, to buckets that pay what they paid", async () => {
      const { bucketRegistry, clusterRegistry } = fixture;
      await ask(usd("4"));
      await expect(clusterRegistry.acceptRent(1, 1, usd("4")))
        .to.emit(clusterRegistry, "RentAccepted")
        .withArgs(1, 1, usd("4"), usd("48"));
      expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(usd("48"));
      expect((await clusterRegistry.getMembers(1)).map(({ rentPerMonth }) => rentPerMonth)).to.deep.equal([usd("4"), usd("10"), usd("10")]);
      expect((await bucketRegistry.getBucket(1)).ratePerMonth).to.equal(usd("60"));
    });

    it("distributes what was earned by the old weights, and pays the node alone", async () => {
      const { clusterRegistry, provider1 } = fixture;
      await ask(usd("5"));
      await payFor(fixture.payer, MONTH);
      await expect(clusterRegistry.acceptRent(1, 1, usd("5")))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(1, 1, provider1, scaled("19.404"));
      expect(await balances()).to.deep.equal([scaled("19.404"), 0n, 0n, 0n]);
      expect(await claimable()).to.deep.equal([0n, scaled("19.404"), scaled("19.404"), undefined]);
      await distributeMonth();
      // 58.212 by 10 : 20 : 20.
      const fifth = scaled("58.212") / 5n;
      expect(await claimable()).to.deep.equal([fifth, scaled("19.404") + 2n * fifth, scaled("19.404") + 2n * fifth, undefined]);
    });

    for (const [rent, rentPerUnit] of [
      [usd("13"), usd("66")],
      [usd("10"), usd("60")],
    ] as const) {
      it(`applies ${rent} while nothing is allocated`, async () => {
        const { clusterRegistry } = fixture;
        await stopPaying(fixture, fixture.payer, MONTH);
        await ask(rent);
        await expect(clusterRegistry.acceptRent(1, 1, 2n ** 128n - 1n))
          .to.emit(clusterRegistry, "RentAccepted")
          .withArgs(1, 1, rent, rentPerUnit);
        expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(rentPerUnit);
      });
    }

    it("refuses rents that add up to more than can be counted", async () => {
      const { clusterRegistry, testUSD } = fixture;
      await clusterRegistry.createCluster(testUSD, 257, [1], 0, "");
      await ask(2n ** 88n - 1n);
      await expect(clusterRegistry.acceptRent(2, 1, 2n ** 128n - 1n))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterRentTooHigh")
        .withArgs(257n * (2n ** 88n - 1n), 2n ** 96n - 1n);
    });
  });
});
