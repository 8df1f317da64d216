import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { SigningKey, Wallet, computeAddress } from "ethers";

import { type NodeParams, UserError, parseNodeParams } from "../../../src";

/** The key by which a node proves who it is: made when it first starts, kept beside its data. It holds no money. */
export async function loadIdentity(directory: string): Promise<Wallet> {
  const file = join(directory, "key");
  try {
    return new Wallet((await readFile(file, "utf8")).trim());
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  await writeFile(file, wallet.privateKey, { mode: 0o600, flag: "wx" });
  return wallet;
}

/** As nodes write it into their params: compressed, in hexadecimal. */
export function publicKeyOf(identity: Wallet): string {
  return identity.signingKey.compressedPublicKey;
}

/** The signer of a node, in lower case; undefined if its params lack it or are unreadable. */
export function signerOf(params: string): string | undefined {
  const publicKey = readableParams(params)?.publicKey;
  if (publicKey === undefined || !/^0x(02|03)[0-9a-f]{64}$/i.test(publicKey)) return undefined;
  try {
    return computeAddress(SigningKey.computePublicKey(publicKey)).toLowerCase();
  } catch {
    return undefined;
  }
}

export function readableParams(text: string): NodeParams | undefined {
  try {
    return parseNodeParams(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
