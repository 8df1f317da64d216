// Encrypted files: a header and chunks of AES-256-GCM in the manner of STREAM. docs/ENCRYPTION.md has the format byte by byte.
import { type Bytes, concatBytes } from "./bytes";
import { Pieces, chunkNonce } from "./chunks";
import { type CipherKey, TAG_BYTES, open, seal } from "./cipher";
import type { DataKey } from "./data-key";
import { EncryptionError } from "./errors";
import { type FileHeader, HEADER_BYTES, createHeader, deriveFileKey, parseHeader, serializeHeader } from "./header";

export interface EncryptOptions {
  /** How many bytes of plaintext are in each chunk. */
  chunkBytes?: number;
  /** Identifies the file, for example by bucket and path. Decryption needs the same context. */
  context?: string;
}

/** Which key a file of an epoch takes. */
export type KeyOfEpoch = (epoch: number) => DataKey | Promise<DataKey>;

/** Encrypts what flows through. Memory holds one chunk, whatever the length of the file. */
export function encryptStream(dataKey: DataKey, { chunkBytes, context }: EncryptOptions = {}): TransformStream<Uint8Array, Bytes> {
  return encryptWith(createHeader(dataKey.epoch, chunkBytes), dataKey, context);
}

/**
 * Decrypts what flows through. Memory holds one chunk, whatever the length of the file.
 *
 * Each piece that comes out is authentic and in its place; only when the stream ends without an error is it the whole file. A caller that cannot use a part of a file
 * holds the output back until then.
 */
export function decryptStream(keyOfEpoch: KeyOfEpoch, context = ""): TransformStream<Uint8Array, Bytes> {
  let head: Bytes = new Uint8Array();
  let file: OpenFile | undefined;
  return new TransformStream({
    async transform(bytes, controller) {
      let rest = bytes;
      if (file === undefined) {
        const missing = HEADER_BYTES - head.length;
        head = concatBytes(head, bytes.subarray(0, missing));
        rest = bytes.subarray(missing);
        if (head.length < HEADER_BYTES) return;
        file = await openFile(head, keyOfEpoch, context);
      }
      for (const piece of file.pieces.add(rest)) controller.enqueue(await open(file.key, chunkNonce(file.chunks++, false), piece));
    },
    async flush(controller) {
      if (file === undefined) throw new EncryptionError("not-this-format", "These bytes are too few to be an encrypted file.");
      const last = await open(file.key, chunkNonce(file.chunks, true), file.pieces.rest());
      // One file has one form: only an empty one ends with an empty chunk.
      if (last.length === 0 && file.chunks > 0) throw new EncryptionError("not-authentic", "The last chunk is empty.");
      if (last.length > 0) controller.enqueue(last);
    },
  });
}

export async function encryptBytes(dataKey: DataKey, plaintext: Uint8Array, options?: EncryptOptions): Promise<Bytes> {
  return throughStream(plaintext, encryptStream(dataKey, options));
}

/** All or nothing. */
export async function decryptBytes(keyOfEpoch: KeyOfEpoch, encrypted: Uint8Array, context?: string): Promise<Bytes> {
  return throughStream(encrypted, decryptStream(keyOfEpoch, context));
}

/** How long an encrypted file is. */
export function encryptedLength(plaintextBytes: number, chunkBytes: number): number {
  return HEADER_BYTES + plaintextBytes + TAG_BYTES * Math.max(1, Math.ceil(plaintextBytes / chunkBytes));
}

/** {@link encryptStream} with a given header: for test vectors. With a salt that is used twice, this keeps no secret. */
export function encryptWith(header: FileHeader, dataKey: DataKey, context = ""): TransformStream<Uint8Array, Bytes> {
  const head = serializeHeader(header);
  const pieces = new Pieces(header.chunkBytes);
  let key: CipherKey | undefined;
  let chunks = 0;
  return new TransformStream({
    async start(controller) {
      key = await deriveFileKey(dataKey, header, context);
      controller.enqueue(head);
    },
    async transform(bytes, controller) {
      for (const piece of pieces.add(bytes)) controller.enqueue(await seal(started(key), chunkNonce(chunks++, false), piece));
    },
    async flush(controller) {
      controller.enqueue(await seal(started(key), chunkNonce(chunks, true), pieces.rest()));
    },
  });
}

interface OpenFile {
  key: CipherKey;
  pieces: Pieces;
  chunks: number;
}

async function openFile(head: Bytes, keyOfEpoch: KeyOfEpoch, context: string): Promise<OpenFile> {
  const header = parseHeader(head);
  const key = await deriveFileKey(await keyOfEpoch(header.epoch), header, context);
  return { key, pieces: new Pieces(header.chunkBytes + TAG_BYTES), chunks: 0 };
}

function started(key: CipherKey | undefined): CipherKey {
  if (key === undefined) throw new Error("streams call start before all else");
  return key;
}

async function throughStream(input: Uint8Array, stream: TransformStream<Uint8Array, Bytes>): Promise<Bytes> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(input);
      controller.close();
    },
  });
  // Not `for await`: not every browser iterates over streams.
  const reader = source.pipeThrough(stream).getReader();
  const parts: Bytes[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  return concatBytes(...parts);
}
