import { type FileHandle, appendFile, open, readFile, rename, stat, writeFile } from "node:fs/promises";

import { hexlify } from "ethers";

import { UserError } from "../user-error";
import { type Commitment, HASH_SIZE, LEAF_SIZE, type StorageProof, hashAt, hashLeaves, leafIn, levelsFrom, pathIn } from "./tree";

// The tree over a file. Of its hashes only the roots of subtrees of 4,096 leaves (1 MiB) are kept, 32 bytes for each MiB, and what is
// above them; what is below is computed again from the file when one of its leaves is to be shown.

const LEAVES_PER_SUBTREE = 4_096;
const SUBTREE_SIZE = LEAVES_PER_SUBTREE * LEAF_SIZE;
const FORMAT = "ddc-storage-tree-1";

/** Which version of a file a tree is over. */
interface Version {
  /** The file's size in bytes. */
  size: number;
  /** When it was last changed (milliseconds since 1970). */
  changedAt: number;
}

/** A tree over a file. */
export interface FileTree extends Version {
  path: string;
  commitment: Commitment;
  /** The roots of its subtrees, and the levels above them. */
  levels: readonly Uint8Array[];
}

/**
 * The tree over a file as it is kept beside it; or else it is built now, reading the file once, a MiB at a time, and going on where an
 * interrupted attempt stopped.
 * @param onProgress Is told after each MiB how many bytes are done.
 */
export async function openFileTree(path: string, onProgress?: (done: number, size: number) => void): Promise<FileTree> {
  const { size, mtimeMs: changedAt } = await statFile(path);
  const version = { size, changedAt };
  const kept = await readRoots(savedPathOf(path), version);
  const count = Math.ceil(size / SUBTREE_SIZE);
  if (kept?.length === count * HASH_SIZE) return treeOf(path, version, kept);
  return treeOf(path, version, await buildRoots(path, version, onProgress));
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

/** Where a tree is kept. */
export function savedPathOf(path: string): string {
  return `${path}.storage-tree`;
}

/** The roots of the subtrees of a file, written down one after the other, so that none is computed twice. */
async function buildRoots(path: string, version: Version, onProgress?: (done: number, size: number) => void): Promise<Uint8Array> {
  const { size } = version;
  const unfinished = `${savedPathOf(path)}.part`;
  const done = (await readRoots(unfinished, version)) ?? new Uint8Array();
  const roots = new Uint8Array(Math.ceil(size / SUBTREE_SIZE) * HASH_SIZE);
  roots.set(done);
  await withFile(path, async (file) => {
    await writeFile(unfinished, Buffer.concat([headerOf(version), done])).catch((error: unknown) => {
      throw new UserError(`The tree over ${path} is kept in ${unfinished}, which cannot be written: ${String(error)}`);
    });
    for (let subtree = done.length / HASH_SIZE; subtree * SUBTREE_SIZE < size; subtree++) {
      const data = await readSubtree(file, path, size, subtree);
      const root = rootOf(levelsFrom(hashLeaves(data, subtree * LEAVES_PER_SUBTREE)));
      roots.set(root, subtree * HASH_SIZE);
      await appendFile(unfinished, root);
      onProgress?.(Math.min((subtree + 1) * SUBTREE_SIZE, size), size);
    }
  });
  await requireUnchanged(path, version);
  // A reader finds all of it, or nothing.
  await rename(unfinished, savedPathOf(path));
  return roots;
}

/** The stored tree of a file's version, as far as it is complete; undefined if it is of another version, or missing. */
async function readRoots(from: string, version: Version): Promise<Uint8Array | undefined> {
  const kept = await readFile(from).catch(() => undefined);
  const header = headerOf(version);
  if (kept?.subarray(0, header.length).equals(header) !== true) return undefined;
  const wholeHashes = Math.floor((kept.length - header.length) / HASH_SIZE);
  const most = Math.ceil(version.size / SUBTREE_SIZE);
  return new Uint8Array(kept.subarray(header.length, header.length + Math.min(wholeHashes, most) * HASH_SIZE));
}

/** The header before the roots of the subtrees in their file. */
function headerOf({ size, changedAt }: Version): Buffer {
  return Buffer.from(`${JSON.stringify({ format: FORMAT, size, changedAt })}\n`);
}

async function requireUnchanged(path: string, { size, changedAt }: Version): Promise<void> {
  const found = await statFile(path);
  if (found.size !== size || found.mtimeMs !== changedAt) throw new UserError(`${path} has changed while it was read.`);
}

function treeOf(path: string, { size, changedAt }: Version, roots: Uint8Array): FileTree {
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
