// Nonces in files, so that a node that was restarted knows which were used. One file per minute of expiry: what expired is deleted as a whole.
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type NonceLimits, NonceMemory, type NonceOutcome, type NonceStore, type NonceUse, minuteOf } from "../requests/nonces";

const ADDRESS_BYTES = 20;
const RECORD_BYTES = ADDRESS_BYTES + 32;
const FLOOR = "floor";
const SUFFIX = ".nonces";

/** A store of nonces that survives restarts, also sudden ones of the process. (A machine that loses power may forget the last seconds.) */
export interface NonceLog extends NonceStore {
  close: () => Promise<void>;
}

/**
 * Opens the log in a directory, for one process.
 * @param now Unix seconds.
 */
export async function openNonceLog(directory: string, now: number, limits?: NonceLimits): Promise<NonceLog> {
  await mkdir(directory, { recursive: true });
  const memory = new NonceMemory(limits);
  memory.forget(Math.max(await readFloor(directory), minuteOf(now)));
  for (const minute of await minutesIn(directory)) await load(directory, minute, memory);
  return new Log(directory, memory);
}

interface MinuteFile {
  handle: FileHandle;
  /** Up to where it holds whole records. Incomplete data beyond it is overwritten. */
  length: number;
}

interface Waiting {
  use: NonceUse;
  written: () => void;
  failed: (error: unknown) => void;
}

class Log implements NonceLog {
  readonly #files = new Map<number, MinuteFile>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #floor = 0;

  constructor(
    private readonly directory: string,
    private readonly memory: NonceMemory,
  ) {}

  peek(use: NonceUse, now: number): NonceOutcome {
    return this.memory.peek(use, now);
  }

  async use(use: NonceUse, now: number): Promise<NonceOutcome> {
    const outcome = this.memory.useNow(use, now);
    if (outcome === "fresh") await this.#write(use);
    return outcome;
  }

  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    for (const { handle } of this.#files.values()) await handle.close();
    this.#files.clear();
  }

  /** All that come while one write is under way share the next one. */
  #write(use: NonceUse): Promise<void> {
    return new Promise((written, failed) => {
      this.#waiting.push({ use, written, failed });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.memory.floor > this.#floor) await this.#forget(this.memory.floor);
        for (const [minute, records] of byMinute(batch)) await append(await this.#fileOf(minute), records);
        for (const { written } of batch) written();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    // At once, with nothing awaited since there was nothing left to write: who comes now begins a new round.
    this.#writing = undefined;
  }

  async #fileOf(minute: number): Promise<MinuteFile> {
    const known = this.#files.get(minute);
    if (known !== undefined) return known;
    const handle = await open(pathOf(this.directory, minute), constants.O_RDWR | constants.O_CREAT);
    const file = { handle, length: wholeRecords((await handle.stat()).size) };
    this.#files.set(minute, file);
    return file;
  }

  async #forget(floor: number): Promise<void> {
    // First the floor: what is deleted must not be taken again by a clock that goes back over a restart.
    const fresh = join(this.directory, `${FLOOR}.new`);
    await writeFile(fresh, String(floor));
    await rename(fresh, join(this.directory, FLOOR));
    for (const minute of await minutesIn(this.directory)) {
      if (minute >= floor) continue;
      await this.#files.get(minute)?.handle.close();
      this.#files.delete(minute);
      await rm(pathOf(this.directory, minute));
    }
    this.#floor = floor;
  }
}

async function load(directory: string, minute: number, memory: NonceMemory): Promise<void> {
  if (minute < memory.floor) return;
  const bytes = await readFile(pathOf(directory, minute));
  // Half a record at the end is of a request that was not answered.
  for (let at = 0; at < wholeRecords(bytes.length); at += RECORD_BYTES) {
    const account = `0x${bytes.toString("hex", at, at + ADDRESS_BYTES)}`;
    const nonce = `0x${bytes.toString("hex", at + ADDRESS_BYTES, at + RECORD_BYTES)}`;
    memory.remember({ account, nonce, expiry: minute * 60 });
  }
}

function byMinute(waiting: readonly Waiting[]): Map<number, Buffer[]> {
  const records = new Map<number, Buffer[]>();
  for (const { use } of waiting) {
    const minute = minuteOf(use.expiry);
    const known = records.get(minute);
    if (known === undefined) records.set(minute, [recordOf(use)]);
    else known.push(recordOf(use));
  }
  return records;
}

async function append(file: MinuteFile, records: readonly Buffer[]): Promise<void> {
  const bytes = Buffer.concat(records);
  for (let done = 0; done < bytes.length;) {
    done += (await file.handle.write(bytes, done, bytes.length - done, file.length + done)).bytesWritten;
  }
  file.length += bytes.length;
}

function wholeRecords(length: number): number {
  return length - (length % RECORD_BYTES);
}

async function readFloor(directory: string): Promise<number> {
  try {
    return Number(await readFile(join(directory, FLOOR), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}

async function minutesIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^[0-9]+\.nonces$/.test(name)).map((name) => Number(name.slice(0, -SUFFIX.length)));
}

function pathOf(directory: string, minute: number): string {
  return join(directory, `${minute}${SUFFIX}`);
}

function recordOf({ account, nonce }: NonceUse): Buffer {
  return Buffer.from(account.slice(2) + nonce.slice(2), "hex");
}
