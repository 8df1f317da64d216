import { type Bytes, concatBytes, randomBytes, readUint32, uint32Bytes, utf8 } from "./bytes";
import { type CipherKey, deriveCipherKey } from "./cipher";
import { type DataKey, refuseBadDataKey } from "./data-key";
import { EncryptionError } from "./errors";

const MAGIC = utf8("DDCE");
const VERSION = 1;
const LABEL = utf8("DDC file v1");
const SALT_BYTES = 32;

export const HEADER_BYTES = 4 + 1 + 4 + 4 + SALT_BYTES;

export const DEFAULT_CHUNK_BYTES = 65_536;
export const MIN_CHUNK_BYTES = 16;
/** A header is not yet authentic when memory is set aside for its chunks. */
export const MAX_CHUNK_BYTES = 1_048_576;

/** The header of an encrypted file. */
export interface FileHeader {
  /** Which of the bucket's keys decrypts it. */
  epoch: number;
  /** How many bytes of plaintext are in each chunk but the last. */
  chunkBytes: number;
  salt: Bytes;
}

export function createHeader(epoch: number, chunkBytes = DEFAULT_CHUNK_BYTES): FileHeader {
  return { epoch, chunkBytes, salt: randomBytes(SALT_BYTES) };
}

export function serializeHeader({ epoch, chunkBytes, salt }: FileHeader): Bytes {
  refuseBadChunkSize(chunkBytes);
  return concatBytes(MAGIC, Uint8Array.of(VERSION), uint32Bytes(epoch), uint32Bytes(chunkBytes), salt);
}

/** Reads the first bytes of an encrypted file, for example to see which epoch's key it takes. */
export function parseHeader(bytes: Uint8Array): FileHeader {
  if (bytes.length < HEADER_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new EncryptionError("not-this-format", "These bytes are not an encrypted file.");
  }
  if (bytes[4] !== VERSION) throw new EncryptionError("version-unknown", "The encrypted file is of an unknown version.");
  const header = { epoch: readUint32(bytes, 5), chunkBytes: readUint32(bytes, 9), salt: concatBytes(bytes.subarray(13, HEADER_BYTES)) };
  refuseBadChunkSize(header.chunkBytes);
  return header;
}

/**
 * The key of one file. The whole header and the context go into it, so that neither can be changed, and no two files share a key.
 * @param context Identifies the file, for example by bucket and path; a file that is served as another one is refused.
 */
export async function deriveFileKey({ key }: Pick<DataKey, "key">, header: FileHeader, context: string): Promise<CipherKey> {
  refuseBadDataKey(key);
  return deriveCipherKey(key, header.salt, concatBytes(LABEL, serializeHeader(header), utf8(context)));
}

function refuseBadChunkSize(chunkBytes: number): void {
  if (!Number.isInteger(chunkBytes) || chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
    throw new EncryptionError("out-of-bounds", `Chunks have ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES} bytes; these have ${chunkBytes}.`);
  }
}
