import { randomBytes } from "node:crypto";

import { concat, hexlify, keccak256, toBeHex } from "ethers";

// The tree of the contract, written down as RFC 9162 defines it: by recursion over lists of leaves. It shares nothing with src/.

export interface Proof {
  leaf: string;
  path: string[];
}

export const leafHash = (position: number | bigint, leaf: string): string => keccak256(concat(["0x00", toBeHex(position, 8), leaf]));
export const innerHash = (left: string, right: string): string => keccak256(concat(["0x01", left, right]));

/** The largest power of two below `count`. */
const split = (count: number): number => {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
};

/** The root over hashes of leaves. */
export function rootOf(hashes: readonly string[]): string {
  if (hashes.length === 1) return hashes[0]!;
  const half = split(hashes.length);
  return innerHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

/** The hashes beside the way from a leaf to the root. */
export function pathOf(hashes: readonly string[], position: number): string[] {
  if (hashes.length === 1) return [];
  const half = split(hashes.length);
  return position < half
    ? [...pathOf(hashes.slice(0, half), position), rootOf(hashes.slice(half))]
    : [...pathOf(hashes.slice(half), position - half), rootOf(hashes.slice(0, half))];
}

/** A whole tree, in memory. */
export class Tree {
  readonly hashes: string[];
  readonly root: string;

  constructor(readonly leaves: readonly string[]) {
    this.hashes = leaves.map((leaf, position) => leafHash(position, leaf));
    this.root = rootOf(this.hashes);
  }

  get leafCount(): bigint {
    return BigInt(this.leaves.length);
  }

  prove(position: number | bigint): Proof {
    return { leaf: this.leaves[Number(position)]!, path: pathOf(this.hashes, Number(position)) };
  }
}

/** So many bytes that nobody could guess. */
export const randomBytesOf = (size: number): Uint8Array => randomBytes(size);

/** A leaf of them. */
export const randomLeaf = (): string => hexlify(randomBytes(256));

export const randomTree = (leafCount: number): Tree => new Tree(Array.from({ length: leafCount }, randomLeaf));

/** A tree of 2^levels leaves of which only some are known: the rest is made up, as nobody will ever ask for it. */
export class SparseTree {
  readonly root: string;
  private readonly known: Map<bigint, string>[];

  constructor(
    readonly levels: number,
    readonly leaves: ReadonlyMap<bigint, string>,
  ) {
    let level = new Map([...leaves].map(([position, leaf]) => [position, leafHash(position, leaf)]));
    this.known = [level];
    for (let height = 0; height < levels; height++) {
      const above = new Map<bigint, string>();
      for (const index of level.keys()) {
        const left = index - (index % 2n);
        above.set(index / 2n, innerHash(this.at(height, left), this.at(height, left + 1n)));
      }
      this.known.push(above);
      level = above;
    }
    this.root = this.at(levels, 0n);
  }

  private at(height: number, index: bigint): string {
    return this.known[height]!.get(index) ?? keccak256(concat([toBeHex(height, 32), toBeHex(index, 32)]));
  }

  prove(position: bigint): Proof {
    const path: string[] = [];
    for (let height = 0, index = position; height < this.levels; height++, index /= 2n) path.push(this.at(height, index ^ 1n));
    return { leaf: this.leaves.get(position)!, path };
  }
}
