import { concat, getBytes, keccak256, toBeHex } from "ethers";

// The tree of contracts/libraries/StorageTrees.sol: that of RFC 9162, where a last node without a partner goes up as it is, with
// positions in the leaves. Levels are flat: all hashes of a level, one after the other.

/** Bytes in a leaf. */
export const LEAF_SIZE = 256;
/** Bytes in a hash. */
export const HASH_SIZE = 32;

const LEAF_DOMAIN = 0;
const INNER_DOMAIN = 1;
const POSITION_SIZE = 8;

/** A leaf, and the hashes beside the way from it to the root: what the contract takes as an answer. */
export interface StorageProof {
  leaf: string;
  path: string[];
}

/** A node's commitment. */
export interface Commitment {
  root: string;
  leafCount: bigint;
}

export function hashLeaf(position: number, leaf: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + POSITION_SIZE + leaf.length);
  preimage[0] = LEAF_DOMAIN;
  new DataView(preimage.buffer).setBigUint64(1, BigInt(position));
  preimage.set(leaf, 1 + POSITION_SIZE);
  return getBytes(keccak256(preimage));
}

export function hashInner(left: Uint8Array, right: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + 2 * HASH_SIZE);
  preimage[0] = INNER_DOMAIN;
  preimage.set(left, 1);
  preimage.set(right, 1 + HASH_SIZE);
  return getBytes(keccak256(preimage));
}

/** The hashes of leaves that lie one after the other, the first of them at `firstPosition`; the last may be cut short. */
export function hashLeaves(data: Uint8Array, firstPosition: number): Uint8Array {
  const count = Math.ceil(data.length / LEAF_SIZE);
  const level = new Uint8Array(count * HASH_SIZE);
  for (let i = 0; i < count; i++) level.set(hashLeaf(firstPosition + i, leafIn(data, i)), i * HASH_SIZE);
  return level;
}

/** The leaf at an index in some data; what the data lacks at its end is zero. */
export function leafIn(data: Uint8Array, index: number): Uint8Array {
  const leaf = new Uint8Array(LEAF_SIZE);
  leaf.set(data.subarray(index * LEAF_SIZE, (index + 1) * LEAF_SIZE));
  return leaf;
}

/** A level and all those above it, up to the root alone. */
export function levelsFrom(bottom: Uint8Array): Uint8Array[] {
  const levels = [bottom];
  for (let level = bottom; level.length > HASH_SIZE;) {
    level = levelAbove(level);
    levels.push(level);
  }
  return levels;
}

function levelAbove(level: Uint8Array): Uint8Array {
  const width = level.length / HASH_SIZE;
  const above = new Uint8Array(Math.ceil(width / 2) * HASH_SIZE);
  for (let i = 0; i < width; i += 2) {
    const node = i + 1 < width ? hashInner(hashAt(level, i), hashAt(level, i + 1)) : hashAt(level, i);
    above.set(node, (i / 2) * HASH_SIZE);
  }
  return above;
}

/** The hash at an index in a level. */
export function hashAt(level: Uint8Array, index: number): Uint8Array {
  return level.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
}

/** The hashes beside the way from an index in the lowest of some levels to the highest. */
export function pathIn(levels: readonly Uint8Array[], index: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let at = index;
  for (const level of levels) {
    const partner = at % 2 === 1 ? at - 1 : at + 1;
    if (partner < level.length / HASH_SIZE) path.push(hashAt(level, partner));
    at = Math.floor(at / 2);
  }
  return path;
}

/** Whether a leaf is at a position of a tree, as the contract finds out. */
export function isProven({ root, leafCount }: Commitment, position: bigint, { leaf, path }: StorageProof): boolean {
  if (position >= leafCount || getBytes(leaf).length !== LEAF_SIZE) return false;
  let hash = keccak256(concat([toBeHex(LEAF_DOMAIN), toBeHex(position, POSITION_SIZE), leaf]));
  let at = position;
  let used = 0;
  for (let width = leafCount; width > 1n; width = (width + 1n) / 2n) {
    const isRight = at % 2n === 1n;
    if (isRight || at + 1n < width) {
      const partner = path[used++];
      if (partner === undefined) return false;
      hash = keccak256(concat([toBeHex(INNER_DOMAIN), ...(isRight ? [partner, hash] : [hash, partner])]));
    }
    at /= 2n;
  }
  return used === path.length && hash === root;
}
