import { createCipheriv, createECDH, createHash, hkdfSync } from "node:crypto";

import { expect } from "chai";
import { getBytes, hexlify } from "ethers";

import { decryptBytes, recoverPublicKey, unwrapDataKey } from "../../../src/encryption";
import { encryptWith } from "../../../src/encryption/stream";
import { wrapWith } from "../../../src/encryption/wrap";
import vectors from "../../vectors/encryption.json";
import { pump } from "./bytes";

// The formats a second time, from docs/ENCRYPTION.md alone, with Node's own cryptography.
function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, 32));
}

function seal(key: Buffer, nonce: Buffer, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/^0x/, ""), "hex");
}

function uint(value: number | bigint | string, bytes: number): Buffer {
  return hex(
    BigInt(value)
      .toString(16)
      .padStart(2 * bytes, "0"),
  );
}

function wrapByHand(vector: (typeof vectors.wrappedKeys)[number]): string {
  const ephemeral = createECDH("secp256k1");
  ephemeral.setPrivateKey(hex(vector.ephemeralPrivateKey));
  const publicKey = ephemeral.getPublicKey(null, "compressed");
  const info = Buffer.concat([
    Buffer.from("DDC wrapped key v1"),
    publicKey,
    hex(vector.readerPublicKey),
    uint(vector.chainId, 32),
    hex(vector.bucketRegistry),
    uint(vector.bucketId, 4),
    uint(vector.epoch, 4),
    hex(vector.reader),
  ]);
  const key = hkdf(ephemeral.computeSecret(hex(vector.readerPublicKey)), Buffer.alloc(0), info);
  return hexlify(Buffer.concat([Buffer.of(1), publicKey, seal(key, Buffer.alloc(12), hex(vector.dataKey))]));
}

function encryptByHand(vector: (typeof vectors.files)[number]): Buffer {
  const plaintext = Buffer.from(Array.from({ length: vector.plaintextLength }, (_, i) => i % 251));
  const header = Buffer.concat([Buffer.from("DDCE"), Buffer.of(1), uint(vector.epoch, 4), uint(vector.chunkBytes, 4), hex(vector.salt)]);
  const info = Buffer.concat([Buffer.from("DDC file v1"), header, Buffer.from(vector.context, "utf8")]);
  const key = hkdf(hex(vector.dataKey), hex(vector.salt), info);
  const chunks = Math.max(1, Math.ceil(plaintext.length / vector.chunkBytes));
  const sealed = Array.from({ length: chunks }, (_, i) => {
    const nonce = Buffer.concat([uint(i, 11), Buffer.of(i === chunks - 1 ? 1 : 0)]);
    return seal(key, nonce, plaintext.subarray(i * vector.chunkBytes, (i + 1) * vector.chunkBytes));
  });
  return Buffer.concat([header, ...sealed]);
}

describe("src/encryption: test vectors", () => {
  for (const vector of vectors.publicKeys) {
    it(`the public key of ${vector.account}`, () => {
      expect(hexlify(recoverPublicKey(vector.account, vector.signature))).to.equal(vector.publicKey);
    });
  }

  for (const vector of vectors.wrappedKeys) {
    const place = { ...vector, chainId: BigInt(vector.chainId), bucketId: BigInt(vector.bucketId) };
    const dataKey = { epoch: vector.epoch, key: Uint8Array.from(getBytes(vector.dataKey)) };

    it(`a key of bucket ${vector.bucketId}, epoch ${vector.epoch}, chain ${vector.chainId}`, async () => {
      expect(hexlify(await wrapWith(vector.ephemeralPrivateKey, dataKey, place, vector.readerPublicKey))).to.equal(vector.wrapped);
      expect(await unwrapDataKey(getBytes(vector.wrapped), vector.epoch, place, vector.readerPrivateKey)).to.deep.equal(dataKey);
      expect(wrapByHand(vector)).to.equal(vector.wrapped);
    });
  }

  for (const vector of vectors.files) {
    it(`a file of ${vector.plaintextLength} bytes in chunks of ${vector.chunkBytes}`, async () => {
      const byHand = encryptByHand(vector);
      expect(byHand.length).to.equal(vector.encryptedLength);
      expect(`0x${createHash("sha256").update(byHand).digest("hex")}`).to.equal(vector.encryptedSha256);
      if (vector.encrypted !== undefined) expect(hexlify(byHand)).to.equal(vector.encrypted);

      const dataKey = { epoch: vector.epoch, key: Uint8Array.from(getBytes(vector.dataKey)) };
      const plaintext = await decryptBytes(() => dataKey, byHand, vector.context);
      const header = { epoch: vector.epoch, chunkBytes: vector.chunkBytes, salt: Uint8Array.from(getBytes(vector.salt)) };
      expect(await pump(plaintext, encryptWith(header, dataKey, vector.context), [1_000])).to.deep.equal(byHand);
    });
  }
});
