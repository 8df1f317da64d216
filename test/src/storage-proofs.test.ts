import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { getBytes, hexlify } from "ethers";

import { LEAF_SIZE, UserError, chanceOfMiss, challengesUntilMiss, isProven } from "../../src";
import { proveLeaves } from "../../src/storage-proofs/answer";
import { openFileTree, proveLeaf, savedPathOf } from "../../src/storage-proofs/file";
import { randomBytesOf, randomLeaf, randomTree, Tree } from "../validators/trees";

const MIB = 2 ** 20;

/** The leaves of some data, the last filled up with zeros. */
const leavesOf = (data: Uint8Array): string[] =>
  Array.from({ length: Math.ceil(data.length / LEAF_SIZE) }, (_, i) => {
    const leaf = new Uint8Array(LEAF_SIZE);
    leaf.set(data.subarray(i * LEAF_SIZE, (i + 1) * LEAF_SIZE));
    return hexlify(leaf);
  });

describe("storage proofs over files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storage-proofs-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (data: Uint8Array): string => {
    const path = join(folder, "data");
    writeFileSync(path, data);
    return path;
  };
  const refusal = async (promise: Promise<unknown>): Promise<string> => {
    const error: unknown = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UserError);
    return (error as Error).message;
  };

  describe("openFileTree", () => {
    for (const size of [1, 255, 256, 257, 512, 5 * 256 + 3, 4_096 * 256, 4_097 * 256 - 1, 2 * MIB + 3 * 256]) {
      it(`has the root and the leaves of a file of ${size} bytes`, async () => {
        const data = randomBytesOf(size);
        const expected = new Tree(leavesOf(data));
        const tree = await openFileTree(write(data));
        expect(tree.commitment).to.deep.equal({ root: expected.root, leafCount: expected.leafCount });
        const last = expected.leafCount - 1n;
        for (const position of new Set([0n, last / 3n, last / 2n, last > 4_096n ? 4_096n : 0n, last])) {
          const proof = await proveLeaf(tree, position);
          expect(proof).to.deep.equal(expected.prove(position));
          expect(isProven(tree.commitment, position, proof), `position ${position}`).to.be.true;
        }
      }).timeout(60_000);
    }

    it("refuses what is no file, what is empty, and positions that there are not", async () => {
      expect(await refusal(openFileTree(join(folder, "missing")))).to.include("There is no file");
      expect(await refusal(openFileTree(folder))).to.include("There is no file");
      expect(await refusal(openFileTree(write(new Uint8Array())))).to.include("is empty");
      const tree = await openFileTree(write(randomBytesOf(700)));
      expect(await refusal(proveLeaf(tree, 3n))).to.include("has 3 leaves: there is none at position 3");
    });

    it("keeps 32 bytes a MiB, and reads a MiB at a time", async () => {
      // Sparse: the file system keeps nothing of it.
      const path = join(folder, "large");
      const size = 24 * MIB;
      const file = openSync(path, "w");
      writeSync(file, "the end", size - 7);
      const seen: number[] = [];
      const tree = await openFileTree(path, (done) => seen.push(done));
      expect(seen).to.deep.equal(Array.from({ length: 24 }, (_, i) => (i + 1) * MIB));
      const kept = tree.levels.reduce((sum, level) => sum + level.length, 0);
      expect(tree.levels[0]).to.have.length(24 * 32);
      expect(kept).to.be.lessThan(24 * 32 * 2 + 64);
      const last = tree.commitment.leafCount - 1n;
      expect(isProven(tree.commitment, last, await proveLeaf(tree, last))).to.be.true;
    }).timeout(120_000);

    it("builds a tree once, and again when the file has changed", async () => {
      const path = write(randomBytesOf(3 * MIB));
      let built = 0;
      const open = () => openFileTree(path, () => built++);
      const first = await open();
      expect(built).to.equal(3);
      expect(statSync(savedPathOf(path)).size).to.be.lessThan(300);
      expect(await open()).to.deep.equal(first);
      expect(built).to.equal(3);

      appendFileSync(path, "more");
      const longer = await open();
      expect(longer.commitment.leafCount).to.equal(first.commitment.leafCount + 1n);
      expect(built).to.equal(7);

      // As long as before, but of another time.
      utimesSync(path, 1, 1);
      expect((await open()).commitment).to.deep.equal(longer.commitment);
      expect(built).to.equal(11);
    }).timeout(60_000);

    it("goes on where it was interrupted, unless the file has changed since", async () => {
      const data = randomBytesOf(3 * MIB);
      const path = write(data);
      const interrupt = async (): Promise<void> => {
        const interrupted = openFileTree(path, (done) => {
          if (done === 2 * MIB) throw new UserError("The power is gone.");
        });
        expect(await refusal(interrupted)).to.equal("The power is gone.");
        // Half of a hash was still written.
        appendFileSync(`${savedPathOf(path)}.part`, randomBytesOf(16));
      };
      /** The root of what the file holds now, worked out in one go. */
      const rootNow = async (): Promise<string> => {
        const copy = join(folder, "copy");
        writeFileSync(copy, data);
        return (await openFileTree(copy)).commitment.root;
      };
      await interrupt();
      const seen: number[] = [];
      const tree = await openFileTree(path, (done) => seen.push(done));
      expect(seen).to.deep.equal([3 * MIB]);
      expect(tree.commitment.root).to.equal(await rootNow());

      data[0] = (data[0] ?? 0) ^ 1;
      write(data);
      await interrupt();
      data[1] = (data[1] ?? 0) ^ 1;
      write(data);
      utimesSync(path, 1, 1);
      expect((await openFileTree(path)).commitment.root).to.equal(await rootNow());
    }).timeout(120_000);

    it("refuses a file that changes while it is read, and one beside which nothing can be written", async () => {
      const path = write(randomBytesOf(2 * MIB));
      let changed = false;
      const change = () => {
        if (!changed) appendFileSync(path, "more");
        changed = true;
      };
      expect(await refusal(openFileTree(path, change))).to.include("has changed while it was read");
      expect((await openFileTree(path)).commitment.leafCount).to.equal(BigInt((2 * MIB) / 256 + 1));

      const shrinking = join(folder, "shrinking");
      writeFileSync(shrinking, randomBytesOf(2 * MIB));
      const shrink = () => {
        truncateSync(shrinking, MIB);
      };
      expect(await refusal(openFileTree(shrinking, shrink))).to.include("has become shorter while it was read");

      const closed = join(folder, "closed");
      writeFileSync(closed, "data");
      mkdirSync(`${savedPathOf(closed)}.part`);
      expect(await refusal(openFileTree(closed))).to.include("cannot be written");
    }).timeout(60_000);

    it("builds it again where what was saved is damaged", async () => {
      const path = write(randomBytesOf(2 * MIB));
      const { commitment } = await openFileTree(path);
      for (const damage of [
        () => {
          writeFileSync(savedPathOf(path), "nothing of use");
        },
        () => {
          truncateSync(savedPathOf(path), statSync(savedPathOf(path)).size - 32);
        },
        () => {
          writeFileSync(savedPathOf(path), readFileSync(savedPathOf(path), "latin1").replace("tree-1", "tree-0"), "latin1");
        },
      ]) {
        damage();
        expect((await openFileTree(path)).commitment).to.deep.equal(commitment);
      }
    }).timeout(60_000);
  });

  describe("proveLeaves", () => {
    it("proves what is asked, and sends nothing that would be refused", async () => {
      const data = randomBytesOf(20 * 256);
      const path = write(data);
      const tree = await openFileTree(path);
      const proofs = await proveLeaves(tree, tree.commitment, [19n, 0n, 7n, 7n]);
      expect(proofs.map(({ leaf }) => leaf)).to.deep.equal([19, 0, 7, 7].map((i) => leavesOf(data)[i]));

      // The file has changed under the tree, or another version of it was committed to.
      data[7 * 256] = (data[7 * 256] ?? 0) ^ 1;
      writeFileSync(path, data);
      expect(await refusal(proveLeaves(tree, tree.commitment, [7n]))).to.include("is not what the challenge asks for");
      const grown = { root: randomTree(25).root, leafCount: 25n };
      expect(await refusal(proveLeaves(tree, grown, [24n]))).to.include("25 leaves");
    });
  });

  describe("isProven", () => {
    it("finds leaves at their positions, and nowhere else, as the contract does", () => {
      for (const leafCount of [1, 2, 3, 7, 8, 11]) {
        const tree = randomTree(leafCount);
        for (let position = 0n; position < tree.leafCount; position++) {
          const proof = tree.prove(position);
          expect(isProven(tree, position, proof)).to.be.true;
          for (let other = 0n; other <= tree.leafCount; other++) if (other !== position) expect(isProven(tree, other, proof)).to.be.false;
          expect(isProven(tree, position, { ...proof, leaf: randomLeaf() })).to.be.false;
          expect(isProven(tree, position, { ...proof, leaf: `${proof.leaf}00` })).to.be.false;
          expect(isProven(tree, position, { ...proof, path: [...proof.path, tree.root] })).to.be.false;
          if (proof.path.length > 0) expect(isProven(tree, position, { ...proof, path: proof.path.slice(1) })).to.be.false;
        }
      }
      expect(getBytes(randomLeaf())).to.have.length(LEAF_SIZE);
    });
  });

  describe("chances", () => {
    it("are those of drawing with replacement", () => {
      expect(chanceOfMiss(0, 8)).to.equal(0);
      expect(chanceOfMiss(1, 8)).to.equal(1);
      expect(chanceOfMiss(0.5, 4)).to.equal(15 / 16);
      expect(chanceOfMiss(0.5, 2, 2)).to.equal(15 / 16);
      expect(challengesUntilMiss(0.5, 4, 0.99)).to.equal(2);
      expect(challengesUntilMiss(0.01, 4, 0.99)).to.equal(115);
      expect(challengesUntilMiss(1, 4, 0.99)).to.equal(1);
    });
  });
});
