// The two primitives of both formats, from WebCrypto: HKDF-SHA-256 and AES-256-GCM.
import type { Bytes } from "./bytes";
import { EncryptionError } from "./errors";

/** How many bytes AES-256-GCM adds. */
export const TAG_BYTES = 16;

export const NONCE_BYTES = 12;

type CipherKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** An AES-256-GCM key by HKDF-SHA-256. */
export async function deriveCipherKey(secret: Bytes, salt: Bytes, info: Bytes): Promise<CipherKey> {
  const source = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const aes = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, source, aes, false, ["encrypt", "decrypt"]);
}

export async function seal(key: CipherKey, nonce: Bytes, plaintext: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plaintext));
}

export async function open(key: CipherKey, nonce: Bytes, ciphertext: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, ciphertext));
  } catch {
    throw new EncryptionError(
      "not-authentic",
      "This cannot be decrypted: the key is another one, or the bytes are not what was encrypted.",
    );
  }
}

export type { CipherKey };
