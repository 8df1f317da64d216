import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { MONTH, NATIVE, testUsd, usd } from "../fixtures";
import {
  changeRent,
  countFromNow,
  createCluster,
  createNodes,
  SCALED_PER_BASE_UNIT,
  FULL_QUALITY,
  MAX_RENT,
  MAX_UINT32,
  payFor,
  useCheaperNode,
  withRevenue,
  type WithRevenue,
} from "../helpers/clusters";
import { now } from "../helpers/units";
import { clusterWith, fields } from "./clusters";

describe("ClusterRegistry: views", () => {
  let fixture: WithRevenue;

  beforeEach(async () => {
    const shared = await withRevenue();
    fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
  });

  describe("getCluster", () => {
    it("returns everything that there is to know", async () => {
      const { clusterRegistry, otherManager } = fixture;
      await clusterRegistry.changeClusterParams(1, '{"replication":2}');
      await clusterRegistry.offerManagement(1, otherManager);
      await payFor(fixture.payer, MONTH);
      await mine();
      expect(fields(await clusterRegistry.getCluster(1))).to.deep.equal(
        await clusterWith(fixture, {
          offeredTo: otherManager.address,
          resourceUsed: 1n,
          revenues: testUsd("60"),
          params: '{"replication":2}',
        }),
      );
    });

    it("shows revenues that grow by the second, without anybody settling", async () => {
      const { accountRegistry, clusterRegistry } = fixture;
      // A second of 60 USD a month is 22.401433… base units.
      for (const [seconds, revenues] of [
        [1n, 22n],
        [1n, 44n],
        [1n, 67n],
        [44_637n, 1_000_000n],
        [MONTH - 44_640n, testUsd("60")],
      ] as const) {
        await payFor(fixture.payer, seconds);
        await mine();
        expect((await clusterRegistry.getCluster(1)).revenues).to.equal(revenues);
      }
      expect(await accountRegistry.poolOf(1)).to.equal(testUsd("60") * SCALED_PER_BASE_UNIT);
    });

    it("rounds revenues down to base units", async () => {
      const { accountRegistry, clusterRegistry } = fixture;
      // 60 USD for 44,639 of 2,678,400 seconds are 0.99997759…
      await payFor(fixture.payer, 44_639n);
      await mine();
      expect((await clusterRegistry.getCluster(1)).revenues).to.equal(999_977);
      expect(await accountRegistry.poolOf(1)).to.equal((testUsd("60") * SCALED_PER_BASE_UNIT * 44_639n) / MONTH);
    });
  });

  describe("listClusters", () => {
    it("returns all that getCluster returns", async () => {
      const { clusterRegistry, nodeIds, otherManager } = fixture;
      await createCluster(fixture, 3n, nodeIds, { managementFeeBps: 7n, perVnode: 2n });
      await clusterRegistry.offerManagement(1, otherManager);
      await clusterRegistry.changeClusterParams(2, "{}");
      await payFor(fixture.payer, MONTH);
      await mine();
      const { items, lastId } = await clusterRegistry.listClusters(1, 100, ZeroAddress);
      const expected = await Promise.all([1, 2].map((clusterId) => clusterRegistry.getCluster(clusterId)));
      expect(items.map(fields)).to.deep.equal(expected.map(fields));
      expect(lastId).to.equal(2);
    });

    it("finds clusters by who manages them now", async () => {
      const { clusterRegistry, manager, nodeIds, otherManager } = fixture;
      await createCluster(fixture, 3n, nodeIds);
      await clusterRegistry.offerManagement(1, otherManager);
      await clusterRegistry.connect(otherManager).acceptManagement(1);
      const idsOf = async (address: string): Promise<bigint[]> => {
        const { items } = await clusterRegistry.listClusters(1, 100, address);
        return items.map(({ clusterId }) => clusterId);
      };
      expect(await idsOf(manager.address)).to.deep.equal([2n]);
      expect(await idsOf(otherManager.address)).to.deep.equal([1n]);
    });
  });

  describe("getVnodes", () => {
    const pages: [offset: bigint, limit: bigint, nodeIds: bigint[]][] = [
      [0n, 0n, []],
      [0n, 1n, [1n]],
      [0n, 6n, [1n, 2n, 3n, 3n, 2n, 3n]],
      [0n, MAX_UINT32, [1n, 2n, 3n, 3n, 2n, 3n]],
      [1n, 2n, [2n, 3n]],
      [3n, 2n, [3n, 2n]],
      [5n, 1n, [3n]],
      [5n, MAX_UINT32, [3n]],
      [6n, 1n, []],
      [7n, 1n, []],
      [MAX_UINT32, MAX_UINT32, []],
    ];
    for (const [offset, limit, nodeIds] of pages) {
      it(`returns [${nodeIds.join(", ")}] from ${offset} on, at most ${limit}`, async () => {
        const { clusterRegistry } = fixture;
        await clusterRegistry.replaceNode(1, 3, 3);
        const page = await clusterRegistry.getVnodes(1, offset, limit);
        expect([...page]).to.deep.equal(nodeIds);
      });
    }
  });

  describe("getMembers and claimable", () => {
    it("refuse a node that is not in the cluster", async () => {
      const { clusterRegistry } = fixture;
      for (const nodeId of [0, 4]) {
        await expect(clusterRegistry.claimable(1, nodeId))
          .to.be.revertedWithCustomError(clusterRegistry, "NodeNotInCluster")
          .withArgs(1, nodeId);
      }
    });

    it("say what each node serves, asks and can claim, in base units rounded down", async () => {
      const { clusterRegistry } = fixture;
      // Node 4, in the place of the second.
      const cheaper = await useCheaperNode(fixture, 1n, 2n, usd("5"));
      await clusterRegistry.replaceNode(1, 3, cheaper);
      // Weights of 10, 15 and 20 USD.
      await countFromNow(fixture.payer);
      for (const nodeId of [1, 3]) await clusterRegistry.claimRevenues(1, nodeId);
      await payFor(fixture.payer, MONTH / 31n);
      await clusterRegistry.distributeRevenues(1);
      // A day of 60 USD is 1.935483870967…, 97.02 % of which are 1.877806451612…; nothing here divides by 31.
      const shares = (60n * 10n ** 18n * 10n ** 18n * (MONTH / 31n) * 9_702n) / 10_000n;
      const members = await clusterRegistry.getMembers(1);
      expect(members.map((member) => [...member])).to.deep.equal([
        [1n, 1n, usd("10"), 10_000n, 417_290n, (shares * 10n) / 45n],
        [cheaper, 3n, usd("5"), 10_000n, 625_935n, (shares * 15n) / 45n],
        [3n, 2n, usd("10"), 10_000n, 834_580n, (shares * 20n) / 45n],
      ]);
      expect(await Promise.all([1n, cheaper, 3n].map((nodeId) => clusterRegistry.claimable(1, nodeId)))).to.deep.equal([
        417_290n,
        625_935n,
        834_580n,
      ]);
    });

    it("leave out what is still in the pool", async () => {
      const { clusterRegistry } = fixture;
      await payFor(fixture.payer, MONTH);
      expect(await clusterRegistry.claimable(1, 1)).to.equal(0);
      expect((await clusterRegistry.getMembers(1))[0]?.claimable).to.equal(0);
    });
  });

  describe("quote", () => {
    it("says what resource costs, in USD and in the cluster's currency", async () => {
      const { clusterRegistry } = fixture;
      expect([...(await clusterRegistry.quote(1, 1))]).to.deep.equal([usd("60"), testUsd("60")]);
      expect([...(await clusterRegistry.quote(1, 25))]).to.deep.equal([usd("1500"), testUsd("1500")]);
    });

    it("is zero for nothing", async () => {
      expect([...(await fixture.clusterRegistry.quote(1, 0))]).to.deep.equal([0n, 0n]);
    });

    it("follows the price, rounded down", async () => {
      const { priceRegistry, admin, clusterRegistry, testUSD } = fixture;
      await priceRegistry.connect(admin).setPrice(testUSD, usd("0.7"));
      // 60 / 0.7 = 85.714285714…
      expect([...(await clusterRegistry.quote(1, 1))]).to.deep.equal([usd("60"), 85_714_285n]);
    });

    it("follows the rent", async () => {
      const { clusterRegistry } = fixture;
      await changeRent(fixture, 1n, 1n, usd("4"));
      expect([...(await clusterRegistry.quote(1, 2))]).to.deep.equal([usd("96"), testUsd("96")]);
    });

    it("counts in the native currency's units", async () => {
      const { clusterRegistry } = fixture;
      await clusterRegistry.createCluster(NATIVE, 6, [1, 2, 3], 0, "");
      expect([...(await clusterRegistry.quote(2, 3))]).to.deep.equal([usd("180"), usd("180")]);
    });

    it("does not overflow at the highest rent, the largest resource and a low price", async () => {
      const { priceRegistry, admin, clusterRegistry, nodeRegistry, provider1, testUSD } = fixture;
      const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent: MAX_RENT, capacity: 1n }]);
      await clusterRegistry.createCluster(testUSD, 256, [nodeId!], 0, "");
      await priceRegistry.connect(admin).setPrice(testUSD, usd("0.5"));
      const usdPerMonth = 256n * MAX_RENT * MAX_UINT32;
      expect([...(await clusterRegistry.quote(2, MAX_UINT32))]).to.deep.equal([usdPerMonth, (usdPerMonth * 2n) / 10n ** 12n]);
    });
  });

  describe("managerOf and currencyIdOf", () => {
    it("say who manages a cluster, and in what it is paid", async () => {
      const { accountRegistry, clusterRegistry, manager, testUSD } = fixture;
      await clusterRegistry.createCluster(NATIVE, 1, [1], 0, "");
      expect(await clusterRegistry.managerOf(1)).to.equal(manager);
      expect(await clusterRegistry.currencyIdOf(1)).to.equal(await accountRegistry.currencyIdOf(testUSD));
      // The native currency was listed first.
      expect(await clusterRegistry.currencyIdOf(2)).to.equal(1);
    });
  });

  describe("partiesOf", () => {
    it("says who manages a cluster, and who created it", async () => {
      const { clusterRegistry, manager, otherManager, provider1 } = fixture;
      expect([...(await clusterRegistry.partiesOf(1))]).to.deep.equal([manager.address, manager.address]);
      for (const [from, to] of [
        [manager, otherManager],
        [otherManager, provider1],
      ] as const) {
        await clusterRegistry.connect(from).offerManagement(1, to);
        await clusterRegistry.connect(to).acceptManagement(1);
        expect([...(await clusterRegistry.partiesOf(1))]).to.deep.equal([to.address, manager.address]);
      }
    });

    it("says nobody of a cluster that does not exist", async () => {
      expect([...(await fixture.clusterRegistry.partiesOf(2))]).to.deep.equal([ZeroAddress, ZeroAddress]);
    });
  });

  describe("membershipOf", () => {
    it("says what a node serves, how well, and at what rent", async () => {
      const { clusterRegistry } = fixture;
      expect([...(await clusterRegistry.membershipOf(1, 2))]).to.deep.equal([usd("10"), 2n, 10_000n, 0n, 0n, 2n]);
    });

    it("says when a node left", async () => {
      const { clusterRegistry } = fixture;
      const cheaper = await useCheaperNode(fixture, 1n, 2n, usd("5"));
      const leftAt = await now();
      expect([...(await clusterRegistry.membershipOf(1, 2))]).to.deep.equal([0n, 0n, 10_000n, 0n, leftAt, 0n]);
      expect([...(await clusterRegistry.membershipOf(1, cheaper))]).to.deep.equal([usd("5"), 2n, 10_000n, 0n, 0n, 2n]);
    });
  });

  describe("servedOf", () => {
    it("says that all is served", async () => {
      const { clusterRegistry } = fixture;
      expect([...(await clusterRegistry.servedOf(1))]).to.deep.equal([usd("60") * FULL_QUALITY, usd("60") * FULL_QUALITY]);
    });
  });

  describe("currencyIdOf and undistributedOf", () => {
    it("are zero for a cluster that does not exist", async () => {
      const { clusterRegistry } = fixture;
      for (const clusterId of [0, 2]) {
        expect(await clusterRegistry.currencyIdOf(clusterId)).to.equal(0);
        expect(await clusterRegistry.undistributedOf(clusterId)).to.equal(0);
      }
    });
  });
});
