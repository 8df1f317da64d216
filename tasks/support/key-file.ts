import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

import { z } from "zod";

import { UserError } from "../../src";

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`));

const schema = z.strictObject({
  chainId: z.string(),
  bucketRegistry: z.string(),
  bucketId: z.string(),
  keys: z.array(
    z.strictObject({
      epoch: z.int().min(0).max(0xffff_ffff),
      key: hex(32),
      /** The key as it was wrapped for the file's keeper. If the registry has another one, another device was first, and this key is void. */
      wrapped: z.string().optional(),
    }),
  ),
  readers: z.array(z.strictObject({ reader: hex(20), publicKey: hex(33) })),
});

/** The key file of a bucket: its data keys, and the readers of each. A holder of the file can read the bucket. */
export type KeyFile = z.infer<typeof schema>;

/** Which bucket a key file is for. */
export type KeyFilePlace = Pick<KeyFile, "chainId" | "bucketRegistry" | "bucketId">;

/** Reads a key file; one that is not there has nothing in it. */
export function openKeyFile(path: string, place: KeyFilePlace): KeyFile {
  if (!existsSync(path)) return { ...place, keys: [], readers: [] };
  const file = parse(path);
  if (file.chainId !== place.chainId || file.bucketRegistry !== place.bucketRegistry || file.bucketId !== place.bucketId) {
    throw new UserError(
      `${path} has the keys of bucket ${file.bucketId} on chain ${file.chainId}, registry ${file.bucketRegistry}, and not of this one. ` +
        "Each bucket has a file of its own.",
    );
  }
  return file;
}

/** Writes the file atomically, readable by its owner only. */
export function saveKeyFile(path: string, file: KeyFile): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, path);
}

function parse(path: string): KeyFile {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // A detailed message could leak a key.
    throw new UserError(`${path} is not a key file as bucket:publish-keys makes them.`);
  }
}
