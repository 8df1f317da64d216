import { mine, setCode, setStorageAt, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { now } from "../helpers/units";
import { randomLeaf, randomTree } from "./trees";
import {
  RULES,
  State,
  type WithCommitment,
  answer,
  challenge,
  commit,
  createHandedOver,
  letPeriodPass,
  letWindowPass,
  positionsFrom,
  seedFrom,
  takeOffice,
  withCommitment,
} from "./world";

/** EIP-2935's contract, which knows the hashes of the last 8,191 blocks. */
const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
const HISTORY_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff3" +
  "5b5f5ffd5b5f35611fff60014303065500";
const HISTORY_LENGTH = 8_191n;

describe("StorageProofs: challenges", () => {
  let fixture: WithCommitment;
  let ids: [clusterId: bigint, nodeId: bigint];
  beforeEach(async () => {
    fixture = await withCommitment();
    ids = [fixture.clusterId, fixture.nodeId];
  });
  const blockNumber = async () => BigInt(await ethers.provider.getBlockNumber());

  describe("challenge", () => {
    it("lets the hash of a later block decide, which nobody can know", async () => {
      const { storageProofs, stranger, tree } = fixture;
      const transaction = await storageProofs.challenge(...ids);
      const [openedAt, seedBlock] = [await now(), (await blockNumber()) + RULES.delay];
      const deadline = openedAt + RULES.window;
      await expect(transaction)
        .to.emit(storageProofs, "ChallengeOpened")
        .withArgs(...ids, stranger.address, 1, tree.root, 11, seedBlock, deadline);
      const status = await storageProofs.proofStatusOf(...ids);
      expect(status.state).to.equal(State.Opened);
      expect([status.challenges, status.seedBlock, status.openedAt, status.deadline]).to.deep.equal([1n, seedBlock, openedAt, deadline]);
      expect([status.challengedRoot, status.challengedLeafCount, status.seed]).to.deep.equal([tree.root, 11n, ZeroHash]);
      await mine(RULES.delay - 1n);
      await expect(storageProofs.draw.staticCall(...ids, { blockTag: "pending" }))
        .to.be.revertedWithCustomError(storageProofs, "SeedNotReady")
        .withArgs(seedBlock, seedBlock);
      await mine(1);
      await expect(storageProofs.positionsOf(...ids))
        .to.be.revertedWithCustomError(storageProofs, "SeedNotReady")
        .withArgs(seedBlock, seedBlock);
      await mine(1);
      const seed = await seedFrom(fixture, seedBlock);
      expect(await storageProofs.positionsOf(...ids)).to.deep.equal(positionsFrom(seed, RULES.positions, 11n));
    });

    it("is refused while one is open, and for a period after the last", async () => {
      const { storageProofs, tree } = fixture;
      await challenge(fixture);
      const { deadline, openedAt } = await storageProofs.proofStatusOf(...ids);
      await expect(storageProofs.challenge(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeRunning")
        .withArgs(...ids, deadline);
      await answer(fixture, tree);
      const nextAt = openedAt + RULES.period;
      await time.setNextBlockTimestamp(nextAt - 1n);
      await expect(storageProofs.challenge(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeTooEarly")
        .withArgs(...ids, nextAt);
      await time.setNextBlockTimestamp(nextAt);
      await storageProofs.challenge(...ids);
    });

    it("is refused where the node serves nothing, or somebody else is the validator", async () => {
      const { clusterRegistry, storageProofs, termsRegistry, manager, nodeIds, testUSD, owner } = fixture;
      await expect(storageProofs.challenge(1, 77)).to.be.revertedWithCustomError(storageProofs, "NodeNotInCluster").withArgs(1, 77);
      await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
      const rules = { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: owner };
      await storageProofs.connect(manager).setUp(2, rules);
      for (const call of [
        () => storageProofs.challenge(2, 1),
        () => storageProofs.connect(owner).requestCommitment(2, 1),
        () => storageProofs.reportNoCommitment(2, 1),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(storageProofs, "ValidatorElsewhere").withArgs(2, manager.address);
      }
      // As soon as it is in office, it can.
      await termsRegistry.connect(manager).offerValidator(2, storageProofs);
      await time.increase(7n * 86_400n);
      await termsRegistry.finishValidator(2);
      await expect(storageProofs.challenge(2, 1)).to.be.revertedWithCustomError(storageProofs, "CommitmentMissing");
    });
  });

  describe("draw", () => {
    it("fixes the positions for as long as it takes", async () => {
      const { storageProofs } = fixture;
      await expect(storageProofs.draw(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeMissing")
        .withArgs(...ids);
      const positions = await challenge(fixture);
      const { seedBlock } = await storageProofs.proofStatusOf(...ids);
      const seed = await seedFrom(fixture, seedBlock);
      await expect(storageProofs.draw(...ids))
        .to.emit(storageProofs, "ChallengeDrawn")
        .withArgs(...ids, 1, seed);
      await expect(storageProofs.draw(...ids))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeAlreadyDrawn")
        .withArgs(...ids);
      expect((await storageProofs.proofStatusOf(...ids)).seed).to.equal(seed);
      await mine(HISTORY_LENGTH + 300n, { interval: 0 });
      expect(await storageProofs.positionsOf(...ids)).to.deep.equal(positions);
      expect((await storageProofs.proofStatusOf(...ids)).state).to.equal(State.Drawn);
    });
  });

  describe("answer", () => {
    it("takes the leaves at the positions that were drawn, from anybody", async () => {
      const { storageProofs, otherOwner, tree } = fixture;
      const positions = await challenge(fixture);
      const proofs = positions.map((position) => tree.prove(position));
      await expect(storageProofs.connect(otherOwner).answer(...ids, proofs))
        .to.emit(storageProofs, "ChallengeAnswered")
        .withArgs(...ids, otherOwner.address, 1, 0)
        .and.not.to.emit(storageProofs, "EnforcementRefused");
      expect((await storageProofs.proofStatusOf(...ids)).state).to.equal(State.Idle);
      await expect(storageProofs.answer(...ids, proofs)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await expect(storageProofs.positionsOf(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    });

    it("leaves ten minutes at least, where the block that decides comes as late as it can and blocks as slowly", async () => {
      const world = await createHandedOver(fixture, { delay: 128n, window: 4_440n });
      await takeOffice(world);
      const { storageProofs, tree } = fixture;
      await commit(world, tree);
      await storageProofs.challenge(2, fixture.nodeId);
      await mine(129, { interval: 30 });
      const { deadline } = await storageProofs.proofStatusOf(2, fixture.nodeId);
      expect(deadline - (await now())).to.be.within(9n * 60n, 10n * 60n);
      await time.setNextBlockTimestamp((await now()) + 9n * 60n);
      await expect(answer(world, tree)).to.emit(storageProofs, "ChallengeAnswered");
    });

    it("takes them after the draw, too", async () => {
      const { storageProofs, tree } = fixture;
      await challenge(fixture);
      await storageProofs.draw(...ids);
      await expect(answer(fixture, tree)).to.emit(storageProofs, "ChallengeAnswered");
    });

    it("is taken in the last second, in which nothing is missed yet", async () => {
      const { storageProofs, tree } = fixture;
      const positions = await challenge(fixture);
      const { deadline } = await storageProofs.proofStatusOf(...ids);
      const proofs = positions.map((position) => tree.prove(position));
      await time.setNextBlockTimestamp(deadline);
      await expect(storageProofs.reportMiss.staticCall(...ids, { blockTag: "pending" }))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeRunning")
        .withArgs(...ids, deadline);
      await expect(storageProofs.answer(...ids, proofs)).to.emit(storageProofs, "ChallengeAnswered");
      expect(await now()).to.equal(deadline);
    });

    it("is late a second later, and counts as missed", async () => {
      const { storageProofs, tree } = fixture;
      const positions = await challenge(fixture);
      const { deadline } = await storageProofs.proofStatusOf(...ids);
      const proofs = positions.map((position) => tree.prove(position));
      await time.setNextBlockTimestamp(deadline + 1n);
      await expect(storageProofs.answer(...ids, proofs))
        .to.be.revertedWithCustomError(storageProofs, "ChallengeOver")
        .withArgs(...ids, deadline);
      await storageProofs.reportMiss(...ids);
      expect((await storageProofs.proofStatusOf(...ids)).misses).to.equal(1);
    });

    it("refuses too few or too many proofs, and leaves of other sizes", async () => {
      const { storageProofs, tree } = fixture;
      const positions = await challenge(fixture);
      const proofs = positions.map((position) => tree.prove(position));
      for (const wrong of [[], proofs.slice(1), [...proofs, proofs[0]!]]) {
        await expect(storageProofs.answer(...ids, wrong))
          .to.be.revertedWithCustomError(storageProofs, "ProofCountInvalid")
          .withArgs(wrong.length, RULES.positions);
      }
      for (const leaf of ["0x", proofs[2]!.leaf.slice(0, -2), `${proofs[2]!.leaf}00`]) {
        await expect(storageProofs.answer(...ids, proofs.with(2, { ...proofs[2]!, leaf })))
          .to.be.revertedWithCustomError(storageProofs, "LeafSizeInvalid")
          .withArgs(2, (leaf.length - 2) / 2, 256);
      }
    });

    for (const leafCount of [1, 2, 3, 5, 8]) {
      it(`works with a tree of ${leafCount} leaves`, async () => {
        const { storageProofs } = fixture;
        const tree = randomTree(leafCount);
        await commit(fixture, tree);
        const positions = await challenge(fixture);
        expect(positions.every((position) => position < leafCount)).to.be.true;
        await expect(answer(fixture, tree)).to.emit(storageProofs, "ChallengeAnswered");
      });
    }
  });

  describe("a block that nobody used in time", () => {
    for (const [name, keeps, code] of [
      ["256 blocks, without EIP-2935", 256n, "0x"],
      ["256 blocks, with a contract in the place of EIP-2935 that fails and says why", 256n, undefined],
      ["8,191 blocks, with EIP-2935", HISTORY_LENGTH, HISTORY_CODE],
    ] as const) {
      context(`given hashes last ${name}`, () => {
        /** Opens a challenge and lets so many blocks go by that the next has one hash too few. */
        const letLapse = async () => {
          const { storageProofs } = fixture;
          if (code !== undefined) await setCode(HISTORY, code);
          await storageProofs.challenge(...ids);
          const { seedBlock, deadline } = await storageProofs.proofStatusOf(...ids);
          await mine(seedBlock + keeps - 1n - (await blockNumber()), { interval: 0 });
          // Hardhat does not do what begins each block since EIP-2935.
          const { hash } = (await ethers.provider.getBlock(Number(seedBlock)))!;
          await setStorageAt(HISTORY, seedBlock % HISTORY_LENGTH, hash!);
          return { seedBlock, deadline };
        };

        it("is good until then, and counts as missed afterwards, unless the approver has it drawn again", async () => {
          const { storageProofs, otherManager, provider1, manager, stranger, tree } = fixture;
          const { seedBlock, deadline } = await letLapse();
          const positions = await storageProofs.positionsOf(...ids);
          expect(positions).to.deep.equal(positionsFrom(await seedFrom(fixture, seedBlock), RULES.positions, 11n));
          await expect(storageProofs.connect(otherManager).redraw(...ids))
            .to.be.revertedWithCustomError(storageProofs, "SeedNotLapsed")
            .withArgs(seedBlock, seedBlock + keeps);
          const proofs = positions.map((position) => tree.prove(position));
          await expect(storageProofs.answer(...ids, proofs))
            .to.be.revertedWithCustomError(storageProofs, "SeedLapsed")
            .withArgs(seedBlock, seedBlock + keeps + 1n);
          await expect(storageProofs.draw(...ids)).to.be.revertedWithCustomError(storageProofs, "SeedLapsed");

          // Nobody else can have other positions: not by drawing again, and not by challenging anew.
          for (const other of [provider1, manager, stranger]) {
            await expect(storageProofs.connect(other).redraw(...ids))
              .to.be.revertedWithCustomError(storageProofs, "CallerNotApprover")
              .withArgs(fixture.clusterId, other.address, otherManager.address);
            await expect(storageProofs.connect(other).challenge(...ids))
              .to.be.revertedWithCustomError(storageProofs, "ChallengeRunning")
              .withArgs(...ids, deadline);
          }
          await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeRunning");

          const transaction = await storageProofs.connect(otherManager).redraw(...ids);
          const next = (await blockNumber()) + RULES.delay;
          await expect(transaction)
            .to.emit(storageProofs, "ChallengeRedrawn")
            .withArgs(...ids, 1, next, (await now()) + RULES.window);
          await mine(RULES.delay + 1n);
          await expect(answer(fixture, tree)).to.emit(storageProofs, "ChallengeAnswered");
        });

        it("is a miss when the window is over", async () => {
          const { storageProofs } = fixture;
          await letLapse();
          await letWindowPass(fixture);
          await expect(storageProofs.reportMiss(...ids)).to.emit(storageProofs, "ChallengeMissed");
          await letPeriodPass(fixture);
          await storageProofs.challenge(...ids);
        });
      });
    }

    it("is not drawn again where there is nothing to draw, or it is drawn", async () => {
      const { storageProofs, otherManager } = fixture;
      const approver = storageProofs.connect(otherManager);
      await expect(approver.redraw(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
      await storageProofs.challenge(...ids);
      const { seedBlock } = await storageProofs.proofStatusOf(...ids);
      await expect(approver.redraw(...ids))
        .to.be.revertedWithCustomError(storageProofs, "SeedNotLapsed")
        .withArgs(seedBlock, seedBlock - RULES.delay + 1n);
      await mine(RULES.delay);
      await storageProofs.draw(...ids);
      await expect(approver.redraw(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeAlreadyDrawn");
    });
  });

  it("draws other positions for each node, each challenge and each validator", async () => {
    const { storageProofs, provider2, otherManager, tree } = fixture;
    const large = 2n ** 40n;
    await storageProofs.connect(provider2).commit(1, 2, tree.root, large);
    await storageProofs.connect(otherManager).approveCommitment(1, 2, tree.root, large);
    await commit(fixture, { root: tree.root, leafCount: large });
    await ethers.provider.send("evm_setAutomine", [false]);
    const sent = [await storageProofs.challenge(1, 1), await storageProofs.challenge(1, 2)];
    await ethers.provider.send("evm_setAutomine", [true]);
    await mine(1);
    await Promise.all(sent.map((transaction) => transaction.wait()));
    await mine(RULES.delay + 1n);
    const [first, second] = [await storageProofs.proofStatusOf(1, 1), await storageProofs.proofStatusOf(1, 2)];
    expect(first.seedBlock).to.equal(second.seedBlock);
    const positions = [...(await storageProofs.positionsOf(1, 1)), ...(await storageProofs.positionsOf(1, 2))];
    expect(new Set(positions).size).to.equal(positions.length);
    await letPeriodPass(fixture);
    await storageProofs.challenge(1, 1);
    await mine(RULES.delay + 1n);
    const next = await storageProofs.positionsOf(1, 1);
    expect(next.some((position) => positions.includes(position))).to.be.false;
  });

  it("leaves a leaf that nobody guessed unproven", async () => {
    const { storageProofs, tree } = fixture;
    const positions = await challenge(fixture);
    const proofs = positions.map((position) => tree.prove(position));
    await expect(storageProofs.answer(...ids, proofs.with(3, { ...proofs[3]!, leaf: randomLeaf() })))
      .to.be.revertedWithCustomError(storageProofs, "ProofInvalid")
      .withArgs(3, positions[3]!);
  });
});
