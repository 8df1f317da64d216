import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { deployments } from "hardhat";

import { HOUR } from "../helpers/time";
import { randomTree } from "./trees";
import { Rule, RULES, State, type WithValidator, challenge, commit, withValidator } from "./world";

describe("StorageProofs: setting up and committing", () => {
  let fixture: WithValidator;
  const tree = randomTree(5);
  beforeEach(async () => {
    fixture = await withValidator();
  });

  describe("setUp", () => {
    const rulesWith = (changes: object) => ({
      ...RULES,
      qualityAfter: [...RULES.qualityAfter],
      approver: fixture.owner.address,
      ...changes,
    });
    /** Another cluster of the manager, which is not set up. */
    const create = async () => {
      await fixture.clusterRegistry.connect(fixture.manager).createCluster(fixture.testUSD, 3, fixture.nodeIds, 0, "");
      return 2n;
    };

    it("is refused to others than the manager, for clusters that there are not, and twice", async () => {
      const { storageProofs, manager, stranger, clusterId } = fixture;
      const other = await create();
      await expect(storageProofs.connect(stranger).setUp(other, rulesWith({})))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotManager")
        .withArgs(other, stranger.address, manager.address);
      await expect(storageProofs.connect(manager).setUp(77, rulesWith({})))
        .to.be.revertedWithCustomError(storageProofs, "ClusterUnknown")
        .withArgs(77);
      await expect(storageProofs.connect(manager).setUp(clusterId, rulesWith({})))
        .to.be.revertedWithCustomError(storageProofs, "ClusterAlreadySetUp")
        .withArgs(clusterId);
    });

    const invalid: [name: string, changes: object, rule: keyof typeof Rule, value: bigint, minimum: bigint, maximum: bigint][] = [
      ["a period below an hour", { period: HOUR - 1n }, "Period", HOUR - 1n, HOUR, 2_592_000n],
      ["a period of zero", { period: 0n }, "Period", 0n, HOUR, 2_592_000n],
      ["a period above 30 days", { period: 2_592_001n }, "Period", 2_592_001n, HOUR, 2_592_000n],
      ["a window below ten minutes", { window: 629n, delay: 1n }, "Window", 629n, 630n, 86_399n],
      [
        "a window that leaves no ten minutes after the block that decides",
        { window: 4_439n, delay: 128n },
        "Window",
        4_439n,
        4_440n,
        86_399n,
      ],
      ["a period in which that is impossible", { period: HOUR, window: 3_599n, delay: 128n }, "Window", 3_599n, 4_440n, 3_599n],
      ["a window as long as the period", { window: 86_400n }, "Window", 86_400n, 690n, 86_399n],
      ["three positions", { positions: 3n }, "Positions", 3n, 4n, 64n],
      ["65 positions", { positions: 65n }, "Positions", 65n, 4n, 64n],
      ["no delay", { delay: 0n }, "Delay", 0n, 1n, 128n],
      ["a delay of 129 blocks", { delay: 129n }, "Delay", 129n, 1n, 128n],
      ["no answers to take back a miss", { answersPerMiss: 0n }, "AnswersPerMiss", 0n, 1n, 255n],
      ["more than the bond", { slashBps: 10_001n }, "SlashBps", 10_001n, 0n, 10_000n],
      ["no quality", { qualityAfter: [] }, "QualityCount", 0n, 1n, 16n],
      ["17 qualities", { qualityAfter: Array<bigint>(17).fill(0n) }, "QualityCount", 17n, 1n, 16n],
      ["more than all of the quality", { qualityAfter: [10_001n] }, "Quality", 10_001n, 0n, 10_000n],
      ["a quality that rises with misses", { qualityAfter: [9_000n, 9_001n] }, "Quality", 9_001n, 0n, 9_000n],
    ];
    for (const [name, changes, rule, value, minimum, maximum] of invalid) {
      it(`is refused with ${name}`, async () => {
        const { storageProofs, manager } = fixture;
        await expect(storageProofs.connect(manager).setUp(await create(), rulesWith(changes)))
          .to.be.revertedWithCustomError(storageProofs, "RuleInvalid")
          .withArgs(Rule[rule], value, minimum, maximum);
      });
    }

    it("is refused without a approver", async () => {
      const { storageProofs, manager } = fixture;
      await expect(
        storageProofs.connect(manager).setUp(await create(), rulesWith({ approver: ZeroAddress })),
      ).to.be.revertedWithCustomError(storageProofs, "ApproverZero");
    });

    it("fixes the rules, the extreme ones, too", async () => {
      const { storageProofs, manager, owner } = fixture;
      const clusterId = await create();
      const qualityAfter = Array<bigint>(16).fill(10_000n);
      const rules = [owner.address, HOUR, 630n, 64n, 1n, 255n, 255n, 10_000n, qualityAfter];
      const changes = { period: HOUR, window: 630n, positions: 64n, delay: 1n, answersPerMiss: 255n, slashFrom: 255n };
      await expect(storageProofs.connect(manager).setUp(clusterId, rulesWith({ ...changes, slashBps: 10_000n, qualityAfter })))
        .to.emit(storageProofs, "ClusterSetUp")
        .withArgs(clusterId, manager.address, rules);
      expect(await storageProofs.rulesOf(clusterId)).to.deep.equal(rules);
    });

    it("comes before all else", async () => {
      const { storageProofs } = fixture;
      const other = await create();
      const calls = [
        () => storageProofs.commit(other, 1, tree.root, tree.leafCount),
        () => storageProofs.approveCommitment(other, 1, tree.root, tree.leafCount),
        () => storageProofs.requestCommitment(other, 1),
        () => storageProofs.challenge(other, 1),
        () => storageProofs.draw(other, 1),
        () => storageProofs.redraw(other, 1),
        () => storageProofs.answer(other, 1, []),
        () => storageProofs.reportMiss(other, 1),
        () => storageProofs.reportNoCommitment(other, 1),
        () => storageProofs.enforceQuality(other, 1),
        () => storageProofs.enforceSlash(other, 1),
        () => storageProofs.rulesOf(other),
        () => storageProofs.proofStatusOf(other, 1),
        () => storageProofs.positionsOf(other, 1),
      ];
      for (const call of calls) await expect(call()).to.be.revertedWithCustomError(storageProofs, "ClusterNotSetUp").withArgs(other);
    });
  });

  it("knows the registries that it was deployed with", async () => {
    const { storageProofs } = fixture;
    expect(await storageProofs.TERMS_REGISTRY()).to.equal((await deployments.get("TermsRegistry")).address);
    expect(await storageProofs.CLUSTER_REGISTRY()).to.equal((await deployments.get("ClusterRegistry")).address);
    expect(await storageProofs.NODE_REGISTRY()).to.equal((await deployments.get("NodeRegistry")).address);
  });

  describe("setProver", () => {
    it("is for the node's provider, who can name another, or nobody", async () => {
      const { storageProofs, provider1, provider2, stranger, nodeId, clusterId } = fixture;
      await expect(storageProofs.connect(provider2).setProver(nodeId, stranger))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotProvider")
        .withArgs(nodeId, provider2.address, provider1.address);
      await expect(storageProofs.setProver(77, stranger)).to.be.revertedWithCustomError(storageProofs, "NodeUnknown").withArgs(77);
      await expect(storageProofs.connect(provider1).setProver(nodeId, stranger))
        .to.emit(storageProofs, "ProverSet")
        .withArgs(nodeId, provider1.address, stranger.address);
      expect(await storageProofs.proverOf(nodeId)).to.equal(stranger.address);
      await storageProofs.connect(stranger).commit(clusterId, nodeId, tree.root, tree.leafCount);
      await storageProofs.connect(provider1).setProver(nodeId, ZeroAddress);
      await expect(storageProofs.connect(stranger).commit(clusterId, nodeId, tree.root, tree.leafCount))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotProver")
        .withArgs(nodeId, stranger.address, provider1.address, ZeroAddress);
    });
  });

  describe("commit and approveCommitment", () => {
    it("refuses others than the provider, roots of zero, and trees without leaves or with too many", async () => {
      const { storageProofs, provider1, manager, nodeId, clusterId } = fixture;
      await expect(storageProofs.connect(manager).commit(clusterId, nodeId, tree.root, 5))
        .to.be.revertedWithCustomError(storageProofs, "CallerNotProver")
        .withArgs(nodeId, manager.address, provider1.address, ZeroAddress);
      const own = storageProofs.connect(provider1);
      await expect(own.commit(clusterId, nodeId, ZeroHash, 5)).to.be.revertedWithCustomError(storageProofs, "RootZero");
      for (const leafCount of [0n, 2n ** 48n + 1n]) {
        await expect(own.commit(clusterId, nodeId, tree.root, leafCount))
          .to.be.revertedWithCustomError(storageProofs, "LeafCountInvalid")
          .withArgs(leafCount, 2n ** 48n);
      }
    });

    it("counts only what the approver has said, too", async () => {
      const { storageProofs, provider1, manager, otherManager, nodeId, clusterId } = fixture;
      const approver = storageProofs.connect(otherManager);
      await expect(approver.approveCommitment(clusterId, nodeId, ZeroHash, 0))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentDiffers")
        .withArgs(clusterId, nodeId, ZeroHash, 0);
      await expect(storageProofs.connect(provider1).commit(clusterId, nodeId, tree.root, 5))
        .to.emit(storageProofs, "CommitmentProposed")
        .withArgs(clusterId, nodeId, provider1.address, tree.root, 5);
      await expect(storageProofs.challenge(clusterId, nodeId))
        .to.be.revertedWithCustomError(storageProofs, "CommitmentMissing")
        .withArgs(clusterId, nodeId);
      for (const other of [provider1, manager]) {
        await expect(storageProofs.connect(other).approveCommitment(clusterId, nodeId, tree.root, 5))
          .to.be.revertedWithCustomError(storageProofs, "CallerNotApprover")
          .withArgs(clusterId, other.address, otherManager.address);
      }
      // Truncated, padded, or another tree that the node put in its place in the meantime.
      for (const [root, leafCount] of [
        [tree.root, 4],
        [tree.root, 6],
        [randomTree(5).root, 5],
      ] as const) {
        await expect(approver.approveCommitment(clusterId, nodeId, root, leafCount))
          .to.be.revertedWithCustomError(storageProofs, "CommitmentDiffers")
          .withArgs(clusterId, nodeId, tree.root, 5);
      }
      await expect(approver.approveCommitment(clusterId, nodeId, tree.root, 5))
        .to.emit(storageProofs, "CommitmentApproved")
        .withArgs(clusterId, nodeId, tree.root, 5);
      const status = await storageProofs.proofStatusOf(clusterId, nodeId);
      expect([status.root, status.leafCount, status.proposedRoot, status.proposedLeafCount]).to.deep.equal([tree.root, 5n, ZeroHash, 0n]);
      // Once is enough.
      await expect(approver.approveCommitment(clusterId, nodeId, tree.root, 5)).to.be.revertedWithCustomError(
        storageProofs,
        "CommitmentDiffers",
      );
    });

    it("leaves the tree in force until the next is approved, and an open challenge as it is", async () => {
      const { storageProofs, provider1, otherManager, nodeId, clusterId } = fixture;
      await commit(fixture, tree);
      const grown = randomTree(9);
      await storageProofs.connect(provider1).commit(clusterId, nodeId, grown.root, 9);
      let status = await storageProofs.proofStatusOf(clusterId, nodeId);
      expect([status.root, status.proposedRoot]).to.deep.equal([tree.root, grown.root]);
      const positions = await challenge(fixture);
      await storageProofs.connect(otherManager).approveCommitment(clusterId, nodeId, grown.root, 9);
      status = await storageProofs.proofStatusOf(clusterId, nodeId);
      expect([status.root, status.challengedRoot, status.challengedLeafCount]).to.deep.equal([grown.root, tree.root, 5n]);
      expect(status.state).to.equal(State.Opened);
      expect(await storageProofs.positionsOf(clusterId, nodeId)).to.deep.equal(positions);
      const proofs = positions.map((position) => tree.prove(position));
      await expect(storageProofs.answer(clusterId, nodeId, proofs)).to.emit(storageProofs, "ChallengeAnswered");
    });
  });
});
