import { type Bytes, randomBytes } from "./bytes";
import { EncryptionError } from "./errors";

export const DATA_KEY_BYTES = 32;

/** The key that a bucket's data is encrypted with during one epoch. */
export interface DataKey {
  /** Counts from 1; whoever was a reader in an earlier epoch only does not have the key of this one. */
  epoch: number;
  key: Bytes;
}

/** A bucket's first key. */
export function createDataKey(epoch = 1): DataKey {
  if (!Number.isInteger(epoch) || epoch < 1 || epoch > 0xffff_ffff) {
    throw new EncryptionError("out-of-bounds", `${epoch} is not an epoch: they count from 1 to 2^32 - 1.`);
  }
  return { epoch, key: randomBytes(DATA_KEY_BYTES) };
}

/** The key of the next epoch. What was encrypted before stays as it is, and stays readable through {@link linkKeys}. */
export function rotateDataKey({ epoch }: Pick<DataKey, "epoch">): DataKey {
  return createDataKey(epoch + 1);
}

export function refuseBadDataKey(key: Uint8Array): void {
  if (key.length !== DATA_KEY_BYTES) {
    throw new EncryptionError("not-a-key", `A data key has ${DATA_KEY_BYTES} bytes; this one has ${key.length}.`);
  }
}
