import { expect } from "chai";
import { concat, toBeHex, zeroPadValue } from "ethers";
import { ethers } from "hardhat";

import { StorageTreesHarness__factory, type StorageTreesHarness } from "../../cache/typechain-types";
import { SparseTree, Tree, innerHash, leafHash, pathOf, randomLeaf, randomTree } from "../validators/trees";

describe("StorageTrees", () => {
  let trees: StorageTreesHarness;
  before(async () => {
    const [signer] = await ethers.getSigners();
    trees = await new StorageTreesHarness__factory(signer).deploy();
  });
  const holds = (tree: Pick<Tree, "root" | "leafCount">, position: number, proof: { leaf: string; path: string[] }) =>
    trees.holds(tree.root, tree.leafCount, position, proof.leaf, proof.path);

  it("hashes leaves and inner nodes in domains of their own", async () => {
    const [left, right, leaf] = [zeroPadValue("0x01", 32), zeroPadValue("0x02", 32), randomLeaf()];
    expect(await trees.hashInner(left, right)).to.equal(innerHash(left, right));
    expect(await trees.hashLeaf(2n ** 48n - 1n, leaf)).to.equal(leafHash(2n ** 48n - 1n, leaf));
    // Of two hashes, were they taken for a leaf.
    expect(await trees.hashLeaf(0, concat([left, right]))).to.not.equal(innerHash(left, right));
  });

  it("hashes inner nodes for less than plain Solidity", async () => {
    const saved = ((await trees.costOf(1_000, true)) - (await trees.costOf(1_000, false))) / 1_000n;
    expect(saved).to.be.within(80, 300);
  });

  for (const leafCount of [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17, 31, 33]) {
    it(`finds each of ${leafCount} leaves at its position, and nowhere else`, async () => {
      const tree = randomTree(leafCount);
      for (let position = 0; position < leafCount; position++) {
        const proof = tree.prove(position);
        expect(await holds(tree, position, proof), `position ${position}`).to.be.true;
        for (let other = 0; other < leafCount; other++) {
          if (other !== position) expect(await holds(tree, other, proof), `${position} at ${other}`).to.be.false;
        }
      }
    });
  }

  it("refuses another leaf, a path that is too short, too long or changed", async () => {
    const tree = randomTree(11);
    for (const position of [0, 7, 8, 10]) {
      const { leaf, path } = tree.prove(position);
      const other = toBeHex(1, 32);
      expect(await holds(tree, position, { leaf: randomLeaf(), path })).to.be.false;
      expect(await holds(tree, position, { leaf, path: path.slice(1) })).to.be.false;
      expect(await holds(tree, position, { leaf, path: path.slice(0, -1) })).to.be.false;
      expect(await holds(tree, position, { leaf, path: [] })).to.be.false;
      expect(await holds(tree, position, { leaf, path: [...path, other] })).to.be.false;
      for (let i = 0; i < path.length; i++) expect(await holds(tree, position, { leaf, path: path.with(i, other) })).to.be.false;
    }
    const one = randomTree(1);
    expect(await holds(one, 0, { leaf: one.leaves[0]!, path: [toBeHex(0, 32)] })).to.be.false;
  });

  it("takes no inner node for a leaf, nor the root of a shorter tree for a path", async () => {
    const tree = randomTree(8);
    // The preimage of the node above the first two leaves, shown as a leaf of a tree of four.
    const above = [0, 2, 4, 6].map((i) => innerHash(tree.hashes[i]!, tree.hashes[i + 1]!));
    const posed = { leaf: concat(["0x01", tree.hashes[0]!, tree.hashes[1]!]), path: pathOf(above, 0) };
    expect(await holds({ root: tree.root, leafCount: 4n }, 0, posed)).to.be.false;
    expect(await holds({ root: tree.root, leafCount: 4n }, 0, { ...posed, leaf: concat([tree.hashes[0]!, tree.hashes[1]!]) })).to.be.false;
    expect(await holds({ root: tree.root, leafCount: 4n }, 0, { leaf: tree.leaves[0]!, path: pathOf(above, 0) })).to.be.false;
  });

  it("tells apart trees that differ in the number of leaves alone", async () => {
    const tree = randomTree(6);
    for (const leafCount of [1n, 2n, 3n, 4n, 5n, 7n, 8n, 12n]) {
      for (const position of [4, 5]) {
        // Lied about, the last leaves are at other places, or their paths have other lengths.
        if (BigInt(position) >= leafCount) continue;
        expect(await holds({ root: tree.root, leafCount }, position, tree.prove(position)), `${position} of ${leafCount}`).to.be.false;
      }
    }
    // The last leaf again, as some pad a tree: another root.
    expect(new Tree([...tree.leaves, tree.leaves[5]!]).root).to.not.equal(tree.root);
  });

  it("walks 32 levels of a terabyte", async () => {
    const positions = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 0x1234_5678n];
    const tree = new SparseTree(32, new Map(positions.map((position) => [position, randomLeaf()])));
    for (const position of positions) {
      const { leaf, path } = tree.prove(position);
      expect(path).to.have.length(32);
      expect(await trees.holds(tree.root, 2n ** 32n, position, leaf, path)).to.be.true;
      expect(await trees.holds(tree.root, 2n ** 32n, position ^ 1n, leaf, path)).to.be.false;
      expect(await trees.holds(tree.root, 2n ** 33n, position, leaf, path)).to.be.false;
    }
  });
});
