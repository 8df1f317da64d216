import { sha256 } from "@noble/hashes/sha256";

/** Positions on the ring are numbers of 64 bits. */
export const RING_SIZE = 1n << 64n;

/** Where a bucket's key (a path, say) is on the ring: the first 64 bits of the SHA-256 of the bucket's id, in four bytes, and the key in UTF-8. */
export function positionOf(bucketId: bigint, key: string): bigint {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, Number(bucketId));
  const hash = sha256.create().update(id).update(new TextEncoder().encode(key)).digest();
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
}
