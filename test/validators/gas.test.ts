import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { AbiCoder, keccak256, toBeHex } from "ethers";
import { ethers } from "hardhat";

import { MEASURING_COVERAGE } from "../helpers/clusters";
import { randomLeaf, SparseTree } from "./trees";
import { RULES, type WithCommitment, type WithValidator, challenge, commit, createHandedOver, takeOffice, withCommitment } from "./world";

/** A terabyte of leaves of 256 bytes. */
const LEVELS = 32;
const LIMIT = 120_000n;

describe("StorageProofs: a terabyte", () => {
  // Instrumented contracts need more gas.
  if (MEASURING_COVERAGE) return;

  let fixture: WithCommitment;
  beforeEach(async () => {
    fixture = await withCommitment();
  });

  /** Where the contract keeps the root that is challenged. */
  const slotOfChallengedRoot = ({ clusterId, nodeId }: WithValidator): string => {
    const coder = AbiCoder.defaultAbiCoder();
    const records = keccak256(coder.encode(["uint32", "uint256"], [clusterId, 1]));
    const record = keccak256(coder.encode(["uint32", "bytes32"], [nodeId, records]));
    return toBeHex(BigInt(record) + 3n, 32);
  };

  for (const drawn of [false, true]) {
    it(`costs less than 120,000 gas a position, all in${drawn ? ", drawn before" : ""}`, async () => {
      const { storageProofs, clusterId, nodeId, tree } = fixture;
      await commit(fixture, { root: tree.root, leafCount: 2n ** BigInt(LEVELS) });
      const positions = await challenge(fixture);
      if (drawn) await storageProofs.draw(clusterId, nodeId);
      // Nobody can hold a terabyte here: the tree is made up around what is asked, and put in the place of the one that was challenged.
      const sparse = new SparseTree(LEVELS, new Map(positions.map((position) => [position, randomLeaf()])));
      const slot = slotOfChallengedRoot(fixture);
      expect(await ethers.provider.getStorage(storageProofs, slot)).to.equal(tree.root);
      await setStorageAt(await storageProofs.getAddress(), slot, sparse.root);
      const proofs = positions.map((position) => sparse.prove(position));
      const transaction = await storageProofs.answer(clusterId, nodeId, proofs);
      await expect(transaction).to.emit(storageProofs, "ChallengeAnswered");
      const { gasUsed } = (await transaction.wait())!;
      const perPosition = gasUsed / RULES.positions;
      console.log(`      ${gasUsed} gas for ${RULES.positions} positions, ${perPosition} each`);
      expect(perPosition).to.be.lessThan(LIMIT);
    });
  }

  it("stays within a transaction, at the most positions of the largest tree", async () => {
    const { storageProofs, otherManager, provider1 } = fixture;
    const world = await createHandedOver(fixture, { positions: 64n });
    await takeOffice(world);
    const ids = [world.clusterId, world.nodeId] as const;
    const levels = 48;
    await storageProofs.connect(provider1).commit(...ids, fixture.tree.root, 2n ** BigInt(levels));
    await storageProofs.connect(otherManager).approveCommitment(...ids, fixture.tree.root, 2n ** BigInt(levels));
    const positions = await challenge(world);
    expect(positions).to.have.length(64);
    const sparse = new SparseTree(levels, new Map(positions.map((position) => [position, randomLeaf()])));
    await setStorageAt(await storageProofs.getAddress(), slotOfChallengedRoot(world), sparse.root);
    const transaction = await storageProofs.answer(
      ...ids,
      positions.map((position) => sparse.prove(position)),
    );
    const { gasUsed } = (await transaction.wait())!;
    console.log(`      ${gasUsed} gas`);
    expect(gasUsed).to.be.lessThan(16_777_216n);
  }).timeout(60_000);
});
