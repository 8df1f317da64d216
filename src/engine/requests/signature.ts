import { SigningKey, computeAddress } from "ethers";

/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_ORDER = ORDER / 2n;

/** A signature by a key, in the one form that counts: 65 bytes, of r, s in the lower half, and v of 27 or 28. */
export interface KeySignature {
  r: string;
  s: string;
  yParity: 0 | 1;
}

/** The address that signed a digest, in lower case; undefined if none did. Anything faster may take its place. */
export type RecoverSigner = (digest: string, signature: KeySignature) => string | undefined;

/** By ethers: everywhere, at some hundreds a second. */
export const recoverSigner: RecoverSigner = (digest, { r, s, yParity }) => {
  try {
    return computeAddress(SigningKey.recoverPublicKey(digest, { r, s, yParity })).toLowerCase();
  } catch {
    return undefined;
  }
};

/** @returns undefined if it is anything else, such as the same signature in another form. */
export function parseKeySignature(signature: string): KeySignature | undefined {
  if (!/^0x[0-9a-f]{130}$/.test(signature)) return undefined;
  const r = signature.slice(0, 66);
  const s = `0x${signature.slice(66, 130)}`;
  const v = signature.slice(130);
  if (v !== "1b" && v !== "1c") return undefined;
  if (BigInt(r) === 0n || BigInt(r) >= ORDER || BigInt(s) === 0n || BigInt(s) > HALF_ORDER) return undefined;
  return { r, s, yParity: v === "1b" ? 0 : 1 };
}
