// Files in an embedded database. Incoming data lies apart, in chunks without an entry; one atomic step at its end makes it the file.
import { randomBytes } from "node:crypto";
import { mkdir, statfs } from "node:fs/promises";

import { ClassicLevel } from "classic-level";

import { Failure } from "../shared/failure";
import { Cache } from "./cache";
import { chunksOf } from "./chunks";
import { type Version, compareVersions } from "./version";

/** A file as the database has it; a deleted one goes on being known, so that no older copy comes back. */
export interface Entry extends Version {
  deleted: boolean;
  size: number;
  /** Where its pieces are, and how many. */
  id: string;
  chunks: number;
  /** The signed request that wrote or deleted it: with it other nodes can see for themselves whose it is. */
  authorization: string;
}

export type Claim = Pick<Entry, "expiry" | "bodyHash" | "authorization">;

export interface FileKey {
  bucketId: bigint;
  path: string;
}

export interface StoredFile {
  entry: Entry;
  /** A small file as a whole, a large one piece by piece, to be read to its end or returned. */
  body: Buffer | AsyncIterable<Uint8Array>;
}

export interface StoreOptions {
  /** The largest file, in bytes. */
  maxFileBytes?: number;
  /** How many bytes of small files to keep in memory. */
  cacheBytes?: number;
  /** How much of the disk to leave free. */
  minFreeBytes?: number;
}

const DEFAULTS = { maxFileBytes: 1_073_741_824, cacheBytes: 67_108_864, minFreeBytes: 67_108_864 };
const CHUNK_BYTES = 65_536;

export class Store {
  readonly #options: Required<StoreOptions>;
  readonly #cache: Cache<StoredFile>;
  readonly #files;
  readonly #chunks;
  readonly #unfinished;
  readonly #committing = new Map<string, Promise<unknown>>();
  #commits = 0;

  private constructor(
    private readonly directory: string,
    private readonly database: ClassicLevel,
    options: StoreOptions,
  ) {
    this.#options = { ...DEFAULTS, ...options };
    this.#cache = new Cache(this.#options.cacheBytes);
    this.#files = database.sublevel<string, Entry>("files", { valueEncoding: "json" });
    this.#chunks = database.sublevel<string, Buffer>("chunks", { valueEncoding: "buffer" });
    this.#unfinished = database.sublevel("unfinished");
  }

  /** Opens the database in a directory, for one process, and throws away what was left unfinished there. */
  static async open(directory: string, options: StoreOptions = {}): Promise<Store> {
    await mkdir(directory, { recursive: true });
    const database = new ClassicLevel(directory);
    await database.open();
    const store = new Store(directory, database, options);
    for await (const id of store.#unfinished.keys()) await store.#forget(id);
    return store;
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  get maxFileBytes(): number {
    return this.#options.maxFileBytes;
  }

  /** Reads the entry of a file and a snapshot of its bytes. */
  async read(file: FileKey): Promise<StoredFile | undefined> {
    const key = keyOf(file);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const commits = this.#commits;
    const snapshot = this.database.snapshot();
    let isHandedOn = false;
    try {
      const entry = await this.#files.get(key, { snapshot });
      if (entry === undefined) return undefined;
      if (entry.chunks > 1) {
        isHandedOn = true;
        return { entry, body: this.#bodyOf(entry, snapshot) };
      }
      const body = entry.chunks === 0 ? Buffer.alloc(0) : await this.#chunks.get(chunkKey(entry.id, 0), { snapshot });
      if (body === undefined) throw new Error(`the only chunk of ${key} is missing`);
      // A later write is newer than this snapshot.
      if (commits === this.#commits) this.#cache.set(key, { entry, body }, body.length + entry.authorization.length);
      return { entry, body };
    } finally {
      if (!isHandedOn) await snapshot.close();
    }
  }

  /** Reads the entry of a file. */
  async look(file: FileKey): Promise<Entry | undefined> {
    return this.#cache.get(keyOf(file))?.entry ?? (await this.#files.get(keyOf(file)));
  }

  /** Takes a file in, or leaves everything as it was: if the body fails, there is a newer version, or no room. */
  async write(file: FileKey, claim: Claim, body: AsyncIterable<Uint8Array>): Promise<Entry> {
    refuseOlder(await this.look(file), claim);
    await this.#refuseFullDisk();
    const id = randomBytes(16).toString("hex");
    try {
      await this.#unfinished.put(id, "");
      const entry = { ...claim, ...(await this.#takeIn(id, body)), deleted: false };
      return await this.#commit(file, entry);
    } catch (error) {
      // If even this fails, the next start does it.
      await this.#forget(id).catch(() => undefined);
      throw asFailure(error);
    }
  }

  /** Deletes a file, whether there is one here or not: an older copy must not come back. */
  async delete(file: FileKey, claim: Claim): Promise<Entry> {
    refuseOlder(await this.look(file), claim);
    try {
      return await this.#commit(file, { ...claim, deleted: true, size: 0, chunks: 0, id: "" });
    } catch (error) {
      throw asFailure(error);
    }
  }

  /** Lists a bucket by path, deleted files included. */
  async list(bucketId: bigint, after: string, limit: number): Promise<{ path: string; entry: Entry }[]> {
    const prefix = prefixOf(bucketId);
    const found = await this.#files.iterator({ gt: prefix + after, lt: prefixOf(bucketId + 1n), limit }).all();
    return found.map(([key, entry]) => ({ path: key.slice(prefix.length), entry }));
  }

  async #takeIn(id: string, body: AsyncIterable<Uint8Array>): Promise<{ id: string; size: number; chunks: number }> {
    let size = 0;
    let chunks = 0;
    for await (const chunk of chunksOf(body, CHUNK_BYTES)) {
      size += chunk.length;
      if (size > this.#options.maxFileBytes) throw tooLarge(this.#options.maxFileBytes);
      await this.#chunks.put(chunkKey(id, chunks), chunk);
      chunks += 1;
    }
    return { id, size, chunks };
  }

  /** One at a time for each key: of two that write it, the newer version wins, in any order. */
  async #commit(file: FileKey, entry: Entry): Promise<Entry> {
    const key = keyOf(file);
    const before = this.#committing.get(key) ?? Promise.resolve();
    const commit = before.then(() => this.#commitNow(key, entry));
    const settled = commit.catch(() => undefined);
    this.#committing.set(key, settled);
    try {
      return await commit;
    } finally {
      if (this.#committing.get(key) === settled) this.#committing.delete(key);
    }
  }

  async #commitNow(key: string, entry: Entry): Promise<Entry> {
    const old = await this.#files.get(key);
    refuseOlder(old, entry);
    if (old !== undefined && compareVersions(old, entry) === 0) {
      await this.#forget(entry.id);
      return old;
    }
    const batch = this.database.batch().put(key, entry, { sublevel: this.#files });
    if (entry.id !== "") batch.del(entry.id, { sublevel: this.#unfinished });
    for (let i = 0; i < (old?.chunks ?? 0); i += 1) batch.del(chunkKey(old?.id ?? "", i), { sublevel: this.#chunks });
    // On the disk before it is said to be stored.
    await batch.write({ sync: true });
    this.#commits += 1;
    this.#cache.delete(key);
    return entry;
  }

  /** Not a generator: an unread one would not release its snapshot. */
  #bodyOf({ id, chunks }: Entry, snapshot: ReturnType<ClassicLevel["snapshot"]>): AsyncIterableIterator<Uint8Array> {
    let next = 0;
    const finish = async (): Promise<IteratorReturnResult<undefined>> => {
      await snapshot.close();
      return { done: true, value: undefined };
    };
    return {
      next: async () => {
        if (next === chunks) return finish();
        const value = await this.#chunks.get(chunkKey(id, next), { snapshot });
        if (value === undefined) throw new Error(`chunk ${next} of ${id} is missing`);
        next += 1;
        return { done: false, value };
      },
      return: finish,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Throws away the pieces of one write. */
  async #forget(id: string): Promise<void> {
    if (id === "") return;
    await this.#chunks.clear({ gte: chunkKey(id, 0), lte: chunkKey(id, 0xffff_ffff) });
    await this.#unfinished.del(id);
  }

  async #refuseFullDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    if (bavail * bsize < this.#options.minFreeBytes) throw new Failure("disk-full", "This node has no room for more.");
  }
}

export function tooLarge(most: number): Failure {
  return new Failure("too-large", `A file has at most ${most} bytes here.`);
}

function refuseOlder(known: Version | undefined, claim: Version): void {
  if (known === undefined || compareVersions(claim, known) >= 0) return;
  const message = "There is a newer version already: this one came late, or its writer's clock is.";
  throw new Failure("newer", message, { version: known.expiry });
}

/** Turns a write error of the database into a failure of the disk. */
function asFailure(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "LEVEL_IO_ERROR" && !/IO error|No space left|File too large/.test(String(error))) return error;
  return new Failure("disk-full", "This node cannot write to its disk.", {}, { cause: error });
}

function prefixOf(bucketId: bigint): string {
  return `${bucketId.toString(16).padStart(9, "0")}/`;
}

function keyOf({ bucketId, path }: FileKey): string {
  return prefixOf(bucketId) + path;
}

function chunkKey(id: string, index: number): string {
  return id + index.toString(16).padStart(8, "0");
}
