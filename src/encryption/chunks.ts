import { type Bytes, concatBytes } from "./bytes";
import { NONCE_BYTES } from "./cipher";
import { EncryptionError } from "./errors";

const MAX_CHUNKS = 2 ** 32;

/**
 * The nonce of a chunk: eight bytes of its number, from 0, after three of zero; then one that is 1 for the last chunk and 0 for the others. So a chunk
 * decrypts in its own place only, and a file that ends early has no last chunk.
 */
export function chunkNonce(index: number, isLast: boolean): Bytes {
  if (index >= MAX_CHUNKS) throw new EncryptionError("out-of-bounds", "A file has at most 2^32 chunks: choose larger ones.");
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 5, index);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts a stream of bytes into pieces of one length, and holds the last one back: whether it is the last is only known at the end. */
export class Pieces {
  #buffer: Bytes;
  #filled = 0;

  constructor(length: number) {
    this.#buffer = new Uint8Array(length);
  }

  /** Takes bytes in, and hands out each piece that is full and not the last. */
  *add(bytes: Uint8Array): Generator<Bytes> {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === this.#buffer.length) yield this.#take();
      const part = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** The rest at the end: at most one piece, perhaps empty. */
  rest(): Bytes {
    return concatBytes(this.#buffer.subarray(0, this.#filled));
  }

  #take(): Bytes {
    this.#filled = 0;
    return concatBytes(this.#buffer);
  }
}
