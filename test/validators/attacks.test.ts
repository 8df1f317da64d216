import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat } from "ethers";

import { fillLeaf } from "./forgeries";
import { SparseTree, Tree, innerHash, pathOf, randomLeaf, randomTree } from "./trees";
import { RULES, type WithValidator, answer, challenge, commit, letPeriodPass, letWindowPass, withValidator } from "./world";

describe("StorageProofs: provers that cheat", () => {
  let fixture: WithValidator;
  let ids: [clusterId: bigint, nodeId: bigint];
  const tree = randomTree(64);
  beforeEach(async () => {
    fixture = await withValidator();
    ids = [fixture.clusterId, fixture.nodeId];
  });
  const refused = async (proofs: { leaf: string; path: string[] }[]) => {
    const { storageProofs } = fixture;
    await expect(storageProofs.answer(...ids, proofs)).to.be.revertedWithCustomError(storageProofs, "ProofInvalid");
  };

  it("kept one leaf, and all the hashes", async () => {
    const { storageProofs } = fixture;
    await commit(fixture, tree);
    const positions = await challenge(fixture);
    const kept = 17;
    const honest = tree.prove(kept);
    // The leaf that it has, everywhere: with its own path, and with the right ones.
    await refused(positions.map(() => honest));
    await refused(positions.map((position) => ({ leaf: honest.leaf, path: pathOf(tree.hashes, Number(position)) })));
    // What it has of the others is their hashes: none of them is a leaf.
    const hashOnly = positions.map((position) => ({
      leaf: fillLeaf(tree.hashes[Number(position)]!),
      path: pathOf(tree.hashes, Number(position)),
    }));
    await refused(hashOnly);
    await letWindowPass(fixture);
    await expect(storageProofs.reportMiss(...ids)).to.emit(fixture.termsRegistry, "QualityReported");
  });

  it("shows a right leaf at a wrong position", async () => {
    await commit(fixture, tree);
    const positions = await challenge(fixture);
    const right = positions.map((position) => tree.prove(position));
    await refused([...right.slice(0, 3), tree.prove(positions[3]! ^ 1n)]);
    await refused(positions.map((position) => tree.prove((position + 1n) % 64n)));
    // The right ones in another order.
    if (String(positions) !== String(positions.toReversed())) await refused(right.toReversed());
    await answer(fixture, tree);
  });

  it("made up a tree: it is never approved, so it is never in force", async () => {
    const { storageProofs, provider1, otherManager } = fixture;
    // All leaves alike, for which it keeps one; nothing of it is the cluster's data.
    const leaf = randomLeaf();
    const madeUp = new Tree(Array<string>(64).fill(leaf));
    await storageProofs.connect(provider1).commit(...ids, madeUp.root, 64);
    await expect(storageProofs.challenge(...ids)).to.be.revertedWithCustomError(storageProofs, "CommitmentMissing");
    // The approver knows the data, and approves only its tree, which the node then has to hold.
    await expect(storageProofs.connect(otherManager).approveCommitment(...ids, tree.root, 64)).to.be.revertedWithCustomError(
      storageProofs,
      "CommitmentDiffers",
    );
    await storageProofs.connect(otherManager).requestCommitment(...ids);
    await storageProofs.connect(provider1).commit(...ids, tree.root, 64);
    await storageProofs.connect(otherManager).approveCommitment(...ids, tree.root, 64);
    await storageProofs.connect(provider1).commit(...ids, madeUp.root, 64);
    await challenge(fixture);
    await expect(answer(fixture, madeUp)).to.be.revertedWithCustomError(storageProofs, "ProofInvalid");
    await answer(fixture, tree);
  });

  it("never commits: the approver can ask it to, and it earns less and less", async () => {
    const { storageProofs, termsRegistry, otherManager } = fixture;
    await storageProofs.connect(otherManager).requestCommitment(...ids);
    for (const expected of [8_000n, 5_000n, 0n]) {
      await time.increase(RULES.period + 1n);
      await storageProofs.reportNoCommitment(...ids);
      expect(await termsRegistry.qualityOf(...ids)).to.equal(expected);
    }
  });

  it("says that its tree has fewer leaves, or more: the approver says both again", async () => {
    const { storageProofs, provider1, otherManager } = fixture;
    for (const leafCount of [1n, 32n, 63n, 65n, 128n]) {
      await storageProofs.connect(provider1).commit(...ids, tree.root, leafCount);
      await expect(storageProofs.connect(otherManager).approveCommitment(...ids, tree.root, 64))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentDiffers")
        .withArgs(...ids, tree.root, leafCount);
    }
    // A careless approver would gain it nothing: what is below an inner node is no leaf, and what is not there cannot be shown.
    for (const leafCount of [1n, 32n, 128n]) {
      const lied = { root: tree.root, leafCount };
      await commit(fixture, lied);
      const positions = await challenge(fixture);
      await refused(positions.map((position) => tree.prove(position % 64n)));
      const above = tree.hashes.flatMap((hash, i) => (i % 2 === 0 ? [innerHash(hash, tree.hashes[i + 1]!)] : []));
      const inner = positions.map((position) => {
        const at = Number(position % 32n);
        const pair = concat([tree.hashes[2 * at]!, tree.hashes[2 * at + 1]!]);
        return { leaf: fillLeaf(pair), path: pathOf(above, at) };
      });
      await refused(inner);
      await letWindowPass(fixture);
      await storageProofs.reportMiss(...ids);
      await letPeriodPass(fixture);
    }
  });

  it("answers as it did last time", async () => {
    const { storageProofs } = fixture;
    const levels = 20;
    const known = new Map<bigint, string>();
    // Of 2^20 leaves it holds none but those that it was asked for, which the test puts there before it answers.
    const first = new SparseTree(levels, known.set(0n, randomLeaf()));
    await commit(fixture, { root: first.root, leafCount: 2n ** BigInt(levels) });
    const old = Array.from({ length: 4 }, () => first.prove(0n));
    for (let i = 0; i < 2; i++) {
      await letPeriodPass(fixture);
      await challenge(fixture);
      await refused(old);
      await letWindowPass(fixture);
      await storageProofs.reportMiss(...ids);
    }
    const small = randomTree(40);
    await commit(fixture, small);
    await letPeriodPass(fixture);
    const before = await challenge(fixture);
    const answered = before.map((position) => small.prove(position));
    await storageProofs.answer(...ids, answered);
    await letPeriodPass(fixture);
    const after = await challenge(fixture);
    expect(after).to.not.deep.equal(before);
    await refused(answered);
  });

  it("answers for another node of the cluster, or with another cluster's tree", async () => {
    const { storageProofs, provider2, otherManager } = fixture;
    await commit(fixture, tree);
    const others = randomTree(64);
    await storageProofs.connect(provider2).commit(1, 2, others.root, 64);
    await storageProofs.connect(otherManager).approveCommitment(1, 2, others.root, 64);
    const positions = await challenge(fixture);
    await refused(positions.map((position) => others.prove(position)));
  });

  it("commits anew when it sees the draw", async () => {
    const { storageProofs, provider1, otherManager } = fixture;
    await commit(fixture, tree);
    const positions = await challenge(fixture);
    const suited = new Tree(tree.leaves.map((leaf, position) => (positions.includes(BigInt(position)) ? leaf : randomLeaf())));
    await storageProofs.connect(provider1).commit(...ids, suited.root, 64);
    // Even if it is approved: what is challenged is what was in force when the challenge was opened.
    await storageProofs.connect(otherManager).approveCommitment(...ids, suited.root, 64);
    await refused(positions.map((position) => suited.prove(position)));
  });

  it("does not like its draw: neither drawing, challenging, committing nor waiting gives it another", async () => {
    const { storageProofs, provider1 } = fixture;
    const own = storageProofs.connect(provider1);
    await commit(fixture, tree);
    const positions = await challenge(fixture);
    await own.draw(...ids);
    await expect(own.draw(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeAlreadyDrawn");
    await expect(own.challenge(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeRunning");
    await expect(own.redraw(...ids)).to.be.revertedWithCustomError(storageProofs, "CallerNotApprover");
    await own.commit(...ids, tree.root, 64);
    await mine(10);
    expect(await storageProofs.positionsOf(...ids)).to.deep.equal(positions);
    await letWindowPass(fixture);
    await expect(answer(fixture, tree)).to.be.revertedWithCustomError(storageProofs, "ChallengeOver");
    // Its next challenge is a period after this one, and counts this one as missed, whoever opens it.
    await letPeriodPass(fixture);
    await expect(own.challenge(...ids)).to.emit(storageProofs, "ChallengeMissed");
    expect((await storageProofs.proofStatusOf(...ids)).misses).to.equal(1);
  });

  it("is caught by chance as often as the documentation says", async () => {
    const { storageProofs } = fixture;
    // A quarter of 64 leaves is lost.
    const lost = (position: bigint): boolean => position % 4n === 0n;
    await commit(fixture, tree);
    let missed = 0;
    const challenges = 60;
    for (let i = 0; i < challenges; i++) {
      await letPeriodPass(fixture);
      const positions = await challenge(fixture);
      if (positions.some(lost)) missed++;
      await storageProofs.answer(
        ...ids,
        positions.map((position) => tree.prove(position)),
      );
    }
    // 1 - 0.75^4 = 68 %, give or take five standard deviations.
    expect(missed / challenges).to.be.within(0.38, 0.98);
  }).timeout(120_000);
});
