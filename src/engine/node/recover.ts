import { keccak_256 } from "@noble/hashes/sha3";
import { ecdsaRecover } from "secp256k1";

import type { RecoverSigner } from "../requests";

/** By libsecp256k1: thousands a second, which is what lets one core serve a thousand requests. */
export const recoverSignerNatively: RecoverSigner = (digest, { r, s, yParity }) => {
  try {
    const publicKey = ecdsaRecover(bytesOf(r + s.slice(2)), yParity, bytesOf(digest), false);
    return `0x${Buffer.from(keccak_256(publicKey.subarray(1))).toString("hex", 12)}`;
  } catch {
    return undefined;
  }
};

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), "hex");
}
