import { type Bytes, randomBytes } from "./bytes";
import { EncryptionError } from "./errors";

export const DATA_KEY_BYTES = 32;

/** The key that a bucket's data is encrypted with during one epoch. */
export interface DataKey {
  /** As the bucket registry counts them, from 0. A reader of earlier epochs only does not have the key of this one. */
  epoch: number;
  key: Bytes;
}

/** A bucket's key for an epoch. */
export function createDataKey(epoch = 0): DataKey {
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > 0xffff_ffff) {
    throw new EncryptionError("out-of-bounds", `${epoch} is not an epoch: they count from 0 to 2^32 - 1.`);
  }
  return { epoch, key: randomBytes(DATA_KEY_BYTES) };
}

/** The key of the next epoch. Earlier files stay as they are, and stay readable through {@link linkKeys}. */
export function rotateDataKey({ epoch }: Pick<DataKey, "epoch">): DataKey {
  return createDataKey(epoch + 1);
}

export function refuseBadDataKey(key: Uint8Array): void {
  if (key.length !== DATA_KEY_BYTES) {
    throw new EncryptionError("not-a-key", `A data key has ${DATA_KEY_BYTES} bytes; this one has ${key.length}.`);
  }
}
