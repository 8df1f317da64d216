import { SigningKey, computeAddress, hashMessage, hexlify } from "ethers";

import { type DataKey, publicKeyMessage } from "../../src/encryption";
import { encryptWith } from "../../src/encryption/stream";
import { wrapWith } from "../../src/encryption/wrap";
import { Seed } from "./seed";

const seed = new Seed("DDC test vectors: encryption");

/** Examples of all that docs/ENCRYPTION.md describes, for other implementations. */
export async function encryptionVectors(): Promise<object> {
  const wrappedKeys = [];
  for (const [bucketId, epoch, chainId] of [
    [1, 1, 1n],
    [4_294_967_295, 2, 31_337n],
    [7, 4_294_967_295, 2n ** 64n],
  ] as const) {
    wrappedKeys.push(await wrappedKey(bucketId, epoch, chainId));
  }
  const files = [];
  for (const [length, chunkBytes] of [
    [0, 16],
    [1, 16],
    [16, 16],
    [17, 16],
    [48, 16],
    [100, 64],
    [70_000, 65_536],
  ] as const) {
    files.push(await file(length, chunkBytes, length % 2 === 0 ? "" : `1/größe ${length}`));
  }
  return {
    description: "docs/ENCRYPTION.md describes the formats. Bytes are in hexadecimal.",
    publicKeys: [publicKey()],
    wrappedKeys,
    files,
  };
}

function publicKey(): object {
  const signer = new SigningKey(seed.bytes(32));
  const account = computeAddress(signer.publicKey);
  const message = publicKeyMessage(account);
  return {
    privateKey: signer.privateKey,
    account,
    message,
    signature: signer.sign(hashMessage(message)).serialized,
    publicKey: signer.compressedPublicKey,
  };
}

async function wrappedKey(bucketId: number, epoch: number, chainId: bigint): Promise<object> {
  const reader = new SigningKey(seed.bytes(32));
  const ephemeralKey = seed.bytes(32);
  const bucketRegistry = computeAddress(new SigningKey(seed.bytes(32)).publicKey);
  const place = { chainId, bucketRegistry, bucketId: BigInt(bucketId), reader: computeAddress(reader.publicKey) };
  const dataKey: DataKey = { epoch, key: seed.byteArray(32) };
  return {
    ...place,
    chainId: String(chainId),
    bucketId,
    epoch,
    readerPrivateKey: reader.privateKey,
    readerPublicKey: reader.compressedPublicKey,
    ephemeralPrivateKey: ephemeralKey,
    dataKey: hexlify(dataKey.key),
    wrapped: hexlify(await wrapWith(ephemeralKey, dataKey, place, reader.publicKey)),
  };
}

async function file(length: number, chunkBytes: number, context: string): Promise<object> {
  const dataKey: DataKey = { epoch: 3, key: seed.byteArray(32) };
  const salt = seed.byteArray(32);
  // A rule instead of the bytes: a large file is not worth its place in the repository.
  const plaintext = Uint8Array.from({ length }, (_, i) => i % 251);
  const encrypted = await through(plaintext, encryptWith({ epoch: dataKey.epoch, chunkBytes, salt }, dataKey, context));
  return {
    plaintextLength: length,
    plaintextRule: "byte i is i mod 251",
    chunkBytes,
    epoch: dataKey.epoch,
    context,
    dataKey: hexlify(dataKey.key),
    salt: hexlify(salt),
    encryptedLength: encrypted.length,
    encryptedSha256: await sha256(encrypted),
    ...(encrypted.length <= 512 ? { encrypted: hexlify(encrypted) } : {}),
  };
}

async function through(bytes: Uint8Array, stream: TransformStream<Uint8Array, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const whole = new Uint8Array(await new Response(stream.readable).arrayBuffer());
  await written;
  return whole;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hexlify(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
