import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, Wallet } from "ethers";
import { network } from "hardhat";

import { DEFAULTS, testUsd } from "../fixtures";
import { createCluster, createNodes, MAX_UINT16, vnodesOf } from "../helpers/clusters";
import { BURNS_GAS, reverts } from "../helpers/code";
import { expectExactCustody } from "../helpers/custody";
import {
  addBondedNode,
  BOND,
  CODE,
  encoded,
  gasOf,
  judge,
  leave,
  LEAVING_NOTICE,
  MAX_SLASH,
  NODE_BOND,
  POCKET,
  REF,
  RENT,
  soon,
  termsOf,
  VALIDATOR_NOTICE,
  WEEK,
  withPaidTerms,
  type WithPaidTerms,
} from "../helpers/terms";
import { scaled } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// Whatever the others are or do, a provider leaves with its bond, but for what is slashed within the terms, and an owner with its deposit.

describe("attacks on who wants to leave", () => {
  let fixture: WithPaidTerms;
  beforeEach(async () => {
    fixture = await withPaidTerms();
  });

  const balanceOf = async (account: { address: string }): Promise<bigint> =>
    (await fixture.accountRegistry.getAccount(account.address, fixture.testUSD)).balance;
  /** What a provider was credited for what its nodes had earned, in base units: whatever changes their weights pays them first. */
  const paidTo = async (provider: { address: string }): Promise<bigint> => {
    const { clusterRegistry } = fixture;
    const claims = await clusterRegistry.queryFilter(clusterRegistry.filters.RevenuesClaimed(undefined, undefined, provider.address));
    return claims.reduce((sum, { args }) => sum + args.scaledAmount, 0n) / scaled(1n);
  };
  const slash = (amount: bigint, nodeId = 1n) => fixture.termsRegistry.connect(fixture.validator).slash(1, nodeId, amount, CODE, REF);

  /** Everybody settles, claims and leaves, without the manager and the validator. */
  const expectEveryoneLeaves = async (lost: bigint): Promise<void> => {
    const { accountRegistry, bucketRegistry, clusterRegistry, owner, provider1, stranger, testUSD, termsRegistry } = fixture;
    const before = await balanceOf(provider1);
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const { exitAt } = await termsRegistry.getAgreement(1, 1);
    await at(exitAt - 3n);
    await bucketRegistry.connect(stranger).settlePayment(1);
    await clusterRegistry.connect(stranger).distributeRevenues(1);
    await clusterRegistry.connect(stranger).claimRevenues(1, 1);
    const [earned, paid] = [(await balanceOf(provider1)) - before, await paidTo(provider1)];
    expect(earned).to.be.greaterThan(0);
    await at(exitAt);
    await termsRegistry.connect(stranger).finishExit(1, 1);
    expect((await balanceOf(provider1)) - before - earned).to.be.closeTo(NODE_BOND - lost + (await paidTo(provider1)) - paid, 1);
    await expect(accountRegistry.connect(provider1).withdraw(testUSD, MaxUint256, provider1)).to.emit(accountRegistry, "Withdrawn");
    await bucketRegistry.connect(owner).release(1, DEFAULTS.allocated);
    await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.emit(accountRegistry, "Withdrawn");
    await expectExactCustody(fixture);
  };

  it("a validator that reverts, or burns all gas, and a manager that does, stop nobody", async () => {
    const { manager, validator } = fixture;
    await judge(fixture, 2n, 5_000n);
    await setCode(validator.address, BURNS_GAS);
    await setCode(manager.address, reverts("0x"));
    await expectEveryoneLeaves(0n);
  });

  it("a manager that vanishes leaves a cluster that goes on, in which others can judge, leave and be paid", async () => {
    const { clusterRegistry, manager } = fixture;
    // Offered to an address that nobody has, and so the manager's for good.
    await clusterRegistry.connect(manager).offerManagement(1, Wallet.createRandom());
    expect(await clusterRegistry.managerOf(1)).to.equal(manager.address);
    await judge(fixture, 1n, 8_000n);
    await slash(MAX_SLASH);
    await expectEveryoneLeaves(MAX_SLASH);
  });

  it("a validator at an address that nobody has judges nobody, and another one can be named", async () => {
    const { manager, stranger, termsRegistry } = fixture;
    const nobody = Wallet.createRandom();
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(1, nobody);
    await at(time + VALIDATOR_NOTICE);
    await termsRegistry.finishValidator(1);
    // Not before all have left who were leaving when the mistake was made.
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    const { effectiveAt } = await termsRegistry.offeredValidator(1);
    expect(effectiveAt).to.equal(time + VALIDATOR_NOTICE + LEAVING_NOTICE);
    await at(effectiveAt);
    await termsRegistry.finishValidator(1);
    await termsRegistry.connect(stranger).reportQuality(1, 1, 5_000, CODE, REF);
    await expectEveryoneLeaves(0n);
  });

  it("a provider cannot leave before a slash lands: all of its bond answers for it until the notice is over", async () => {
    const { provider1, termsRegistry } = fixture;
    await termsRegistry.connect(provider1).postBond(1, 1, BOND);
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const { exitAt } = await termsRegistry.getAgreement(1, 1);
    await expect(termsRegistry.connect(provider1).withdrawBond(1, 1, 1))
      .to.be.revertedWithCustomError(termsRegistry, "BondLocked")
      .withArgs(1, 1, 0, 1, 0);
    await at(exitAt - 2n);
    await expect(termsRegistry.finishExit(1, 1)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady").withArgs(1, 1, exitAt);
    await at(exitAt - 1n);
    const share = (3n * BOND * 2_000n) / 10_000n;
    await slash(share);
    await termsRegistry.finishExit(1, 1);
    expect(await balanceOf(provider1)).to.equal(POCKET - share + (await paidTo(provider1)));
  });

  it("a manager who lets a colluding provider go by excluding its node does not free the bond", async () => {
    const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
    const other = await addBondedNode(fixture, 2n);
    const left = await soon();
    await clusterRegistry.connect(manager).replaceNodes(1, 2, other);
    await expect(termsRegistry.connect(provider2).announceExit(1, 2))
      .to.emit(termsRegistry, "ExitAnnounced")
      .withArgs(1, 2, (exitAt: bigint) => exitAt > left + LEAVING_NOTICE);
    await expect(termsRegistry.connect(provider2).withdrawBond(1, 2, MaxUint256))
      .to.be.revertedWithCustomError(termsRegistry, "BondLocked")
      .withArgs(1, 2, 0, 2n * BOND, left + LEAVING_NOTICE);
    await at(left + LEAVING_NOTICE - 1n);
    await slash(MAX_SLASH, 2n);
    await termsRegistry.connect(provider2).withdrawBond(1, 2, MaxUint256);
    expect(await balanceOf(provider2)).to.be.closeTo(POCKET - MAX_SLASH, 10_000_000);
    expect(await termsRegistry.bondOf(1, 2)).to.equal(0);
  });

  it("a manager who creates a cluster to take bonds gets none of them, and takes no more a week than the terms say", async () => {
    const { admin, clusterRegistry, manager, networkAccount, provider1, termsRegistry, testUSD } = fixture;
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(manager, { leavingNotice: 14n * DAY }), testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await termsRegistry.connect(provider1).postBond(2, 1, 2n * BOND);
    await termsRegistry.connect(manager).fillCluster(2, [1]);
    const [managers, networks] = [await balanceOf(manager), await balanceOf(networkAccount)];
    const take = (amount: bigint) => termsRegistry.connect(manager).slash(2, 1, amount, CODE, REF);
    await clusterRegistry.connect(admin).setNetworkFee(0, manager);
    await expect(take(1n)).to.be.revertedWithCustomError(termsRegistry, "SlashRecipientInvolved").withArgs(2, manager.address);
    await clusterRegistry.connect(admin).setNetworkFee(0, networkAccount);

    // The provider sees the first slash and leaves; two more weeks begin before it is gone, however the cluster ends.
    const start = await soon();
    let lost = 0n;
    for (const time of [start, start + WEEK, start + 2n * WEEK]) {
      await at(time);
      const share = ((2n * BOND - lost) * 2_000n) / 10_000n;
      await take(share);
      lost += share;
      await expect(take(1n)).to.be.revertedWithCustomError(termsRegistry, "SlashTooHigh").withArgs(2, 1, 1, 0);
      if (time === start) await clusterRegistry.connect(manager).removeCluster(2);
      if (time === start + WEEK) break;
    }
    await at(start + 14n * DAY + 100n);
    await expect(take(1n)).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(2, 1);
    await termsRegistry.connect(provider1).withdrawBond(2, 1, MaxUint256);
    expect(await balanceOf(manager)).to.equal(managers);
    expect(await balanceOf(networkAccount)).to.equal(networks + lost);
    expect(lost).to.equal((2n * BOND * 36n) / 100n);
    await expectExactCustody(fixture);
  });

  it("a validator named after a node was excluded does not judge it: its provider had no notice to leave in", async () => {
    const { clusterRegistry, manager, provider2, stranger, termsRegistry, validator } = fixture;
    const other = await addBondedNode(fixture, 2n);
    const time = await soon();
    await termsRegistry.connect(manager).offerValidator(1, stranger);
    await clusterRegistry.connect(manager).replaceNodes(1, 2, other);
    await termsRegistry.connect(provider2).announceExit(1, 2);
    await at(time + VALIDATOR_NOTICE);
    await termsRegistry.finishValidator(1);
    // Nor when it is brought back for a moment: it announced that it does not come back.
    const calls = [encoded(clusterRegistry, "replaceNodes", [1, other, 2]), encoded(clusterRegistry, "replaceNodes", [1, 2, other])];
    await expect(clusterRegistry.connect(manager).multicall(calls)).to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered");
    await expect(termsRegistry.connect(stranger).slash(1, 2, 1, CODE, REF))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
      .withArgs(1, stranger.address, validator.address);
  });

  it("a manager does not lock an excluded node's bond again and again by bringing it back for a moment, once it said that it leaves", async () => {
    const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
    const other = await addBondedNode(fixture, 2n);
    const theirs = clusterRegistry.connect(manager);
    const calls = [encoded(clusterRegistry, "replaceNodes", [1, other, 2]), encoded(clusterRegistry, "replaceNodes", [1, 2, other])];
    const left = await soon();
    await theirs.replaceNodes(1, 2, other);
    await at(left + LEAVING_NOTICE - 100n);
    await theirs.multicall(calls);
    const { lockedUntil } = await termsRegistry.getAgreement(1, 2);
    expect(lockedUntil).to.equal(left + 2n * LEAVING_NOTICE - 100n);
    await termsRegistry.connect(provider2).announceExit(1, 2);
    const { exitAt } = await termsRegistry.getAgreement(1, 2);
    await expect(theirs.multicall(calls)).to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered");
    await at(exitAt);
    await termsRegistry.finishExit(1, 2);
    expect(await balanceOf(provider2)).to.equal(POCKET + (await paidTo(provider2)));
  });

  it("a node that is excluded and brought back around its announcement, in one block, leaves when it announced", async () => {
    const { clusterRegistry, manager, nodeIds, provider1, termsRegistry } = fixture;
    const spare = await addBondedNode(fixture, 0n);
    const other = await createCluster(fixture, 6n, nodeIds);
    const theirs = clusterRegistry.connect(manager);
    const calls = [
      encoded(clusterRegistry, "replaceNodes", [other, 1, spare]),
      encoded(clusterRegistry, "replaceNodes", [other, spare, 1]),
    ];
    await network.provider.send("evm_setAutomine", [false]);
    try {
      const first = { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n, gasLimit: 2_000_000n };
      await theirs.multicall(calls, first);
      await termsRegistry.connect(provider1).announceExit(other, 1, { ...first, maxPriorityFeePerGas: 10n ** 9n });
      await network.provider.send("evm_mine");
    } finally {
      await network.provider.send("evm_setAutomine", [true]);
    }
    const exitAt = (await now()) + WEEK;
    expect((await termsRegistry.getAgreement(other, 1)).exitAt).to.equal(exitAt);
    await at(exitAt);
    await expect(termsRegistry.finishExit(other, 1)).to.emit(termsRegistry, "ExitFinished").withArgs(other, 1);
    expect((await vnodesOf(fixture, other)).filter((nodeId) => nodeId === 1n)).to.deep.equal([]);
  });

  it("leaving costs the same with 65,535 vnodes as with one", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1, termsRegistry, testUSD, validator } = fixture;
    const terms = termsOf(validator, { bondPerVnode: 1n });
    const gas: bigint[] = [];
    for (const [clusterId, vnodes] of [
      [2n, 1n],
      [3n, MAX_UINT16],
    ] as const) {
      const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent: 1n, capacity: 70_000n }]);
      await termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, vnodes, 0, "");
      await termsRegistry.connect(provider1).acceptTerms(clusterId, nodeId!);
      await termsRegistry.connect(provider1).postBond(clusterId, nodeId!, vnodes);
      await termsRegistry.connect(manager).fillCluster(clusterId, [nodeId!]);
      await clusterRegistry.connect(manager).reserveResource(clusterId, 1);
      await termsRegistry.connect(provider1).announceExit(clusterId, nodeId!);
      await at((await termsRegistry.getAgreement(clusterId, nodeId!)).exitAt);
      gas.push(await gasOf(termsRegistry.finishExit(clusterId, nodeId!)));
      expect((await nodeRegistry.getNode(nodeId!)).reserved).to.equal(0);
    }
    expect(gas[1]).to.be.closeTo(gas[0]!, 200);
    expect(gas[0]).to.be.lessThan(300_000);
  });

  it("a node that leaves and joins again, over and over, is owed nothing twice and gains no vnodes", async () => {
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, manager, provider1, termsRegistry, testUSD } = fixture;
    for (let round = 1; round <= 3; ++round) {
      const left = await leave(fixture, 1n);
      await bucketRegistry.settlePayment(1);
      await clusterRegistry.distributeRevenues(1);
      const { scaledBalance } = await accountRegistry.getAccount(provider1, testUSD);
      await termsRegistry.connect(provider1).acceptTerms(1, 1);
      await termsRegistry.connect(provider1).postBond(1, 1, NODE_BOND);
      expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
      await at(left + DAY);
      await bucketRegistry.settlePayment(1);
      await termsRegistry.connect(manager).fillVacancy(1, 0, 1, true);
      await expect(clusterRegistry.claimRevenues(1, 1)).not.to.emit(clusterRegistry, "RevenuesClaimed");
      const scaled = (await priceRegistry.getCurrency(testUSD)).scale;
      expect((await accountRegistry.getAccount(provider1, testUSD)).scaledBalance).to.equal(scaledBalance - NODE_BOND * scaled);
    }
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(RENT);
    await expectExactCustody(fixture);
  });

  it("a paused currency keeps no bond from going in, out or back", async () => {
    const { priceRegistry, admin, provider1, termsRegistry, testUSD } = fixture;
    await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
    await termsRegistry.connect(provider1).postBond(1, 1, 7);
    await termsRegistry.connect(provider1).withdrawBond(1, 1, 7);
    await slash(MAX_SLASH);
    await leave(fixture, 1n);
    expect(await balanceOf(provider1)).to.equal(POCKET - MAX_SLASH + (await paidTo(provider1)));
    await expectExactCustody(fixture);
  });

  it("a provider whose account is out of funds, and pays for a bucket of its own, posts nothing that it does not have, and gets its bond back", async () => {
    const { accountRegistry, bucketRegistry, provider1, termsRegistry, testUSD } = fixture;
    await bucketRegistry.connect(provider1).createBucket(1, "");
    await bucketRegistry.connect(provider1).allocate(2, 9, RENT);
    const { coveredUntil } = await accountRegistry.getAccount(provider1, testUSD);
    await at(coveredUntil + 1_000n);
    await expect(termsRegistry.connect(provider1).postBond(1, 1, testUsd("1")))
      .to.be.revertedWithCustomError(termsRegistry, "InsufficientBalance")
      .withArgs(0, testUsd("1"));
    await leave(fixture, 1n);
    // What comes back pays for the bucket from then on, and for no time before.
    expect(await balanceOf(provider1)).to.be.greaterThan(NODE_BOND - 1n);
    await expectExactCustody(fixture);
  });
});
