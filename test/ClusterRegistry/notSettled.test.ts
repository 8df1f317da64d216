import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { DEFAULTS, MONTH, testUsd, usd } from "../fixtures";
import { createNodes, FULL_QUALITY, INDEX_PER_SECOND, scaledBalances, withRevenue, type WithRevenue } from "../helpers/clusters";
import { scaled, streamed, TICK_BITS } from "../helpers/streams";
import { addBondedNode, CODE, leave, REF, withPaidTerms, type WithPaidTerms } from "../helpers/terms";
import { at, now, passTo } from "../helpers/units";

// Inside another call 2,000 ticks are crossed at most; 256 of them without an end count as one. Here that is not enough: nobody has called
// for a cluster in a hundred years, which are 2,600 times 256 ticks.

const RENT = usd("60");
const CENTURY = 1_200n * MONTH;
/** What is crossed at most inside another call. */
const MAX_TICKS = 2_000n;

/** The tick that is reached from another by so many steps, each to the end of a word of 256 ticks without an end. */
const afterWords = (tick: bigint, words: bigint): bigint => ((tick + 1n) | 255n) + (words - 1n) * 256n;

describe("ClusterRegistry: a cluster that nobody has settled for a century", () => {
  context("given a payer who can pay for more than a thousand years", () => {
    let fixture: WithRevenue;
    /** The tick up to which the cluster is settled. */
    let startTick: bigint;
    /** When the owner began to pay, and the index then. */
    let start: bigint;
    let startIndex: bigint;

    const indexAt = (time: bigint): bigint => startIndex + (time - start) * INDEX_PER_SECOND;

    beforeEach(async () => {
      const shared = await withRevenue();
      fixture = { ...shared, clusterRegistry: shared.clusterRegistry.connect(shared.manager) };
      const { accountRegistry, clusterRegistry, nodeRegistry, otherManager, owner, provider1, testUSD } = fixture;
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
      await createNodes(nodeRegistry, provider1, [{ rent: usd("5"), capacity: DEFAULTS.capacity }]);
      await nodeRegistry.connect(provider1).changeNodeRent(1, usd("7"));
      await clusterRegistry.offerManagement(1, otherManager);
      start = BigInt(fixture.payer.countedUntil);
      startIndex = (await accountRegistry.getListing(testUSD)).index - ((await now()) - start) * INDEX_PER_SECOND;
      startTick = (await accountRegistry.getLine(1)).settledTick;
      expect(startTick).to.equal(startIndex >> TICK_BITS);
    });

    const changes: Record<string, (given: WithRevenue) => Promise<ContractTransactionResponse>> = {
      replaceNode: ({ clusterRegistry }) => clusterRegistry.replaceNode(1, 0, 2),
      replaceNodes: ({ clusterRegistry }) => clusterRegistry.replaceNodes(1, 1, 4),
      acceptRent: ({ clusterRegistry }) => clusterRegistry.acceptRent(1, 1, usd("7")),
      lowerManagementFee: ({ clusterRegistry }) => clusterRegistry.lowerManagementFee(1, 0),
      acceptManagement: ({ clusterRegistry, otherManager }) => clusterRegistry.connect(otherManager).acceptManagement(1),
    };
    for (const [name, change] of Object.entries(changes)) {
      it(`${name} refuses it until anyone has settled it, in parts, and then shares all of the century as it was`, async () => {
        const { accountRegistry, clusterRegistry, manager, stranger } = fixture;
        await at(start + CENTURY);
        await expect(change(fixture))
          .to.be.revertedWithCustomError(clusterRegistry, "ClusterNotSettled")
          .withArgs(1, afterWords(startTick, MAX_TICKS) << TICK_BITS, indexAt(start + CENTURY));

        expect(await accountRegistry.settleCluster.staticCall(1, 500)).to.equal(false);
        await accountRegistry.settleCluster(1, 500);
        await at(start + CENTURY + 10n);
        await expect(change(fixture))
          .to.be.revertedWithCustomError(clusterRegistry, "ClusterNotSettled")
          .withArgs(1, afterWords(startTick, 500n + MAX_TICKS) << TICK_BITS, indexAt(start + CENTURY + 10n));
        await accountRegistry.settleCluster(1, 200);

        await at(start + CENTURY + 20n);
        const pool = streamed(RENT, CENTURY + 20n);
        const shares = (pool * 9_702n) / 10_000n;
        await expect(change(fixture))
          .to.emit(clusterRegistry, "RevenuesDistributed")
          .withArgs(1, stranger, manager, pool / 100n, (pool * 198n) / 10_000n, shares, shares / (RENT * FULL_QUALITY));
      });
    }

    it("distributeRevenues shares it as far as one call reaches, and the rest with the next", async () => {
      const { accountRegistry, clusterRegistry, manager, stranger } = fixture;
      const reached = afterWords(startTick, MAX_TICKS) << TICK_BITS;
      const pools = [RENT * (reached - startIndex), RENT * (indexAt(start + CENTURY + 1n) - reached)] as const;
      expect(pools[0] + pools[1]).to.equal(streamed(RENT, CENTURY + 1n));
      let sum = 0n;
      for (const [i, pool] of pools.entries()) {
        const network = pool / 100n;
        const management = ((pool - network) * 2n) / 100n;
        const shares = pool - network - management;
        sum += shares;
        await at(start + CENTURY + BigInt(i));
        await expect(clusterRegistry.distributeRevenues(1))
          .to.emit(clusterRegistry, "RevenuesDistributed")
          .withArgs(1, stranger, manager, network, management, shares, sum / (RENT * FULL_QUALITY));
      }
      expect(await accountRegistry.poolOf(1)).to.equal(0n);
      expect((await accountRegistry.getLine(1)).isSettled).to.equal(true);
    });

    it("shows what one call can share out, and that there is more", async () => {
      const { accountRegistry, clusterRegistry } = fixture;
      await passTo(start + CENTURY);
      const { isSettled, scaledRevenue } = await accountRegistry.getLine(1);
      expect(isSettled).to.equal(false);
      expect(scaledRevenue).to.equal(RENT * ((afterWords(startTick, MAX_TICKS) << TICK_BITS) - startIndex));
      expect((await clusterRegistry.getCluster(1)).revenues).to.equal(scaledRevenue / scaled(1n));
      await accountRegistry.settleCluster(1, 3_000);
      expect(await accountRegistry.poolOf(1)).to.equal(streamed(RENT, CENTURY + 1n));
    });
  });

  it("removeCluster refuses it, too, while the end of a former payer is to be crossed", async () => {
    const fixture = await withRevenue();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, payer, stranger, testUSD } = fixture;
    const start = BigInt(payer.countedUntil);
    const { settledTick } = await accountRegistry.getLine(1);
    const { index } = await accountRegistry.getListing(testUSD);
    // The deposit lasts for eight years.
    await at(start + CENTURY);
    await bucketRegistry.connect(owner).release(1, 1);
    const indexThen = index + (CENTURY + 1n) * INDEX_PER_SECOND;
    await at(start + CENTURY + 1n);
    // One of the ticks is that end, on the way to the end of its word.
    await expect(clusterRegistry.connect(manager).removeCluster(1))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNotSettled")
      .withArgs(1, afterWords(settledTick, MAX_TICKS - 1n) << TICK_BITS, indexThen);

    await accountRegistry.settleCluster(1, 700);
    await clusterRegistry.connect(manager).removeCluster(1);
    const balances = await scaledBalances(fixture, [stranger, manager, fixture.provider1]);
    expect(balances).to.deep.equal([scaled(testUsd("60")), scaled(testUsd("118.8")), scaled(testUsd("1940.4"))]);
  });

  context("given a cluster with terms of its own", () => {
    let fixture: WithPaidTerms;

    beforeEach(async () => {
      fixture = await withPaidTerms();
      await fixture.accountRegistry.connect(fixture.owner).deposit(fixture.testUSD, testUsd("900000"));
    });

    const expectRefused = async (change: () => Promise<ContractTransactionResponse>, time: bigint): Promise<void> => {
      const { accountRegistry, termsRegistry, testUSD } = fixture;
      const { settledTick } = await accountRegistry.getLine(1);
      const indexThen = (await accountRegistry.getListing(testUSD)).index + (time - (await now())) * INDEX_PER_SECOND;
      await at(time);
      await expect(change())
        .to.be.revertedWithCustomError(termsRegistry, "ClusterNotSettled")
        .withArgs(1, afterWords(settledTick, MAX_TICKS) << TICK_BITS, indexThen);
      await accountRegistry.settleCluster(1, 700);
      await change();
    };

    it("reportQuality refuses it until anyone has settled it", async () => {
      const { clusterRegistry, termsRegistry, validator } = fixture;
      await expectRefused(() => termsRegistry.connect(validator).reportQuality(1, 1, 0, CODE, REF), (await now()) + CENTURY);
      expect((await clusterRegistry.getMembers(1))[0]!.qualityBps).to.equal(0n);
    });

    it("finishExit refuses it until anyone has settled it", async () => {
      const { clusterRegistry, provider1, termsRegistry } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await expectRefused(() => termsRegistry.finishExit(1, 1), (await now()) + CENTURY);
      expect((await clusterRegistry.membershipOf(1, 1)).vnodes).to.equal(0n);
    });

    it("fillVacancy refuses it until anyone has settled it", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      await addBondedNode(fixture, 2n);
      const left = await leave(fixture, 1n);
      await expectRefused(() => termsRegistry.connect(manager).fillVacancy(1, 0, 4, true), left + CENTURY);
      expect((await clusterRegistry.membershipOf(1, 4)).vnodes).to.equal(2n);
    });
  });
});
