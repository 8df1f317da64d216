import type { Bytes } from "./bytes";
import type { DataKey } from "./data-key";
import { refuseBadDataKey } from "./data-key";
import { EncryptionError } from "./errors";
import { MIN_CHUNK_BYTES } from "./header";
import { decryptBytes, encryptBytes } from "./stream";

/** Where in a bucket the link to an epoch's key lies, by convention. */
export function linkPath(epoch: number): string {
  return `.ddc/keys/${epoch}`;
}

/**
 * The key of an epoch for those who have that of the next one, so that new readers can read old files. It is an encrypted file, kept in the bucket
 * at {@link linkPath}: nothing on chain grows with the number of epochs.
 */
export async function linkKeys(older: DataKey, newer: DataKey): Promise<Bytes> {
  if (newer.epoch !== older.epoch + 1) {
    throw new EncryptionError("out-of-bounds", `Epoch ${newer.epoch} does not follow ${older.epoch}.`);
  }
  refuseBadDataKey(older.key);
  return encryptBytes(newer, older.key, { chunkBytes: 2 * MIN_CHUNK_BYTES, context: linkContext(older.epoch) });
}

/** Goes from the key of an epoch to that of the one before. */
export async function followLink(newer: DataKey, link: Uint8Array): Promise<DataKey> {
  const epoch = newer.epoch - 1;
  const key = await decryptBytes(() => newer, link, linkContext(epoch));
  refuseBadDataKey(key);
  return { epoch, key };
}

function linkContext(epoch: number): string {
  return `DDC key of epoch ${epoch}`;
}
