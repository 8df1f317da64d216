import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { Readable, Writable } from "node:stream";

import { UserError } from "../../src";
import { optional, party, text, bucketId } from "./arguments";
import type { TaskContext } from "./context";
import { DataKeys, type KeySources, keySources } from "./data-keys";

/** Arguments of tasks that encrypt or decrypt a file. */
export const cryptArguments = {
  bucket: bucketId(),
  file: text("The file"),
  out: text("Output file; existing files are never overwritten"),
  path: text("The file's path in the bucket, for example photos/a.jpg"),
  as: optional(party("Reader whose key to use; 0 by default")),
  ...keySources,
};

/** The reader's keys of a bucket, and the file's identity: nodes cannot serve it as another one. */
export function keysAndName(
  context: TaskContext,
  { bucket, path, as, ...sources }: KeySources & { bucket: bigint; path: string; as: string | undefined },
): { keys: DataKeys; name: string } {
  const account = as ?? context.people.address("0");
  return { keys: new DataKeys(context, { bucketId: bucket, account }, sources), name: `${bucket}/${path}` };
}

/** Sends a file through a transformation. The result is there as a whole, or not at all. */
export async function transformFile(file: string, out: string, transform: TransformStream<Uint8Array, Uint8Array>): Promise<number> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`There is no file ${file}.`);
  if (existsSync(out)) throw new UserError(`${out} exists already.`);
  const fresh = `${out}.part`;
  const source = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  const target = Writable.toWeb(createWriteStream(fresh, { mode: 0o600 })) as WritableStream<Uint8Array>;
  try {
    await source.pipeThrough(transform).pipeTo(target);
    renameSync(fresh, out);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  return statSync(out).size;
}
