import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { mine, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";
import fc from "fast-check";
import { ethers } from "hardhat";

import { createCluster, vnodesOf } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import {
  addBondedNode,
  BOND,
  CODE,
  leave,
  LEAVING_NOTICE,
  MAX_SLASH,
  MAX_SLASH_BPS,
  NODE_BOND,
  POCKET,
  REF,
  soon,
  termsOf,
  WEEK,
  withServing,
  type WithTerms,
} from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

describe("TermsRegistry: slash", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const slash = (amount: bigint, nodeId = 1n, caller = fixture.validator) =>
    fixture.termsRegistry.connect(caller).slash(1, nodeId, amount, CODE, REF);
  const refusal = (amount: bigint, maximum: bigint) =>
    expect(slash(amount)).to.be.revertedWithCustomError(fixture.termsRegistry, "SlashTooHigh").withArgs(1, 1, amount, maximum);
  const balanceOf = async (account: { address: string }): Promise<bigint> =>
    (await fixture.accountRegistry.getAccount(account.address, fixture.testUSD)).balance;

  it("takes a part of the bond for the network's account, and says why", async () => {
    const { clusterRegistry, networkAccount, termsRegistry, validator } = fixture;
    const time = await soon();
    await expect(slash(1n))
      .to.emit(termsRegistry, "NodeSlashed")
      .withArgs(1, 1, validator.address, networkAccount.address, 1, NODE_BOND - 1n, CODE, REF)
      .and.to.emit(termsRegistry, "BondShort")
      .withArgs(1, 1, time)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 1);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(NODE_BOND - 1n);
    expect(await balanceOf(networkAccount)).to.equal(1);
    expect(await balanceOf(fixture.provider1)).to.equal(POCKET - NODE_BOND);
    await expectExactCustody(fixture);
  });

  it("refuses whoever does not validate, the manager included", async () => {
    const { manager, termsRegistry, validator } = fixture;
    await expect(slash(1n, 1n, manager))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
      .withArgs(1, manager.address, validator.address);
  });

  it("refuses nothing, and a node whose provider agreed to nothing", async () => {
    const { manager, nodeIds, termsRegistry } = fixture;
    await expect(slash(0n)).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
    await expect(slash(1n, 4n)).to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted").withArgs(1, 4);
    const other = await createCluster(fixture, 6n, nodeIds);
    await expect(termsRegistry.connect(manager).slash(other, 1, 1, CODE, REF))
      .to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted")
      .withArgs(other, 1);
  });

  it("refuses a node that never served", async () => {
    const other = await addBondedNode(fixture, 1n);
    await expect(slash(1n, other)).to.be.revertedWithCustomError(fixture.termsRegistry, "BondNotLiable").withArgs(1, other);
  });

  it("refuses while the network's account is that of a manager who handed the cluster over, or removed it", async () => {
    const { admin, clusterRegistry, manager, stranger, termsRegistry } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(0, manager);
    await clusterRegistry.connect(manager).offerManagement(1, stranger);
    await clusterRegistry.connect(stranger).acceptManagement(1);
    await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "SlashRecipientInvolved").withArgs(1, manager.address);
    await clusterRegistry.connect(admin).setNetworkFee(0, stranger);
    await clusterRegistry.connect(stranger).removeCluster(1);
    await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "SlashRecipientInvolved").withArgs(1, stranger.address);
    expect(await clusterRegistry.hasManaged(1, manager)).to.equal(true);
    expect(await clusterRegistry.hasManaged(1, fixture.owner)).to.equal(false);
  });

  for (const who of ["validator", "manager"] as const) {
    it(`refuses while the network's account is the ${who}'s`, async () => {
      const { admin, clusterRegistry, termsRegistry } = fixture;
      await clusterRegistry.connect(admin).setNetworkFee(0, fixture[who]);
      await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "SlashRecipientInvolved").withArgs(1, fixture[who].address);
    });
  }

  context("within a week", () => {
    it("takes up to the share of what the bond was at the first slash, in one go or in many", async () => {
      await refusal(MAX_SLASH + 1n, MAX_SLASH);
      await slash(MAX_SLASH - 1n);
      await refusal(2n, 1n);
      await slash(1n);
      await refusal(1n, 0n);
    });

    it("takes no more of what is posted since", async () => {
      await slash(MAX_SLASH);
      await fixture.termsRegistry.connect(fixture.provider1).postBond(1, 1, POCKET - NODE_BOND);
      await refusal(1n, 0n);
    });

    it("renews the budget when nothing was slashed for a week, and not a second before", async () => {
      const first = await soon();
      await slash(1n);
      await at(first + WEEK - 1n);
      await slash(MAX_SLASH - 1n);
      await at(first + WEEK);
      await refusal(1n, 0n);
      const last = first + WEEK - 1n;
      await at(last + WEEK - 1n);
      await refusal(1n, 0n);
      await at(last + WEEK);
      const next = ((NODE_BOND - MAX_SLASH) * MAX_SLASH_BPS) / 10_000n;
      await refusal(next + 1n, next);
      const second = await soon();
      await slash(next);
      const { slashableLeft, slashRenewsAt } = await fixture.termsRegistry.getAgreement(1, 1);
      expect([slashableLeft, slashRenewsAt]).to.deep.equal([0n, second + WEEK]);
    });

    it("takes no more than the share in any week, whatever the schedule", async () => {
      const { provider1, termsRegistry } = fixture;
      const schedules = fc.array(fc.record({ gap: fc.integer({ min: 1, max: Number(WEEK) * 2 }), part: fc.integer({ min: 1, max: 4 }) }), {
        minLength: 8,
        maxLength: 16,
      });
      await fc.assert(
        fc.asyncProperty(schedules, async (steps) => {
          const snapshot = await takeSnapshot();
          const losses: { time: bigint; amount: bigint; before: bigint }[] = [];
          for (const { gap, part } of steps) {
            await at((await now()) + BigInt(gap));
            const { bond, slashable, slashableLeft, slashRenewsAt } = await termsRegistry.getAgreement(1, 1);
            expect(slashable).to.equal((await now()) >= slashRenewsAt ? (bond * MAX_SLASH_BPS) / 10_000n : slashableLeft);
            const most = (await now()) + 1n >= slashRenewsAt ? (bond * MAX_SLASH_BPS) / 10_000n : slashableLeft;
            // All that is allowed, or a part of it; in between the provider tops the bond up.
            const amount = most / BigInt(part);
            if (amount === 0n) continue;
            const time = await soon();
            await slash(amount);
            losses.push({ time, amount, before: bond });
            if (part === 4) await termsRegistry.connect(provider1).postBond(1, 1, 1n);
          }
          for (const { time } of losses) {
            const week = losses.filter((loss) => loss.time > time - WEEK && loss.time <= time);
            const lost = week.reduce((sum, { amount }) => sum + amount, 0n);
            const most = week.reduce((bond, { before }) => (before > bond ? before : bond), 0n);
            expect(lost).to.be.lessThanOrEqual((most * MAX_SLASH_BPS) / 10_000n);
          }
          await snapshot.restore();
        }),
        { numRuns: 15 },
      );
    });

    it("never takes more than there is", async () => {
      const { manager, otherManager, provider1, provider2, termsRegistry, testUSD } = fixture;
      await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager, { maxSlashBps: 10_000n }), testUSD, 2, 0, "");
      await termsRegistry.connect(provider1).acceptTerms(2, 1);
      await termsRegistry.connect(provider1).postBond(2, 1, 4n * BOND);
      await termsRegistry.connect(manager).fillCluster(2, [1]);
      await termsRegistry.connect(otherManager).slash(2, 1, BOND, CODE, REF);
      // Three bonds may still be lost this week, but one of them is withdrawn.
      await termsRegistry.connect(provider1).withdrawBond(2, 1, MaxUint256);
      await expect(termsRegistry.connect(otherManager).slash(2, 1, 2n * BOND + 1n, CODE, REF))
        .to.be.revertedWithCustomError(termsRegistry, "SlashTooHigh")
        .withArgs(2, 1, 2n * BOND + 1n, 2n * BOND);
      await termsRegistry.connect(otherManager).slash(2, 1, 2n * BOND, CODE, REF);
      expect(await termsRegistry.bondOf(2, 1)).to.equal(0);
      expect(await balanceOf(provider2)).to.equal(POCKET - NODE_BOND);
      await expectExactCustody(fixture);
    });
  });

  context("when the node has left", () => {
    it("takes from one that was excluded until the leaving notice is over", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const left = await soon();
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await at(left + LEAVING_NOTICE - 1n);
      await slash(1n);
      await at(left + LEAVING_NOTICE);
      await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(1, 1);
    });

    it("takes from all when the cluster is removed, until the leaving notice is over", async () => {
      const { clusterRegistry, manager, termsRegistry } = fixture;
      const left = await soon();
      await clusterRegistry.connect(manager).removeCluster(1);
      await slash(1n);
      await at(left + LEAVING_NOTICE);
      await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(1, 1);
    });

    it("takes from one that was excluded after it announced its exit until the leaving notice since the announcement is over", async () => {
      const { clusterRegistry, manager, provider1, termsRegistry } = fixture;
      const other = await addBondedNode(fixture, 2n);
      const announced = await soon();
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await at(announced + LEAVING_NOTICE - 100n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await at(announced + LEAVING_NOTICE - 1n);
      await slash(1n);
      await at(announced + LEAVING_NOTICE);
      await expect(slash(1n)).to.be.revertedWithCustomError(termsRegistry, "BondNotLiable").withArgs(1, 1);
    });

    it("takes nothing from one that left with its notice", async () => {
      await leave(fixture, 1n);
      await expect(slash(1n)).to.be.revertedWithCustomError(fixture.termsRegistry, "TermsNotAccepted").withArgs(1, 1);
    });
  });

  context("when another validator has taken office", () => {
    const replaceValidator = async (by = fixture.stranger): Promise<bigint> => {
      const { manager, termsRegistry } = fixture;
      await termsRegistry.connect(manager).offerValidator(1, by);
      const { effectiveAt } = await termsRegistry.offeredValidator(1);
      await at(effectiveAt);
      await termsRegistry.finishValidator(1);
      return effectiveAt;
    };

    it("lets that one judge who stayed, and the old one nobody", async () => {
      const { stranger, termsRegistry, validator } = fixture;
      await replaceValidator();
      await expect(slash(1n))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, validator.address, stranger.address);
      await expect(slash(1n, 1n, stranger)).to.emit(termsRegistry, "NodeSlashed");
    });

    const expectJudge = async (judge: HardhatEthersSigner, other: HardhatEthersSigner, nodeId = 1n): Promise<void> => {
      const { termsRegistry } = fixture;
      expect(await termsRegistry.validatorOf(1, nodeId)).to.equal(judge.address);
      await expect(slash(1n, nodeId, other))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, other.address, judge.address);
      await expect(slash(1n, nodeId, judge)).to.emit(termsRegistry, "NodeSlashed");
    };

    it("lets the old one judge who announced its exit before, and nobody else", async () => {
      const { provider1, provider2, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await replaceValidator();
      await termsRegistry.connect(provider2).announceExit(1, 2);
      await expectJudge(validator, stranger);
      await expectJudge(stranger, validator, 2n);
      await expect(termsRegistry.connect(stranger).reportQuality(1, 1, 0, CODE, REF))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, stranger.address, validator.address);
      await termsRegistry.connect(validator).reportQuality(1, 1, 0, CODE, REF);
    });

    it("lets the old one judge who was excluded before, whatever is announced or done since", async () => {
      const { clusterRegistry, manager, provider1, stranger, termsRegistry, validator } = fixture;
      const other = await addBondedNode(fixture, 2n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await replaceValidator();
      await expectJudge(validator, stranger);
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await expectJudge(validator, stranger);
      await expect(clusterRegistry.connect(manager).replaceNodes(1, other, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered")
        .withArgs(1, 1, 2, 0);
    });

    it("lets the new one judge who comes back", async () => {
      const { clusterRegistry, manager, stranger, validator } = fixture;
      const other = await addBondedNode(fixture, 2n);
      await clusterRegistry.connect(manager).replaceNodes(1, 1, other);
      await replaceValidator();
      await clusterRegistry.connect(manager).replaceNodes(1, other, 1);
      await expectJudge(stranger, validator);
    });

    it("lets the same one go on judging all, if it is named again", async () => {
      const { provider1, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await replaceValidator(validator);
      await expectJudge(validator, stranger);
      await termsRegistry.connect(validator).reportQuality(1, 1, 0, CODE, REF);
    });

    it("lets the first one judge who announced its exit under it and did not finish, when a third has taken office", async () => {
      const { owner, provider1, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await replaceValidator();
      await replaceValidator(owner);
      await expectJudge(validator, stranger);
      await expect(slash(1n, 1n, owner))
        .to.be.revertedWithCustomError(termsRegistry, "CallerNotValidator")
        .withArgs(1, owner.address, validator.address);
    });

    it("lets the first one judge to the end an exit that three others have followed", async () => {
      const { owner, provider1, provider2, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      await replaceValidator();
      await termsRegistry.connect(provider2).announceExit(1, 2);
      await replaceValidator(owner);
      await replaceValidator(fixture.manager);
      expect(await termsRegistry.validatorOf(1, 1)).to.equal(validator.address);
      expect(await termsRegistry.validatorOf(1, 2)).to.equal(stranger.address);
      expect(await termsRegistry.validatorOf(1, 3)).to.equal(fixture.manager.address);
      await expectJudge(validator, owner);
      await expectJudge(stranger, validator, 2n);
    });

    it("lets the new one judge who announces its exit in the same block after", async () => {
      const { manager, provider1, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(manager).offerValidator(1, stranger);
      const { effectiveAt } = await termsRegistry.offeredValidator(1);
      await ethers.provider.send("evm_setAutomine", [false]);
      await at(effectiveAt);
      const gas = { gasLimit: 1_000_000 };
      await termsRegistry.connect(validator).finishValidator(1, { ...gas, gasPrice: 10n ** 10n });
      await termsRegistry.connect(provider1).announceExit(1, 1, { ...gas, gasPrice: 5n * 10n ** 9n });
      await mine();
      await ethers.provider.send("evm_setAutomine", [true]);
      expect((await termsRegistry.getAgreement(1, 1)).exitAt).to.equal(effectiveAt + LEAVING_NOTICE);
      await expectJudge(stranger, validator);
    });

    it("lets the old one judge who announced its exit, or was excluded, in the same block before", async () => {
      const { clusterRegistry, manager, provider1, stranger, termsRegistry, validator } = fixture;
      const other = await addBondedNode(fixture, 2n);
      await termsRegistry.connect(manager).offerValidator(1, stranger);
      const { effectiveAt } = await termsRegistry.offeredValidator(1);
      await ethers.provider.send("evm_setAutomine", [false]);
      await at(effectiveAt);
      const gas = { gasLimit: 1_000_000 };
      await termsRegistry.connect(provider1).announceExit(1, 1, { ...gas, gasPrice: 10n ** 10n });
      await clusterRegistry.connect(manager).replaceNodes(1, 2, other, { ...gas, gasPrice: 10n ** 10n });
      await termsRegistry.connect(validator).finishValidator(1, { ...gas, gasPrice: 5n * 10n ** 9n });
      await mine();
      await ethers.provider.send("evm_setAutomine", [true]);
      expect((await termsRegistry.getTerms(1)).validator).to.equal(stranger.address);
      await expectJudge(validator, stranger);
      await expectJudge(validator, stranger, 2n);
      await expectJudge(stranger, validator, 3n);
    });

    it("lets no third one take office before all have left who are the first one's to judge", async () => {
      const { owner, provider1, stranger, termsRegistry, validator } = fixture;
      await termsRegistry.connect(provider1).announceExit(1, 1);
      const { exitAt } = await termsRegistry.getAgreement(1, 1);
      const since = await replaceValidator();
      expect(await replaceValidator(owner)).to.equal(since + LEAVING_NOTICE);
      expect(since + LEAVING_NOTICE).to.be.greaterThan(exitAt);
      await termsRegistry.finishExit(1, 1);
      await expectJudge(owner, stranger, 2n);
      await expectJudge(owner, validator, 3n);
    });
  });
});

describe("TermsRegistry: vacateUncovered", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withServing();
  });

  const slash = async (amount: bigint): Promise<bigint> => {
    const time = await soon();
    await fixture.termsRegistry.connect(fixture.validator).slash(1, 1, amount, CODE, REF);
    return time;
  };
  const vacate = (nodeId = 1n) => fixture.termsRegistry.connect(fixture.stranger).vacateUncovered(1, nodeId);
  const refusal = (until: bigint, nodeId = 1n) =>
    expect(vacate(nodeId)).to.be.revertedWithCustomError(fixture.termsRegistry, "BondNotOverdue").withArgs(1, nodeId, until);

  it("vacates the vnodes of a bond that has been short for seven days, and keeps the bond", async () => {
    const { clusterRegistry, nodeRegistry, termsRegistry } = fixture;
    const since = await slash(1n);
    await at(since + WEEK - 1n);
    await refusal(since + WEEK);
    await at(since + WEEK);
    await expect(vacate())
      .to.emit(clusterRegistry, "NodeVacated")
      .withArgs(1, 1, 2)
      .and.to.emit(termsRegistry, "BondShort")
      .withArgs(1, 1, 0);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 2n, 3n, 0n, 2n, 3n]);
    const node = await nodeRegistry.getNode(1);
    expect([node.reserved, node.clusters]).to.deep.equal([0n, 0n]);
    const { bond, lockedUntil, shortSince } = await termsRegistry.getAgreement(1, 1);
    expect([bond, lockedUntil, shortSince]).to.deep.equal([NODE_BOND - 1n, since + WEEK + LEAVING_NOTICE, 0n]);
    await refusal(MaxUint256);
  });

  it("refuses a bond that covers its vnodes, and what serves nothing", async () => {
    await refusal(MaxUint256);
    await refusal(MaxUint256, 4n);
    const { termsRegistry } = fixture;
    await expect(termsRegistry.vacateUncovered(2, 1))
      .to.be.revertedWithCustomError(termsRegistry, "BondNotOverdue")
      .withArgs(2, 1, MaxUint256);
  });

  it("refuses a bond that was topped up, and counts anew when it is short again", async () => {
    const { provider1, termsRegistry } = fixture;
    const first = await slash(5n);
    await termsRegistry.connect(provider1).postBond(1, 1, 4);
    expect((await termsRegistry.getAgreement(1, 1)).shortSince).to.equal(first);
    await expect(termsRegistry.connect(provider1).postBond(1, 1, 1))
      .to.emit(termsRegistry, "BondShort")
      .withArgs(1, 1, 0);
    await at(first + WEEK);
    await refusal(MaxUint256);
    const second = await slash(1n);
    await at(first + WEEK + DAY);
    await refusal(second + WEEK);
  });

  it("does not count the time in which it had given up the vnodes that were not covered", async () => {
    const { clusterRegistry, manager, provider2, termsRegistry } = fixture;
    const first = await slash(1n);
    await termsRegistry.connect(provider2).postBond(1, 2, BOND);
    await clusterRegistry.connect(manager).replaceNode(1, 0, 2);
    await at(first + WEEK);
    await refusal(MaxUint256);
    // A week has passed since the first slash, so that there is more to lose: half of the bond is not.
    expect((await termsRegistry.getAgreement(1, 1)).shortSince).to.equal(0);
    await slash(MAX_SLASH - 1n);
    await termsRegistry.connect(fixture.validator).slash(1, 2, 1, CODE, REF);
    expect((await termsRegistry.getAgreement(1, 2)).shortSince).to.equal(await now());
  });

  it("gives no more vnodes to a bond that is short", async () => {
    const { clusterRegistry, manager, termsRegistry } = fixture;
    await slash(1n);
    await expect(clusterRegistry.connect(manager).replaceNode(1, 1, 1))
      .to.be.revertedWithCustomError(clusterRegistry, "VnodesNotCovered")
      .withArgs(1, 1, 3, 1);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(NODE_BOND - 1n);
  });
});
