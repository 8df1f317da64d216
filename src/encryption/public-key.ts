import { type BytesLike, Signature, SigningKey, computeAddress, getAddress, getBytes, hashMessage } from "ethers";

import { type Bytes, concatBytes } from "./bytes";
import { EncryptionError } from "./errors";

/** A compressed public key of secp256k1. */
export const PUBLIC_KEY_BYTES = 33;

/** The text that an account signs (as a personal message, EIP-191) to reveal its public key for encryption. */
export function publicKeyMessage(account: string): string {
  return `DDC: let others encrypt for my account ${getAddress(account)}.\n\nThis shows my public key. It moves nothing and permits nothing.`;
}

/** The public key of an account, from its signature of {@link publicKeyMessage}. */
export function recoverPublicKey(account: string, signature: string): Bytes {
  const digest = hashMessage(publicKeyMessage(account));
  const publicKey = asKey("The signature is not one.", () => SigningKey.recoverPublicKey(digest, Signature.from(signature)));
  return accountPublicKey(account, publicKey);
}

/** Checks a public key that is claimed to be an account's. Contract accounts have none: their readers give a key of their own. */
export function accountPublicKey(account: string, publicKey: BytesLike): Bytes {
  const compressed = compressPublicKey(publicKey);
  const owner = computeAddress(SigningKey.computePublicKey(compressed));
  if (owner !== getAddress(account)) {
    throw new EncryptionError("not-the-account", `The public key is that of ${owner}, not of ${getAddress(account)}.`);
  }
  return compressed;
}

/** A public key as 33 bytes, if it is a point of the curve. */
export function compressPublicKey(publicKey: BytesLike): Bytes {
  return asKey("The public key is not a point of secp256k1 in 33 or 65 bytes.", () => {
    const bytes = getBytes(publicKey);
    // Ethers takes 32 bytes for a private key.
    if (bytes.length !== PUBLIC_KEY_BYTES && bytes.length !== 65) throw new Error("wrong length");
    return concatBytes(getBytes(SigningKey.computePublicKey(bytes, true)));
  });
}

/** The shared secret of two keys: the x coordinate of private key x public key. */
export function sharedSecret(privateKey: BytesLike, publicKey: Uint8Array): Bytes {
  const point = asKey("The private key is not one of secp256k1.", () => new SigningKey(privateKey).computeSharedSecret(publicKey));
  return concatBytes(getBytes(point).subarray(1, 33));
}

export function publicKeyOf(privateKey: BytesLike): Bytes {
  return concatBytes(getBytes(asKey("The private key is not one of secp256k1.", () => new SigningKey(privateKey).compressedPublicKey)));
}

function asKey<T>(problem: string, convert: () => T): T {
  try {
    return convert();
  } catch {
    throw new EncryptionError("not-a-key", problem);
  }
}
