import type { Bytes } from "./bytes";
import { type DataKey, refuseBadDataKey } from "./data-key";
import { EncryptionError } from "./errors";
import { MIN_CHUNK_BYTES, parseHeader } from "./header";
import { type KeyOfEpoch, decryptBytes, encryptBytes } from "./stream";

/** Where in a bucket the link to an epoch's key lies, by custom. */
export function linkPath(epoch: number): string {
  return `.ddc/keys/${epoch}`;
}

/**
 * The key of an epoch for those who have that of a later one, so that new readers can read old files. It is an encrypted file, kept in the bucket
 * at {@link linkPath}: nothing on chain grows with the number of epochs.
 */
export async function linkKeys(older: DataKey, newer: DataKey): Promise<Bytes> {
  refuseBadDataKey(older.key);
  refuseBackwards(older.epoch, newer.epoch);
  return encryptBytes(newer, older.key, { chunkBytes: 2 * MIN_CHUNK_BYTES, context: linkContext(older.epoch) });
}

/** The key of an epoch from its link. The key of which later epoch that takes, the link says. */
export async function followLink(epoch: number, link: Uint8Array, keyOfEpoch: KeyOfEpoch): Promise<DataKey> {
  refuseBackwards(epoch, parseHeader(link).epoch);
  const key = await decryptBytes(keyOfEpoch, link, linkContext(epoch));
  refuseBadDataKey(key);
  return { epoch, key };
}

// Links that lead to later epochs only cannot go round in circles.
function refuseBackwards(older: number, newer: number): void {
  if (newer <= older) throw new EncryptionError("out-of-bounds", `Epoch ${newer} is not later than ${older}.`);
}

function linkContext(epoch: number): string {
  return `DDC key of epoch ${epoch}`;
}
