import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type AddressLike, type ContractTransactionResponse, ZeroHash } from "ethers";
import { network } from "hardhat";

import { testUsd } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";
import { randomTree } from "./trees";
import {
  BOND,
  FULL,
  LEAVING_NOTICE,
  RULES,
  State,
  VALIDATOR_NOTICE,
  type WithCommitment,
  answer,
  addNode,
  answerNext,
  challenge,
  commit,
  createHandedOver,
  exclude,
  letPeriodPass,
  letWindowPass,
  miss,
  takeOffice,
  withCommitment,
} from "./world";

const [MISSED, RECOVERED] = [1n, 2n];
const SLASH = (BOND * RULES.slashBps) / 10_000n;

describe("StorageProofs: consequences", () => {
  let fixture: WithCommitment;
  let ids: [clusterId: bigint, nodeId: bigint];
  beforeEach(async () => {
    fixture = await withCommitment();
    ids = [fixture.clusterId, fixture.nodeId];
  });
  const quality = () => fixture.termsRegistry.qualityOf(...ids);
  const bond = () => fixture.termsRegistry.bondOf(...ids);
  const status = () => fixture.storageProofs.proofStatusOf(...ids);

  describe("a miss", () => {
    it("is refused where nothing was asked, or the window is not over", async () => {
      const { storageProofs } = fixture;
      await expect(storageProofs.reportMiss(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeMissing")
        .withArgs(...ids);
      await challenge(fixture);
      const { deadline } = await status();
      await expect(storageProofs.reportMiss(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeRunning")
        .withArgs(...ids, deadline);
    });

    it("lowers the quality at once", async () => {
      const { clusterRegistry, storageProofs, termsRegistry, stranger } = fixture;
      const transaction = await miss(fixture);
      await expect(transaction)
        .to.emit(storageProofs, "ChallengeMissed")
        .withArgs(...ids, stranger.address, 1, 1, false);
      await expect(transaction)
        .to.emit(termsRegistry, "QualityReported")
        .withArgs(...ids, await storageProofs.getAddress(), 8_000, MISSED, "challenge 1");
      await expect(transaction).to.not.emit(storageProofs, "EnforcementRefused");
      await expect(transaction)
        .to.emit(clusterRegistry, "QualityChanged")
        .withArgs(...ids, 8_000);
      expect(await quality()).to.equal(8_000);
      const { misses, answersInRow, state, dueQualityBps, slashDue } = await status();
      expect([misses, answersInRow, state, dueQualityBps, slashDue]).to.deep.equal([1n, 0n, State.Idle, 8_000n, false]);
      expect(await bond()).to.equal(BOND);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("is counted by the next challenge, if nobody reported it", async () => {
      const { storageProofs, termsRegistry, stranger } = fixture;
      await storageProofs.challenge(...ids);
      await letPeriodPass(fixture);
      const transaction = await storageProofs.challenge(...ids);
      await expect(transaction)
        .to.emit(storageProofs, "ChallengeMissed")
        .withArgs(...ids, stranger.address, 1, 1, false);
      await expect(transaction).to.emit(storageProofs, "ChallengeOpened").and.to.emit(termsRegistry, "QualityReported");
      expect((await status()).challenges).to.equal(2);
    });

    it("is no worse than the last of the rules, however often it happens", async () => {
      for (const expected of [8_000n, 5_000n, 0n]) {
        await miss(fixture);
        expect((await status()).dueQualityBps).to.equal(expected);
        expect(await quality()).to.equal(expected);
      }
      await expect(miss(fixture)).to.not.emit(fixture.termsRegistry, "QualityReported");
      expect(await quality()).to.equal(0);
    });
  });

  describe("answers", () => {
    it("take back a miss after as many in a row as the rules say, and the quality recovers at once", async () => {
      const { storageProofs, termsRegistry, tree } = fixture;
      await miss(fixture);
      expect(await quality()).to.equal(8_000);
      await expect(answerNext(fixture, tree)).to.not.emit(termsRegistry, "QualityReported");
      expect((await status()).answersInRow).to.equal(1);
      const transaction = await answerNext(fixture, tree);
      await expect(transaction)
        .to.emit(storageProofs, "ChallengeAnswered")
        .withArgs(...ids, fixture.stranger.address, 3, 0);
      await expect(transaction)
        .to.emit(termsRegistry, "QualityReported")
        .withArgs(...ids, await storageProofs.getAddress(), FULL, RECOVERED, "challenge 3");
      expect(await quality()).to.equal(FULL);
      // From now on nothing is to be enforced: an answer costs no more than the first.
      await answerNext(fixture, tree);
      expect((await status()).answersInRow).to.equal(0);
    });

    it("begin anew after a miss in between", async () => {
      const { tree } = fixture;
      await miss(fixture);
      await answerNext(fixture, tree);
      await miss(fixture);
      const { misses, answersInRow } = await status();
      expect([misses, answersInRow]).to.deep.equal([2n, 0n]);
    });
  });

  describe("enforceQuality", () => {
    it("reports again what another validator changed meanwhile, for anyone, once this one is in office again", async () => {
      const { storageProofs, termsRegistry, manager } = fixture;
      const world = await createHandedOver(fixture, {});
      const there = [world.clusterId, world.nodeId] as const;
      await termsRegistry.connect(manager).reportQuality(...there, 6_000, 7, "the manager's");
      await expect(storageProofs.enforceQuality(...there)).to.be.revertedWithCustomError(storageProofs, "CallerNotValidator");
      await takeOffice(world);
      await expect(storageProofs.enforceQuality(...there))
        .to.emit(termsRegistry, "QualityReported")
        .withArgs(...there, await storageProofs.getAddress(), FULL, RECOVERED, "challenge 0");
      expect(await termsRegistry.qualityOf(...there)).to.equal(FULL);
    });

    it("takes back what the validator before it reported by the next answer, too", async () => {
      const { termsRegistry, manager, tree } = fixture;
      const world = await createHandedOver(fixture, {});
      const there = [world.clusterId, world.nodeId] as const;
      await termsRegistry.connect(manager).reportQuality(...there, 6_000, 7, "the manager's");
      await takeOffice(world);
      await commit(world, tree);
      await expect(answerNext(world, tree)).to.emit(termsRegistry, "QualityReported");
      expect(await termsRegistry.qualityOf(...there)).to.equal(FULL);
      await expect(answerNext(world, tree)).to.not.emit(termsRegistry, "QualityReported");
    });

    it("makes up for an answer whose better quality was refused, by the answer after it", async () => {
      const { storageProofs, termsRegistry, manager, tree } = fixture;
      const world = await createHandedOver(fixture, { answersPerMiss: 1n });
      const there = [world.clusterId, world.nodeId] as const;
      await takeOffice(world);
      await commit(world, tree);
      await miss(world);
      // The manager takes office while the next challenge is open.
      await termsRegistry.connect(manager).offerValidator(world.clusterId, manager);
      const { effectiveAt } = await termsRegistry.offeredValidator(world.clusterId);
      await time.increaseTo(effectiveAt - HOUR);
      await challenge(world);
      await time.increaseTo(effectiveAt);
      await termsRegistry.finishValidator(world.clusterId);
      const parties = [world.clusterId, await storageProofs.getAddress(), manager.address];
      await expect(answer(world, tree))
        .to.emit(storageProofs, "EnforcementRefused")
        .withArgs(...there, storageProofs.interface.encodeErrorResult("CallerNotValidator", parties));
      expect((await storageProofs.proofStatusOf(...there)).dueQualityBps).to.equal(FULL);
      expect(await termsRegistry.qualityOf(...there)).to.equal(8_000);

      await termsRegistry.connect(manager).offerValidator(world.clusterId, storageProofs);
      await time.increaseTo((await termsRegistry.offeredValidator(world.clusterId)).effectiveAt);
      await termsRegistry.finishValidator(world.clusterId);
      await expect(answerNext(world, tree))
        .to.emit(termsRegistry, "QualityReported")
        .withArgs(...there, await storageProofs.getAddress(), FULL, RECOVERED, "challenge 3");
    });

    it("does nothing where the quality is what is due", async () => {
      const { storageProofs, termsRegistry } = fixture;
      await expect(storageProofs.enforceQuality(...ids)).to.not.emit(termsRegistry, "QualityReported");
    });

    it("cannot be starved: with the least gas that a report takes it has all of its consequences, which is what wallets estimate", async function () {
      this.timeout(PATIENCE);
      const { storageProofs, termsRegistry, provider1 } = fixture;
      await miss(fixture);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      await letWindowPass(fixture);
      // The cheater reports its own second miss, with so little gas that its consequences fail, if that is possible.
      const own = storageProofs.connect(provider1);
      expect(await own.reportMiss.estimateGas(...ids)).to.be.greaterThan(200_000n);
      let transaction: ContractTransactionResponse | undefined;
      for (let gasLimit = 80_000n; transaction === undefined; gasLimit += 1_000n) {
        transaction = await own.reportMiss(...ids, { gasLimit }).catch(() => undefined);
      }
      await expect(transaction).to.emit(termsRegistry, "QualityReported").and.to.emit(termsRegistry, "NodeSlashed");
      await expect(transaction).to.not.emit(storageProofs, "EnforcementRefused");
      expect(await quality()).to.equal(5_000);
      expect((await status()).slashDue).to.be.false;
      expect(await bond()).to.equal(BOND - SLASH);
    });

    it("says that it takes more gas, and counts nothing", async () => {
      const { storageProofs } = fixture;
      await storageProofs.challenge(...ids);
      await letWindowPass(fixture);
      const enough = await storageProofs.reportMiss.estimateGas(...ids);
      await expect(storageProofs.reportMiss(...ids, { gasLimit: (enough * 98n) / 100n })).to.be.revertedWithCustomError(
        storageProofs,
        "GasInsufficient",
      );
      expect((await status()).misses).to.equal(0);
    });
  });

  describe("slashes", () => {
    it("take of the bond from the second miss on, for the network's account", async () => {
      const { accountRegistry, storageProofs, termsRegistry, stranger, testUSD } = fixture;
      await miss(fixture);
      const transaction = await miss(fixture);
      await expect(transaction)
        .to.emit(storageProofs, "ChallengeMissed")
        .withArgs(...ids, stranger.address, 2, 2, true);
      await expect(transaction)
        .to.emit(storageProofs, "SlashEnforced")
        .withArgs(...ids, SLASH);
      await expect(transaction)
        .to.emit(termsRegistry, "NodeSlashed")
        .withArgs(...ids, await storageProofs.getAddress(), stranger.address, SLASH, BOND - SLASH, MISSED, "challenge 2");
      expect(await bond()).to.equal(BOND - SLASH);
      expect((await accountRegistry.getAccount(stranger, testUSD)).balance).to.equal(SLASH);
      expect((await status()).slashDue).to.be.false;
      await expect(storageProofs.enforceSlash(...ids))
        .to.be.revertedWithCustomError(storageProofs, "SlashNotDue")
        .withArgs(...ids);
    });

    it("are not brought forward by missed commitments", async () => {
      const { storageProofs, otherManager } = fixture;
      await storageProofs.connect(otherManager).requestCommitment(...ids);
      for (let i = 0; i < 3; i++) {
        await time.increase(RULES.period + 1n);
        await storageProofs.reportNoCommitment(...ids);
      }
      await expect(miss(fixture)).to.not.emit(storageProofs, "SlashEnforced");
      let found = await status();
      expect([found.misses, found.challengeMisses, found.slashDue]).to.deep.equal([4n, 1n, false]);
      await expect(miss(fixture)).to.emit(storageProofs, "SlashEnforced");
      found = await status();
      expect([found.misses, found.challengeMisses]).to.deep.equal([5n, 2n]);
    });

    it("take back missed commitments, too, and then no missed challenge is left to take back", async () => {
      const { storageProofs, otherManager, tree } = fixture;
      await storageProofs.connect(otherManager).requestCommitment(...ids);
      await time.increase(RULES.period + 1n);
      await storageProofs.reportNoCommitment(...ids);
      await commit(fixture, tree);
      for (let i = 0n; i < RULES.answersPerMiss; i++) {
        await letPeriodPass(fixture);
        await challenge(fixture);
        await answer(fixture, tree);
      }
      const found = await status();
      expect([found.misses, found.challengeMisses, found.dueQualityBps]).to.deep.equal([0n, 0n, FULL]);
    });

    it("stay within the weekly limit: what is left is taken, and then they are waived", async () => {
      const { storageProofs } = fixture;
      await miss(fixture);
      // A tenth of the bond in a week: 5 %, then 5 % of what is left, then what the limit leaves, then nothing.
      const second = ((BOND - SLASH) * RULES.slashBps) / 10_000n;
      const expected = [SLASH, second, BOND / 10n - SLASH - second, 0n];
      for (const amount of expected) {
        const transaction = await miss(fixture);
        await expect(transaction)
          .to.emit(storageProofs, "SlashEnforced")
          .withArgs(...ids, amount);
        await expect(transaction).to.not.emit(storageProofs, "EnforcementRefused");
      }
      expect(await bond()).to.equal((BOND * 9n) / 10n);
      expect((await status()).slashDue).to.be.false;
      // A week after the first there is room again, for what is missed then.
      await time.increase(7n * DAY);
      await expect(miss(fixture)).to.emit(storageProofs, "SlashEnforced");
      expect(await bond()).to.equal((BOND * 9n * 95n) / 1_000n);
    });

    it("that are refused stay due until they can be had, and block nothing", async () => {
      const { clusterRegistry, storageProofs, termsRegistry, admin, manager, stranger, tree } = fixture;
      await miss(fixture);
      await clusterRegistry.connect(admin).setNetworkFee(0, manager);
      const transaction = await miss(fixture);
      await expect(transaction).to.emit(storageProofs, "ChallengeMissed").and.to.emit(storageProofs, "EnforcementRefused");
      await expect(transaction).to.emit(termsRegistry, "QualityReported");
      expect((await status()).slashDue).to.be.true;
      await expect(storageProofs.enforceSlash(...ids))
        .to.be.revertedWithCustomError(storageProofs, "SlashRecipientInvolved")
        .withArgs(fixture.clusterId, manager.address);
      await answerNext(fixture, tree);
      expect(await bond()).to.equal(BOND);
      await clusterRegistry.connect(admin).setNetworkFee(0, stranger);
      await storageProofs.enforceSlash(...ids);
      expect(await bond()).to.equal(BOND - SLASH);
    });

    it("are waived where there is no bond", async () => {
      const { clusterRegistry, storageProofs, termsRegistry, manager, otherManager, provider1, testUSD, nodeIds, tree } = fixture;
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
      const rules = { ...RULES, qualityAfter: [...RULES.qualityAfter], slashFrom: 1n, approver: otherManager };
      await storageProofs.connect(manager).setUp(2, rules);
      await termsRegistry.connect(manager).offerValidator(2, storageProofs);
      await time.increase(VALIDATOR_NOTICE);
      await termsRegistry.finishValidator(2);
      await storageProofs.connect(provider1).commit(2, 1, tree.root, tree.leafCount);
      await storageProofs.connect(otherManager).approveCommitment(2, 1, tree.root, tree.leafCount);
      const there = { ...fixture, clusterId: 2n };
      const transaction = await miss(there);
      await expect(transaction).to.emit(storageProofs, "SlashEnforced").withArgs(2, 1, 0);
      await expect(transaction).to.emit(termsRegistry, "QualityReported").and.not.to.emit(storageProofs, "EnforcementRefused");
    });
  });

  describe("a commitment that is asked for", () => {
    const request = async () => {
      const { storageProofs, otherManager } = fixture;
      await storageProofs.connect(otherManager).requestCommitment(...ids);
      return (await now()) + RULES.period;
    };

    it("is asked for by the approver alone, of nodes that serve", async () => {
      const { storageProofs, manager, otherManager } = fixture;
      await expect(storageProofs.connect(manager).requestCommitment(...ids))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotApprover")
        .withArgs(fixture.clusterId, manager.address, otherManager.address);
      await expect(storageProofs.connect(otherManager).requestCommitment(1, 77)).to.be.revertedWithCustomError(
        storageProofs,
        "NodeNotInCluster",
      );
      const transaction = await storageProofs.connect(otherManager).requestCommitment(...ids);
      const commitmentDue = (await now()) + RULES.period;
      await expect(transaction)
        .to.emit(storageProofs, "CommitmentRequested")
        .withArgs(...ids, commitmentDue);
      expect((await status()).commitmentDue).to.equal(commitmentDue);
      await expect(storageProofs.connect(otherManager).requestCommitment(...ids))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentAlreadyRequested")
        .withArgs(...ids, commitmentDue);
    });

    it("costs quality with each period without it, and never the bond", async () => {
      const { storageProofs, termsRegistry, stranger } = fixture;
      await expect(storageProofs.reportNoCommitment(...ids))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentNotOverdue")
        .withArgs(...ids, 0);
      const dueAt = await request();
      await at(dueAt);
      await expect(storageProofs.reportNoCommitment(...ids))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentNotOverdue")
        .withArgs(...ids, dueAt);
      for (const misses of [1n, 2n, 3n]) {
        const transaction = await storageProofs.reportNoCommitment(...ids);
        const nextDueAt = (await now()) + RULES.period;
        await expect(transaction)
          .to.emit(storageProofs, "CommitmentMissed")
          .withArgs(...ids, stranger.address, misses, nextDueAt);
        await expect(transaction).to.emit(termsRegistry, "QualityReported");
        await time.increaseTo(nextDueAt);
      }
      expect(await quality()).to.equal(0);
      expect(await bond()).to.equal(BOND);
    });

    it("is brought by an approval; until then answers with the old tree take nothing back", async () => {
      const { storageProofs, provider1, otherManager, tree } = fixture;
      const dueAt = await request();
      await at(dueAt + 1n);
      await storageProofs.reportNoCommitment(...ids);
      // Within the next period they do, beyond it they do not.
      await challenge(fixture);
      await answer(fixture, tree);
      expect((await status()).answersInRow).to.equal(1);
      await time.increase(RULES.period);
      await challenge(fixture);
      await answer(fixture, tree);
      expect((await status()).misses).to.equal(1);
      expect((await status()).answersInRow).to.equal(1);

      const grown = randomTree(20);
      await storageProofs.connect(provider1).commit(...ids, grown.root, grown.leafCount);
      // A commitment that is not approved is none: the node could bring anything.
      await storageProofs.reportNoCommitment(...ids);
      await storageProofs.connect(otherManager).approveCommitment(...ids, grown.root, grown.leafCount);
      expect((await status()).commitmentDue).to.equal(0);
      await time.increase(3n * RULES.period);
      await expect(storageProofs.reportNoCommitment(...ids)).to.be.revertedWithCustomError(storageProofs, "CommitmentNotOverdue");
    });
  });

  describe("a node that leaves", () => {
    /** Leaves ten days after the notice, with a miss and an open challenge: the bond answers for it for longer. */
    const leaveLate = async (): Promise<void> => {
      const { storageProofs, termsRegistry, provider1 } = fixture;
      await miss(fixture);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await time.increase(LEAVING_NOTICE + 10n * DAY);
      await storageProofs.challenge(...ids);
      await expect(termsRegistry.finishExit(...ids)).to.emit(termsRegistry, "BondRetained");
    };
    const exit = async () => {
      const { termsRegistry, provider1 } = fixture;
      await termsRegistry.connect(provider1).announceExit(...ids);
      await time.increase(LEAVING_NOTICE);
      await termsRegistry.finishExit(...ids);
    };

    it("is challenged and slashed while its notice runs", async () => {
      const { storageProofs, termsRegistry, provider1 } = fixture;
      await miss(fixture);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await expect(miss(fixture)).to.emit(storageProofs, "SlashEnforced");
      expect(await bond()).to.equal(BOND - SLASH);
    });

    it("may leave at once when its misses took more than half of its quality, and then is challenged no more", async () => {
      const { storageProofs, termsRegistry, provider1 } = fixture;
      for (let i = 0; i < 2; i++) await miss(fixture);
      expect(await quality()).to.equal(5_000);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await expect(termsRegistry.finishExit(...ids)).to.be.revertedWithCustomError(termsRegistry, "ChangeNotReady");
      await miss(fixture);
      await expect(termsRegistry.finishExit(...ids)).to.emit(termsRegistry, "BondRetained");
      await expect(storageProofs.challenge(...ids)).to.be.revertedWithCustomError(storageProofs, "NodeNotInCluster");
      // Its misses stay for as long as its agreement.
      expect((await status()).misses).to.equal(3);
      await expect(storageProofs.enforceQuality(...ids)).to.not.emit(termsRegistry, "QualityReported");
      await time.increaseTo((await termsRegistry.getAgreement(...ids)).lockedUntil);
      expect((await status()).misses).to.equal(3);
      await termsRegistry.finishExit(...ids);
      const { misses, dueQualityBps } = await status();
      expect([misses, dueQualityBps]).to.deep.equal([0n, FULL]);
    });

    it("late, in the middle of a challenge, is slashed for not answering it", async () => {
      const { storageProofs, termsRegistry } = fixture;
      await leaveLate();
      const { state, openedAt, dueQualityBps } = await status();
      expect([state, dueQualityBps]).to.deep.equal([State.Opened, RULES.qualityAfter[0]]);
      await expect(storageProofs.challenge(...ids))
        .to.be.revertedWithCustomError(storageProofs, "NodeNotInCluster")
        .withArgs(...ids);
      await time.increaseTo(openedAt + RULES.window + 1n);
      const transaction = await storageProofs.reportMiss(...ids);
      await expect(transaction)
        .to.emit(storageProofs, "SlashEnforced")
        .withArgs(...ids, SLASH)
        .and.not.to.emit(storageProofs, "EnforcementRefused")
        .and.not.to.emit(termsRegistry, "QualityReported");
      expect(await bond()).to.equal(BOND - SLASH);
      // Once the bond has gone back, nothing is left of the record.
      await time.increaseTo((await termsRegistry.getAgreement(...ids)).lockedUntil);
      await termsRegistry.finishExit(...ids);
      const found = await status();
      expect([found.root, found.misses, found.challenges]).to.deep.equal([ZeroHash, 0n, 2n]);
    });

    it("late, in the middle of a challenge, may still answer it", async () => {
      const { storageProofs, tree } = fixture;
      await leaveLate();
      await mine(RULES.delay + 1n);
      await expect(storageProofs.draw(...ids)).to.emit(storageProofs, "ChallengeDrawn");
      await expect(answer(fixture, tree)).to.emit(storageProofs, "ChallengeAnswered").and.not.to.emit(storageProofs, "EnforcementRefused");
      const { state, answersInRow } = await status();
      expect([state, answersInRow]).to.deep.equal([State.Idle, 1n]);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      expect(await bond()).to.equal(BOND);
    });

    it("late, in the middle of a challenge, does not void it by another commitment", async () => {
      const { storageProofs, termsRegistry, otherManager, provider1, tree } = fixture;
      await leaveLate();
      const commitment = [...ids, tree.root, tree.leafCount] as const;
      await expect(storageProofs.connect(provider1).commit(...commitment)).to.not.emit(storageProofs, "ProofRecordReset");
      await storageProofs.connect(otherManager).approveCommitment(...commitment);
      expect((await status()).state).to.equal(State.Opened);
      await time.increaseTo((await termsRegistry.getAgreement(...ids)).lockedUntil);
      await termsRegistry.finishExit(...ids);
      await expect(storageProofs.connect(provider1).commit(...commitment)).to.emit(storageProofs, "ProofRecordReset");
    });

    it("by exclusion goes on where it was when the manager brings it back, and can answer all the time", async () => {
      const { clusterRegistry, manager, storageProofs, tree } = fixture;
      await miss(fixture);
      const stand = await addNode(fixture);
      await letPeriodPass(fixture);
      await challenge(fixture);
      const replace = (from: bigint, to: bigint) => clusterRegistry.connect(manager).replaceNodes(fixture.clusterId, from, to);
      await replace(fixture.nodeId, stand);
      await replace(stand, fixture.nodeId);
      const { state, misses } = await status();
      expect([state, misses]).to.deep.equal([State.Opened, 1n]);
      await expect(storageProofs.enforceQuality(...ids)).to.not.emit(storageProofs, "ProofRecordReset");
      expect(await quality()).to.equal(RULES.qualityAfter[0]);
      await expect(answer(fixture, tree)).to.emit(storageProofs, "ChallengeAnswered");
      await replace(fixture.nodeId, stand);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("twice in one second, in which somebody calls, is judged for nothing under the next agreement", async () => {
      const { clusterRegistry, manager, provider1, storageProofs, termsRegistry, clusterId, nodeId } = fixture;
      await miss(fixture);
      const stand = await addNode(fixture);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      const managed = clusterRegistry.connect(manager);
      await network.provider.send("evm_setAutomine", [false]);
      const options = { gasLimit: 1_000_000 };
      const sent = [
        await managed.replaceNodes(clusterId, nodeId, stand, options),
        await managed.replaceNodes(clusterId, stand, nodeId, options),
        await storageProofs.connect(manager).enforceQuality(...ids, options),
        await managed.replaceNodes(clusterId, nodeId, stand, options),
      ];
      await mine();
      await network.provider.send("evm_setAutomine", [true]);
      for (const transaction of sent) expect((await transaction.wait())?.status).to.equal(1);
      await letWindowPass(fixture);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await time.increase(LEAVING_NOTICE);
      await termsRegistry.finishExit(...ids);
      const found = await status();
      expect([found.state, found.misses, found.root]).to.deep.equal([State.Idle, 0n, ZeroHash]);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("under another agreement is judged for nothing from before it, whoever calls in between", async () => {
      for (const touches of [false, true]) {
        const world = await withCommitment();
        const there = [world.clusterId, world.nodeId] as const;
        const { storageProofs, termsRegistry, manager, provider1, stranger } = world;
        await miss(world);
        await termsRegistry.connect(provider1).announceExit(...there);
        await time.increase(LEAVING_NOTICE - HOUR);
        await storageProofs.challenge(...there);
        await time.increase(HOUR);
        await termsRegistry.finishExit(...there);
        if (touches) await storageProofs.connect(stranger).enforceQuality(...there);
        await termsRegistry.connect(provider1).acceptTerms(...there);
        await termsRegistry.connect(provider1).postBond(...there, BOND);
        await termsRegistry.connect(manager).fillVacancy(world.clusterId, 0, world.nodeId, true);
        await exclude(world);
        await time.increase(RULES.window);
        const { state, misses } = await storageProofs.proofStatusOf(...there);
        expect([state, misses]).to.deep.equal([State.Idle, 0n]);
        await expect(storageProofs.reportMiss(...there)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      }
    });

    it("by exclusion, in the middle of a challenge, is slashed as well, and for a slash that was refused", async () => {
      const { admin, clusterRegistry, manager, storageProofs, stranger } = fixture;
      await clusterRegistry.connect(admin).setNetworkFee(0, manager);
      await miss(fixture);
      await expect(miss(fixture)).to.emit(storageProofs, "EnforcementRefused");
      await clusterRegistry.connect(admin).setNetworkFee(0, stranger);
      await letPeriodPass(fixture);
      await challenge(fixture);
      await exclude(fixture);
      await expect(storageProofs.enforceSlash(...ids))
        .to.emit(storageProofs, "SlashEnforced")
        .withArgs(...ids, SLASH);
      await letWindowPass(fixture);
      await expect(storageProofs.reportMiss(...ids)).to.emit(storageProofs, "SlashEnforced");
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("as its cluster is removed, in the middle of a challenge, is slashed as well", async () => {
      const { bucketRegistry, clusterRegistry, manager, owner, storageProofs } = fixture;
      await miss(fixture);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      await bucketRegistry.connect(owner).release(1, 1);
      await clusterRegistry.connect(manager).removeCluster(fixture.clusterId);
      await letWindowPass(fixture);
      await expect(storageProofs.reportMiss(...ids)).to.emit(storageProofs, "SlashEnforced");
      expect(await bond()).to.equal(BOND - SLASH);
    });

    it("in the middle of a challenge is out of reach when it leaves in time, and nothing blocks its exit", async () => {
      const { storageProofs, termsRegistry, provider1 } = fixture;
      await miss(fixture);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await time.increase(LEAVING_NOTICE - HOUR);
      await storageProofs.challenge(...ids);
      await time.increase(HOUR);
      await termsRegistry.finishExit(...ids);
      expect((await status()).state).to.equal(State.Idle);
      await time.increase(RULES.window);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.challenge(...ids))
        .to.be.revertedWithCustomError(storageProofs, "NodeNotInCluster")
        .withArgs(...ids);
      await expect(storageProofs.answer(...ids, [])).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.positionsOf(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.enforceQuality(...ids)).to.not.emit(termsRegistry, "QualityReported");
    });

    it("starts anew when it comes back", async () => {
      const { storageProofs, termsRegistry, manager, provider1, tree } = fixture;
      for (let i = 0; i < 2; i++) await miss(fixture);
      await exit();
      let found = await status();
      expect([found.misses, found.root, found.dueQualityBps, found.challenges]).to.deep.equal([0n, ZeroHash, FULL, 2n]);
      await expect(storageProofs.connect(provider1).commit(...ids, tree.root, tree.leafCount))
        .to.emit(storageProofs, "ProofRecordReset")
        .withArgs(...ids);
      await termsRegistry.connect(provider1).acceptTerms(...ids);
      await termsRegistry.connect(provider1).postBond(...ids, BOND);
      await termsRegistry.connect(manager).fillVacancy(fixture.clusterId, 0, fixture.nodeId, true);
      expect(await quality()).to.equal(FULL);
      await expect(storageProofs.challenge(...ids)).to.be.revertedWithCustomError(storageProofs, "CommitmentMissing");
      await storageProofs.connect(fixture.otherManager).approveCommitment(...ids, tree.root, tree.leafCount);
      await expect(storageProofs.challenge(...ids)).to.emit(storageProofs, "ChallengeOpened");
      found = await status();
      expect(found.challenges).to.equal(3);
    });
  });

  describe("a validator that is replaced", () => {
    /** Lets the cluster have another validator. */
    const replaceBy = async (validator: AddressLike): Promise<void> => {
      const { termsRegistry, manager } = fixture;
      await termsRegistry.connect(manager).offerValidator(fixture.clusterId, validator);
      const { effectiveAt } = await termsRegistry.offeredValidator(fixture.clusterId);
      await time.increaseTo(effectiveAt);
      await termsRegistry.finishValidator(fixture.clusterId);
    };

    it("forgets, when it takes office again, the misses and the challenge of the time before", async () => {
      const { storageProofs, tree } = fixture;
      await miss(fixture);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      await replaceBy(fixture.manager);
      expect((await status()).misses).to.equal(1);
      await replaceBy(storageProofs);
      const found = await status();
      expect([found.state, found.misses, found.dueQualityBps, found.openedAt]).to.deep.equal([State.Idle, 0n, FULL, 0n]);
      expect([found.root, found.leafCount, found.challenges]).to.deep.equal([tree.root, tree.leafCount, 2n]);
      await expect(storageProofs.positionsOf(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.challenge(...ids))
        .to.emit(storageProofs, "OfficeResumed")
        .withArgs(...ids)
        .and.to.emit(storageProofs, "ChallengeOpened")
        .and.to.not.emit(storageProofs, "ProofRecordReset");
      await letWindowPass(fixture);
      const missed = await storageProofs.reportMiss(...ids);
      await expect(missed).to.not.emit(storageProofs, "SlashEnforced").and.to.not.emit(storageProofs, "OfficeResumed");
      expect((await status()).misses).to.equal(1);
    });

    it("keeps a commitment that is not approved yet", async () => {
      const { storageProofs, otherManager, provider1 } = fixture;
      const proposed = randomTree(7);
      await miss(fixture);
      await storageProofs.connect(provider1).commit(...ids, proposed.root, proposed.leafCount);
      await replaceBy(fixture.manager);
      await replaceBy(storageProofs);
      expect((await status()).proposedRoot).to.equal(proposed.root);
      await storageProofs.connect(otherManager).approveCommitment(...ids, proposed.root, proposed.leafCount);
      await storageProofs.challenge(...ids);
      expect((await status()).challengedRoot).to.equal(proposed.root);
    });

    it("forgets a slash that was due before it left office, also where answers took all misses back", async () => {
      const { clusterRegistry, admin, manager, storageProofs, tree } = fixture;
      for (let i = 0; i < 2; i++) {
        // The second is refused: the slashed amount would go to the manager.
        if (i === 1) await clusterRegistry.connect(admin).setNetworkFee(0, manager);
        await miss(fixture);
      }
      for (let i = 0n; i < 2n * RULES.answersPerMiss; i++) await answerNext(fixture, tree);
      const before = await status();
      expect([before.misses, before.slashDue]).to.deep.equal([0n, true]);
      await clusterRegistry.connect(admin).setNetworkFee(0, fixture.stranger);
      await replaceBy(manager);
      await replaceBy(storageProofs);
      expect((await status()).slashDue).to.equal(false);
      await expect(storageProofs.enforceSlash(...ids)).to.be.revertedWithCustomError(storageProofs, "SlashNotDue");
      expect(await bond()).to.equal(BOND);
    });

    it("counts no answer to a challenge of the time before towards a miss", async () => {
      const { storageProofs, manager, tree } = fixture;
      await miss(fixture);
      await replaceBy(manager);
      await replaceBy(storageProofs);
      // A challenge is void, so there is nothing to answer.
      await expect(storageProofs.answer(...ids, [])).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await challenge(fixture);
      await answer(fixture, tree);
      expect((await status()).answersInRow).to.equal(0);
    });

    it("has no consequence of drawing and answering a challenge that its return made void", async () => {
      const { storageProofs, tree } = fixture;
      const world = await createHandedOver(fixture, { period: 30n * DAY, window: 29n * DAY });
      const there = [world.clusterId, world.nodeId] as const;
      await takeOffice(world);
      await commit(world, tree);
      const positions = await challenge(world);
      const replaceThere = async (validator: AddressLike): Promise<void> => {
        await fixture.termsRegistry.connect(fixture.manager).offerValidator(world.clusterId, validator);
        const { effectiveAt } = await fixture.termsRegistry.offeredValidator(world.clusterId);
        await time.increaseTo(effectiveAt);
        await fixture.termsRegistry.finishValidator(world.clusterId);
      };
      await replaceThere(fixture.manager);
      await replaceThere(storageProofs);
      const expectVoid = async (): Promise<void> => {
        const { state, openedAt, seed, root } = await storageProofs.proofStatusOf(...there);
        expect([state, openedAt, seed, root]).to.deep.equal([State.Idle, 0n, ZeroHash, tree.root]);
      };
      await expectVoid();
      await storageProofs.draw(...there);
      await expectVoid();
      await expect(storageProofs.connect(fixture.otherManager).redraw(...there)).to.be.revertedWithCustomError(
        storageProofs,
        "ChallengeMissing",
      );
      // The seed that was drawn is the one of the positions before.
      const proofs = positions.map((position) => tree.prove(position));
      await expect(storageProofs.answer(...there, proofs))
        .to.emit(storageProofs, "ChallengeAnswered")
        .and.to.not.emit(storageProofs, "OfficeResumed");
      await expectVoid();
      // The next challenge need not wait for a period since the one before.
      await expect(storageProofs.challenge(...there))
        .to.emit(storageProofs, "OfficeResumed")
        .and.to.emit(storageProofs, "ChallengeOpened");
    });

    it("forgets a miss alone, and a request for a commitment alone, but no commitment of a node of which nothing was asked", async () => {
      const { storageProofs, manager, otherManager, tree } = fixture;
      const leaveOfficeAndReturn = async (): Promise<void> => {
        await replaceBy(manager);
        await replaceBy(storageProofs);
      };
      await miss(fixture);
      await leaveOfficeAndReturn();
      expect((await status()).misses).to.equal(0);
      await storageProofs.connect(otherManager).requestCommitment(...ids);
      await leaveOfficeAndReturn();
      expect((await status()).commitmentDue).to.equal(0);
      await leaveOfficeAndReturn();
      expect((await status()).root).to.equal(tree.root);
      await expect(storageProofs.challenge(...ids))
        .to.emit(storageProofs, "ChallengeOpened")
        .and.to.not.emit(storageProofs, "ProofRecordReset");
    });

    it("replaces what the one before it reported in its last second, of a node without a miss", async () => {
      const { storageProofs, termsRegistry, manager } = fixture;
      await replaceBy(manager);
      await termsRegistry.connect(manager).offerValidator(fixture.clusterId, storageProofs);
      const { effectiveAt } = await termsRegistry.offeredValidator(fixture.clusterId);
      await time.setNextBlockTimestamp(effectiveAt - 1n);
      await termsRegistry.connect(manager).reportQuality(...ids, 0, 1, "");
      await termsRegistry.finishValidator(fixture.clusterId);
      expect(await quality()).to.equal(0);
      await storageProofs.enforceQuality(...ids);
      expect(await quality()).to.equal(FULL);
    });

    it("does not judge a node that announced its exit before it took office", async () => {
      const { storageProofs, termsRegistry, provider1 } = fixture;
      const world = await createHandedOver(fixture, {});
      await termsRegistry.connect(provider1).announceExit(world.clusterId, world.nodeId);
      const before = await termsRegistry.validatorOf(world.clusterId, world.nodeId);
      await takeOffice(world);
      await commit(world, fixture.tree);
      await expect(storageProofs.challenge(world.clusterId, world.nodeId))
        .to.be.revertedWithCustomError(storageProofs, "ValidatorElsewhere")
        .withArgs(world.clusterId, before);
    });

    it("goes on with the challenge of a node that announced its exit before, also when it takes office again", async () => {
      const { storageProofs, termsRegistry, manager, provider1 } = fixture;
      await miss(fixture);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await replaceBy(manager);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      await replaceBy(storageProofs);
      const { misses, state } = await status();
      expect([misses, state]).to.deep.equal([1n, State.Opened]);
      await expect(storageProofs.reportMiss(...ids))
        .to.emit(storageProofs, "SlashEnforced")
        .and.not.to.emit(storageProofs, "OfficeResumed");
    });

    it("has no consequence of what was before the office in which a node announced its exit", async () => {
      const { storageProofs, termsRegistry, manager, provider1 } = fixture;
      await miss(fixture);
      await letPeriodPass(fixture);
      await storageProofs.challenge(...ids);
      await replaceBy(manager);
      await replaceBy(storageProofs);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await replaceBy(manager);
      expect((await status()).misses).to.equal(0);
      await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("goes on judging a node that announced its exit before", async () => {
      const { storageProofs, termsRegistry, manager, provider1 } = fixture;
      await termsRegistry.connect(provider1).announceExit(...ids);
      await termsRegistry.connect(manager).offerValidator(fixture.clusterId, manager);
      await time.increase(VALIDATOR_NOTICE);
      await termsRegistry.finishValidator(fixture.clusterId);
      await expect(miss(fixture)).to.emit(termsRegistry, "QualityReported").and.not.to.emit(storageProofs, "EnforcementRefused");
    });

    it("goes on counting what was open, and its reports are refused", async () => {
      const { storageProofs, termsRegistry, manager } = fixture;
      await storageProofs.challenge(...ids);
      await termsRegistry.connect(manager).offerValidator(fixture.clusterId, manager);
      await time.increase(VALIDATOR_NOTICE);
      await termsRegistry.finishValidator(fixture.clusterId);
      const transaction = await storageProofs.reportMiss(...ids);
      await expect(transaction).to.emit(storageProofs, "ChallengeMissed").and.to.emit(storageProofs, "EnforcementRefused");
      await expect(storageProofs.enforceQuality(...ids))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotValidator")
        .withArgs(fixture.clusterId, await storageProofs.getAddress(), manager.address);
      await expect(storageProofs.challenge(...ids)).to.be.revertedWithCustomError(storageProofs, "ValidatorElsewhere");
      expect(await quality()).to.equal(FULL);
    });
  });

  it("keeps custody exact", async () => {
    const { accountRegistry, testUSD, bucketRegistry } = fixture;
    await miss(fixture);
    await miss(fixture);
    await bucketRegistry.settlePayment(1);
    const { owed, held } = await accountRegistry.custody(testUSD);
    expect(held).to.be.greaterThanOrEqual(owed);
    expect(held - owed).to.be.lessThan(testUsd("0.001"));
  });
});
