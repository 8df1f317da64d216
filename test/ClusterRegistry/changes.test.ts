import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";

import { type Base, DEFAULTS, MONTH, testUsd, usd } from "../fixtures";
import { createNodes, FULL_QUALITY, scaledBalances, withRevenue } from "../helpers/clusters";
import { endIndexOf, scaled, streamed } from "../helpers/streams";
import { addBondedNode, CODE, NODE_BOND, REF, withPaidTerms } from "../helpers/terms";
import { at, now } from "../helpers/units";

// Whatever changes the weights, the fees or who receives them settles and distributes first. Here nobody settles anything at any time: what
// two payers have paid by then is shared as it was, to the scaled unit, although one of them has run out of funds meanwhile.

const RENT = usd("60");
/** For whom a share is, and its weight in USD. */
type Weights = readonly (readonly [provider: HardhatEthersSigner, weight: string])[];

/** What a cluster's revenue comes to, as the interfaces say it. */
class Shares {
  undistributed = 0n;
  private readonly totals = new Map<string, bigint>();

  constructor(
    private readonly network: HardhatEthersSigner,
    private readonly networkFeeBps: bigint,
  ) {}

  distribute(pool: bigint, weights: Weights, manager: HardhatEthersSigner, managementFeeBps: bigint): void {
    const networkFee = (pool * this.networkFeeBps) / 10_000n;
    const managementFee = ((pool - networkFee) * managementFeeBps) / 10_000n;
    this.add(this.network, networkFee);
    this.add(manager, managementFee);
    const toShare = pool - networkFee - managementFee + this.undistributed;
    const weightOf = (weight: string): bigint => usd(weight) * FULL_QUALITY;
    const total = weights.reduce((sum, [, weight]) => sum + weightOf(weight), 0n);
    for (const [provider, weight] of weights) this.add(provider, (toShare / total) * weightOf(weight));
    this.undistributed = toShare % total;
  }

  add({ address }: HardhatEthersSigner, amount: bigint): void {
    this.totals.set(address, this.of({ address }) + amount);
  }

  of({ address }: { address: string }): bigint {
    return this.totals.get(address) ?? 0n;
  }
}

interface Earning<Fixture extends Base> {
  fixture: Fixture;
  /** When the owner began to pay, who can for years. */
  start: bigint;
  /** What the other owner has paid in time, and what of it the cluster does not know of before somebody touches its account. */
  onTime: bigint;
  late: bigint;
}

/** Beside the owner, who pays 60 USD a month, the other owner pays as much for five days. */
async function withTwoPayers<Fixture extends Base>(fixture: Fixture, start: bigint): Promise<Earning<Fixture>> {
  const { accountRegistry, bucketRegistry, otherOwner, testUSD } = fixture;
  await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("10"));
  await bucketRegistry.connect(otherOwner).createBucket(1, "");
  await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
  const { index } = await accountRegistry.getListing(testUSD);
  const onTime = RENT * (endIndexOf(index, scaled(testUsd("10")), RENT) - index);
  const late = scaled(testUsd("10")) - onTime;
  expect(late > 0n).to.equal(true);
  return { fixture, start, onTime, late };
}

/** Pays every node of the cluster, and compares with what everyone had before. */
async function expectShares({ fixture }: Earning<Base>, before: bigint[], people: HardhatEthersSigner[], shares: Shares): Promise<void> {
  const { clusterRegistry } = fixture;
  for (const { nodeId } of await clusterRegistry.getMembers(1)) await clusterRegistry.claimRevenues(1, nodeId);
  const after = await scaledBalances(fixture, people);
  expect(after.map((amount, i) => amount - before[i]!)).to.deep.equal(people.map((person) => shares.of(person)));
  expect(await clusterRegistry.undistributedOf(1)).to.equal(shares.undistributed);
}

describe("ClusterRegistry: what was earned before a change", () => {
  context("given a cluster with the default terms, paid for a month", () => {
    const prepare = async () => {
      const revenue = await withRevenue();
      const fixture = { ...revenue, clusterRegistry: revenue.clusterRegistry.connect(revenue.manager) };
      const { manager, nodeRegistry, otherManager } = fixture;
      // Node 4, of a fourth provider.
      await createNodes(nodeRegistry, otherManager, [{ rent: usd("5"), capacity: DEFAULTS.capacity }]);
      await nodeRegistry.connect(otherManager).trustManager(manager);
      return withTwoPayers(fixture, BigInt(revenue.payer.countedUntil));
    };
    type Prepared = Awaited<ReturnType<typeof prepare>>;

    /** Makes the change after a month, and compares half a month later. */
    const expectExact = async (
      earning: Prepared,
      change: () => Promise<unknown>,
      after: { weights?: Weights; manager?: HardhatEthersSigner; managementFeeBps?: bigint },
    ): Promise<void> => {
      const { fixture, late, onTime, start } = earning;
      const { accountRegistry, clusterRegistry, manager, otherManager, otherOwner, provider1, provider2, provider3, stranger } = fixture;
      const people = [stranger, manager, otherManager, provider1, provider2, provider3];
      const before: Weights = [
        [provider1, "20"],
        [provider2, "20"],
        [provider3, "20"],
      ];
      const shares = new Shares(stranger, 100n);
      await at(start + MONTH);
      await change();
      shares.distribute(streamed(RENT, MONTH) + onTime, before, manager, 200n);

      await at(start + MONTH + MONTH / 2n - 100n);
      await accountRegistry.touchAccount(otherOwner, fixture.testUSD);
      await at(start + MONTH + MONTH / 2n);
      await clusterRegistry.distributeRevenues(1);
      const pool = streamed(RENT, MONTH / 2n) + late;
      shares.distribute(pool, after.weights ?? before, after.manager ?? manager, after.managementFeeBps ?? 200n);
      await expectShares(
        earning,
        people.map(() => 0n),
        people,
        shares,
      );
    };

    it("is shared by the old weights when a vnode is moved by replaceNode", async () => {
      const earning = await prepare();
      const { clusterRegistry, provider1, provider2, provider3 } = earning.fixture;
      await expectExact(earning, () => clusterRegistry.replaceNode(1, 0, 2), {
        weights: [
          [provider1, "10"],
          [provider2, "30"],
          [provider3, "20"],
        ],
      });
    });

    it("is shared by the old weights when a new node takes a vnode by replaceNode, cheaper and paid nothing of before", async () => {
      const earning = await prepare();
      const { clusterRegistry, otherManager, provider1, provider2, provider3 } = earning.fixture;
      await expectExact(earning, () => clusterRegistry.replaceNode(1, 2, 4), {
        weights: [
          [provider1, "20"],
          [provider2, "20"],
          [provider3, "10"],
          [otherManager, "5"],
        ],
      });
    });

    it("is shared by the old weights when a node is replaced by replaceNodes", async () => {
      const earning = await prepare();
      const { clusterRegistry, otherManager, provider2, provider3 } = earning.fixture;
      await expectExact(earning, () => clusterRegistry.replaceNodes(1, 1, 4), {
        weights: [
          [otherManager, "10"],
          [provider2, "20"],
          [provider3, "20"],
        ],
      });
    });

    it("is shared by the old weights when a lower rent is accepted", async () => {
      const earning = await prepare();
      const { clusterRegistry, nodeRegistry, provider1, provider2, provider3 } = earning.fixture;
      await nodeRegistry.connect(provider3).changeNodeRent(3, usd("4"));
      await expectExact(earning, () => clusterRegistry.acceptRent(1, 3, usd("4")), {
        weights: [
          [provider1, "20"],
          [provider2, "20"],
          [provider3, "8"],
        ],
      });
    });

    it("is shared at the old management fee when that is lowered", async () => {
      const earning = await prepare();
      await expectExact(earning, () => earning.fixture.clusterRegistry.lowerManagementFee(1, 50), { managementFeeBps: 50n });
    });

    it("is the old manager's when another accepts the management", async () => {
      const earning = await prepare();
      const { clusterRegistry, otherManager } = earning.fixture;
      await clusterRegistry.offerManagement(1, otherManager);
      await expectExact(earning, () => clusterRegistry.connect(otherManager).acceptManagement(1), { manager: otherManager });
    });

    it("is shared when the cluster is removed, after its last buckets gave back what they held", async () => {
      const { fixture, start } = await prepare();
      const { accountRegistry, bucketRegistry, clusterRegistry, manager, otherOwner, owner } = fixture;
      const { provider1, provider2, provider3, stranger } = fixture;
      await at(start + MONTH);
      await bucketRegistry.connect(owner).release(1, 1);
      await at(start + 2n * MONTH);
      await bucketRegistry.connect(otherOwner).closeBucket(2);
      await clusterRegistry.removeCluster(1);
      const shares = new Shares(stranger, 100n);
      shares.distribute(
        streamed(RENT, MONTH) + scaled(testUsd("10")),
        [
          [provider1, "20"],
          [provider2, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );
      // What does not divide is the network's, in the end.
      shares.add(stranger, shares.undistributed);
      const people = [stranger, manager, provider1, provider2, provider3];
      expect(await scaledBalances(fixture, people)).to.deep.equal(people.map((person) => shares.of(person)));
      expect(await accountRegistry.poolOf(1)).to.equal(0n);
    });
  });

  context("given a cluster with terms of its own", () => {
    const prepare = async () => {
      const fixture = await withPaidTerms();
      return withTwoPayers(fixture, await now());
    };
    /** The share of what owners pay that is not served while a third of the weight is missing, in 2^-32. */
    const THIRD = 2n ** 32n / 3n;

    it("is shared by the old weights when a lower quality is reported", async () => {
      const earning = await prepare();
      const { fixture, late, onTime, start } = earning;
      const { accountRegistry, clusterRegistry, manager, networkAccount, otherOwner, termsRegistry, testUSD, validator } = fixture;
      const [provider1, provider2, provider3] = fixture.providers;
      const people = [networkAccount, manager, provider1, provider2, provider3];
      const before = await scaledBalances(fixture, people);
      const shares = new Shares(networkAccount, 0n);
      await at(start + MONTH);
      await termsRegistry.connect(validator).reportQuality(1, 1, 2_500, CODE, REF);
      shares.distribute(
        streamed(RENT, MONTH) + onTime,
        [
          [provider1, "20"],
          [provider2, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );
      // A quarter of what the owners pay for is not served from then on; what the other owner paid before was.
      await accountRegistry.touchAccount(otherOwner, testUSD);
      await at(start + 2n * MONTH);
      await clusterRegistry.distributeRevenues(1);
      shares.distribute(
        (streamed(RENT, MONTH) * 3n) / 4n + late,
        [
          [provider1, "5"],
          [provider2, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );
      await expectShares(earning, before, people, shares);
    });

    it("is shared by the old weights when a quality rises again", async () => {
      const earning = await prepare();
      const { fixture, late, onTime, start } = earning;
      const { accountRegistry, clusterRegistry, manager, networkAccount, otherOwner, termsRegistry, testUSD, validator } = fixture;
      const [provider1, provider2, provider3] = fixture.providers;
      const people = [networkAccount, manager, provider1, provider2, provider3];
      const before = await scaledBalances(fixture, people);
      const shares = new Shares(networkAccount, 0n);
      const all: Weights = [
        [provider1, "20"],
        [provider2, "20"],
        [provider3, "20"],
      ];
      await at(start + 1_000n);
      await termsRegistry.connect(validator).reportQuality(1, 1, 0, CODE, REF);
      const paidBefore = scaled(testUsd("10")) - (await scaledBalances(fixture, [otherOwner]))[0]!;
      shares.distribute(streamed(RENT, 1_000n) + paidBefore, all, manager, 200n);
      // From here on a third is withheld, of the other owner until the end of its stream.
      await at(start + MONTH);
      await termsRegistry.connect(validator).reportQuality(1, 1, 10_000, CODE, REF);
      const gross = streamed(RENT, MONTH - 1_000n) + onTime - paidBefore;
      const withheld = (gross * THIRD + 2n ** 32n - 1n) / 2n ** 32n;
      shares.distribute(
        gross - withheld,
        [
          [provider2, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );
      // What it paid after the end is the cluster's. Its refund pays again, while it lasts, and is late again at its end.
      await accountRegistry.touchAccount(otherOwner, testUSD);
      await at(start + 2n * MONTH);
      await clusterRegistry.distributeRevenues(1);
      const refund = ((onTime - paidBefore) * THIRD) / 2n ** 32n;
      const [left] = (await scaledBalances(fixture, [otherOwner])) as [bigint];
      const { scaledLate } = await accountRegistry.getStream(otherOwner, 1);
      shares.distribute(streamed(RENT, MONTH) + late + refund - left - scaledLate, all, manager, 200n);
      await expectShares(earning, before, people, shares);
    });

    it("is shared by the old weights when a node leaves, and when another takes its place", async () => {
      const earning = await prepare();
      const { fixture, late, onTime, start } = earning;
      const { accountRegistry, clusterRegistry, manager, networkAccount, otherOwner, owner, termsRegistry, testUSD } = fixture;
      const [provider1, provider2, provider3] = fixture.providers;
      const people = [networkAccount, manager, provider1, provider2, provider3];
      await addBondedNode(fixture, 2n, usd("7"));
      const before = await scaledBalances(fixture, people);
      const shares = new Shares(networkAccount, 0n);
      // Two weeks after the other owner has run out of funds, the notice of node 2 is over.
      await at(start + MONTH / 2n);
      await termsRegistry.connect(provider2).announceExit(1, 2);
      const { exitAt } = await termsRegistry.getAgreement(1, 2);
      await at(exitAt);
      await termsRegistry.finishExit(1, 2);
      // Its bond comes back with it.
      shares.add(provider2, scaled(NODE_BOND));
      shares.distribute(
        streamed(RENT, exitAt - start) + onTime,
        [
          [provider1, "20"],
          [provider2, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );

      await at(exitAt + MONTH);
      await termsRegistry.connect(manager).fillVacancy(1, 1, 4, true);
      const gross = streamed(RENT, MONTH);
      const withheld = (gross * THIRD + 2n ** 32n - 1n) / 2n ** 32n;
      shares.distribute(
        gross - withheld,
        [
          [provider1, "20"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );

      await accountRegistry.touchAccount(otherOwner, testUSD);
      await at(exitAt + 2n * MONTH);
      await clusterRegistry.distributeRevenues(1);
      shares.distribute(
        gross + late,
        [
          // Node 4 is the first provider's, too.
          [provider1, "34"],
          [provider3, "20"],
        ],
        manager,
        200n,
      );
      await expectShares(earning, before, people, shares);

      // What was withheld comes back to the owner with the next touch.
      const { scaledUnserved } = await accountRegistry.getStream(owner, 1);
      expect(scaledUnserved).to.equal((gross * THIRD) / 2n ** 32n);
    });
  });
});
