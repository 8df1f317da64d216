import { sha256 } from "@noble/hashes/sha256";
import { hexlify } from "ethers";

import { Refusal } from "../refusal";

type Body = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The hash of no body: the SHA-256 of nothing. */
export const NO_BODY = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The SHA-256 of a body. */
export async function hashBody(body: Body): Promise<string> {
  const hash = sha256.create();
  for await (const part of body instanceof Uint8Array ? [body] : body) hash.update(part);
  return hexlify(hash.digest());
}

/**
 * Hands a body on and refuses it at its end if it is not what was signed. The caller keeps the stored bytes aside until then.
 * @param createHash Anything with `update` and `digest` that computes SHA-256, where the platform has a faster one.
 */
export async function* checkBody(
  body: AsyncIterable<Uint8Array>,
  bodyHash: string,
  createHash: () => Hash = () => sha256.create(),
): AsyncGenerator<Uint8Array> {
  const hash = createHash();
  for await (const part of body) {
    hash.update(part);
    yield part;
  }
  if (hexlify(hash.digest()) !== bodyHash) throw new Refusal("other-body", "The body is not the one that was signed.");
}

interface Hash {
  update: (part: Uint8Array) => unknown;
  digest: () => Uint8Array;
}
