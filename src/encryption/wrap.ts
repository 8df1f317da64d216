// A data key wrapped for one reader: ECIES on secp256k1. docs/ENCRYPTION.md has the format byte by byte.
import { type BytesLike, getBytes, toBeHex } from "ethers";

import { type Bytes, concatBytes, randomBytes, sameBytes, uint32Bytes, utf8 } from "./bytes";
import { type CipherKey, NONCE_BYTES, TAG_BYTES, deriveCipherKey, open, seal } from "./cipher";
import { DATA_KEY_BYTES, type DataKey, refuseBadDataKey } from "./data-key";
import { EncryptionError } from "./errors";
import { PUBLIC_KEY_BYTES, compressPublicKey, publicKeyOf, sharedSecret } from "./public-key";

const VERSION = 1;
const LABEL = utf8("DDC wrapped key v1");

/** How long a wrapped key is. */
export const WRAPPED_KEY_BYTES = 1 + PUBLIC_KEY_BYTES + DATA_KEY_BYTES + TAG_BYTES;

/** The reader and the bucket of the key. Both are mixed into the encryption: a wrapped key that is published elsewhere, or for another reader, is refused. */
export interface KeyPlace {
  chainId: bigint;
  /** The address of the bucket registry. */
  bucketRegistry: string;
  bucketId: bigint;
  /** The account that may read. */
  reader: string;
}

/** Wraps a data key for a reader's public key, as `publishKeys` takes it. */
export async function wrapDataKey(dataKey: DataKey, place: KeyPlace, publicKey: BytesLike): Promise<Bytes> {
  return wrapWith(randomPrivateKey(), dataKey, place, publicKey);
}

/** Unwraps what `keyOf` answers. The epoch is the one that it says. */
export async function unwrapDataKey(wrapped: Uint8Array, epoch: number, place: KeyPlace, privateKey: BytesLike): Promise<DataKey> {
  if (wrapped[0] !== VERSION) throw new EncryptionError("version-unknown", "The wrapped key is of an unknown version.");
  if (wrapped.length !== WRAPPED_KEY_BYTES) {
    throw new EncryptionError("not-this-format", `A wrapped key has ${WRAPPED_KEY_BYTES} bytes; this one has ${wrapped.length}.`);
  }
  const ephemeral = concatBytes(wrapped.subarray(1, 1 + PUBLIC_KEY_BYTES));
  const canonical = compressPublicKey(ephemeral);
  if (!sameBytes(ephemeral, canonical)) throw new EncryptionError("not-a-key", "The ephemeral key is not a compressed public key.");
  const secret = sharedSecret(privateKey, ephemeral);
  const wrappingKey = await deriveWrappingKey(secret, ephemeral, publicKeyOf(privateKey), epoch, place);
  return { epoch, key: await open(wrappingKey, NONCE, concatBytes(wrapped.subarray(1 + PUBLIC_KEY_BYTES))) };
}

/** {@link wrapDataKey} with a given ephemeral key: for test vectors. With a key that is used twice, this keeps no secret. */
export async function wrapWith(ephemeralKey: BytesLike, { epoch, key }: DataKey, place: KeyPlace, publicKey: BytesLike): Promise<Bytes> {
  refuseBadDataKey(key);
  const recipient = compressPublicKey(publicKey);
  const ephemeral = publicKeyOf(ephemeralKey);
  const wrappingKey = await deriveWrappingKey(sharedSecret(ephemeralKey, recipient), ephemeral, recipient, epoch, place);
  return concatBytes(Uint8Array.of(VERSION), ephemeral, await seal(wrappingKey, NONCE, key));
}

// Each wrapping key encrypts once: its ephemeral key is new.
const NONCE = new Uint8Array(NONCE_BYTES);

async function deriveWrappingKey(
  secret: Bytes,
  ephemeral: Bytes,
  recipient: Bytes,
  epoch: number,
  { chainId, bucketRegistry, bucketId, reader }: KeyPlace,
): Promise<CipherKey> {
  const info = concatBytes(
    LABEL,
    ephemeral,
    recipient,
    getBytes(toBeHex(chainId, 32)),
    getBytes(bucketRegistry),
    getBytes(toBeHex(bucketId, 4)),
    uint32Bytes(epoch),
    getBytes(reader),
  );
  return deriveCipherKey(secret, new Uint8Array(), info);
}

/** One draw in 2^128 is no private key; the next one is. */
function randomPrivateKey(): Bytes {
  for (;;) {
    const candidate = randomBytes(32);
    try {
      publicKeyOf(candidate);
      return candidate;
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
    }
  }
}
