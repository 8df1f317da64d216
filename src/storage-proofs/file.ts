import { type FileHandle, open, readFile, rename, stat, writeFile } from "node:fs/promises";

import { hexlify } from "ethers";

import { UserError } from "../user-error";
import { type Commitment, HASH_SIZE, LEAF_SIZE, type StorageProof, hashAt, hashLeaves, leafIn, levelsFrom, pathIn } from "./tree";

// The tree over a file. Of its hashes only the roots of subtrees of 4,096 leaves (1 MiB) are kept, 32 bytes for each MiB, and what is
// above them; what is below is computed again from the file when one of its leaves is to be shown.

const LEAVES_PER_SUBTREE = 4_096;
const SUBTREE_SIZE = LEAVES_PER_SUBTREE * LEAF_SIZE;
const FORMAT = "ddc-storage-tree-1";

/** A tree over a file. */
export interface FileTree {
  path: string;
  /** The file's size in bytes. */
  size: number;
  /** When it was last changed (milliseconds since 1970). */
  changedAt: number;
  commitment: Commitment;
  /** The roots of its subtrees, and the levels above them. */
  levels: readonly Uint8Array[];
}

/** What precedes the roots of the subtrees where a tree is saved. */
interface Header {
  format: string;
  size: number;
  changedAt: number;
}

/**
 * Builds the tree over a file, reading it once, a MiB at a time.
 * @param onProgress Is told after each MiB how many bytes are done.
 */
export async function buildFileTree(path: string, onProgress?: (done: number, size: number) => void): Promise<FileTree> {
  const { size, mtimeMs: changedAt } = await statFile(path);
  const roots = new Uint8Array(Math.ceil(size / SUBTREE_SIZE) * HASH_SIZE);
  await withFile(path, async (file) => {
    for (let subtree = 0; subtree * SUBTREE_SIZE < size; subtree++) {
      const data = await readSubtree(file, path, size, subtree);
      roots.set(rootOf(levelsFrom(hashLeaves(data, subtree * LEAVES_PER_SUBTREE))), subtree * HASH_SIZE);
      onProgress?.(Math.min((subtree + 1) * SUBTREE_SIZE, size), size);
    }
  });
  return treeOf(path, { size, changedAt }, roots);
}

/** The tree over a file as it was saved beside it, or else built now, and saved. */
export async function openFileTree(path: string, onProgress?: (done: number, size: number) => void): Promise<FileTree> {
  const saved = await loadFileTree(path);
  if (saved !== undefined) return saved;
  const tree = await buildFileTree(path, onProgress);
  await saveFileTree(tree);
  return tree;
}

/** The leaf at a position, and its path. Reads a MiB of the file, wherever that is. */
export async function proveLeaf(tree: FileTree, position: bigint): Promise<StorageProof> {
  if (position >= tree.commitment.leafCount) {
    throw new UserError(`${tree.path} has ${tree.commitment.leafCount} leaves: there is none at position ${position}.`);
  }
  const subtree = Math.floor(Number(position) / LEAVES_PER_SUBTREE);
  const index = Number(position) % LEAVES_PER_SUBTREE;
  const data = await withFile(tree.path, (file) => readSubtree(file, tree.path, tree.size, subtree));
  const below = levelsFrom(hashLeaves(data, subtree * LEAVES_PER_SUBTREE));
  const path = [...pathIn(below, index), ...pathIn(tree.levels, subtree)];
  return { leaf: hexlify(leafIn(data, index)), path: path.map((hash) => hexlify(hash)) };
}

/** Where a tree is saved. */
export function savedPathOf(path: string): string {
  return `${path}.storage-tree`;
}

async function saveFileTree({ path, size, changedAt, levels }: FileTree): Promise<void> {
  const header: Header = { format: FORMAT, size, changedAt };
  const [roots = new Uint8Array()] = levels;
  // Whoever reads it finds all of it, or nothing.
  const unfinished = `${savedPathOf(path)}.part`;
  await writeFile(unfinished, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), roots]));
  await rename(unfinished, savedPathOf(path));
}

/** The tree that was saved, unless the file has changed since. */
async function loadFileTree(path: string): Promise<FileTree | undefined> {
  const { size, mtimeMs: changedAt } = await statFile(path);
  const saved = await readFile(savedPathOf(path)).catch(() => undefined);
  const end = saved?.indexOf("\n") ?? -1;
  if (saved === undefined || end === -1) return undefined;
  const expected: Header = { format: FORMAT, size, changedAt };
  const roots = new Uint8Array(saved.subarray(end + 1));
  const isWhole = roots.length === Math.ceil(size / SUBTREE_SIZE) * HASH_SIZE;
  if (saved.subarray(0, end).toString() !== JSON.stringify(expected) || !isWhole) return undefined;
  return treeOf(path, { size, changedAt }, roots);
}

function treeOf(path: string, { size, changedAt }: Omit<Header, "format">, roots: Uint8Array): FileTree {
  const levels = levelsFrom(roots);
  const commitment = { root: hexlify(rootOf(levels)), leafCount: BigInt(Math.ceil(size / LEAF_SIZE)) };
  return { path, size, changedAt, commitment, levels };
}

function rootOf(levels: readonly Uint8Array[]): Uint8Array {
  return hashAt(levels.at(-1) ?? new Uint8Array(), 0);
}

async function statFile(path: string): Promise<{ size: number; mtimeMs: number }> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new UserError(`There is no file ${path}.`);
  if (found.size === 0) throw new UserError(`${path} is empty: there is nothing to commit to.`);
  return found;
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, "r");
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readSubtree(file: FileHandle, path: string, size: number, subtree: number): Promise<Uint8Array> {
  const start = subtree * SUBTREE_SIZE;
  const data = new Uint8Array(Math.min(SUBTREE_SIZE, size - start));
  for (let done = 0; done < data.length;) {
    const { bytesRead } = await file.read(data, done, data.length - done, start + done);
    if (bytesRead === 0) throw new UserError(`${path} has become shorter while it was read.`);
    done += bytesRead;
  }
  return data;
}
