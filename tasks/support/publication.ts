import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SigningKey, hexlify } from "ethers";

import { type Call, RIGHT_BITS, UserError, calls, encryption } from "../../src";
import type { Argument } from "./arguments";
import type { TaskContext } from "./context";
import { DataKeys, type KeySources } from "./data-keys";
import { publicKeyOf } from "./private-keys";
import { progress } from "./report";

/** As many keys as the registry takes at once. */
const MAX_READERS = Math.floor(24_000 / encryption.WRAPPED_KEY_BYTES);

/** A reader, with its signature or public key. */
interface GivenReader {
  reader: string;
  proof: string | undefined;
}

/** The request. */
export interface PublicationRequest extends KeySources {
  bucket: bigint;
  readers: GivenReader[] | undefined;
  next: boolean;
  trustPublicKeys: boolean;
}

/** Readers with what shows their public keys: `manager,0x…=0x…`. */
export function givenReaders(description: string): Argument<GivenReader[]> {
  return {
    description: `${description} (accounts with commas between; one that cannot sign here needs = and the output of its account:public-key)`,
    kind: "required",
    read: (typed) => {
      const given = typed.split(",").map(splitReader);
      return ({ people }) => given.map(({ who, proof }) => ({ reader: people.address(who), proof }));
    },
  };
}

function splitReader(typed: string): { who: string; proof: string | undefined } {
  const [who = "", proof, ...more] = typed.trim().split("=");
  if (more.length === 0 && (proof === undefined || /^0x([0-9a-fA-F]{66}|[0-9a-fA-F]{130})$/.test(proof))) return { who, proof };
  throw new UserError(
    `"${typed}" does not name a reader: give an account, or an account, = and a public key (33 or 65 bytes) or a signature.`,
  );
}

/**
 * Builds the call that publishes a bucket's key, with a new key where the epoch has none. All that the owner has to keep is written before anything is sent: a key
 * that is published and lost would leave unreadable files.
 */
export async function publication(context: TaskContext, request: PublicationRequest, owner: string): Promise<Call> {
  const { bucketRegistry } = context.registries;
  const { bucket: bucketId, next } = request;
  const [bucket, access] = await Promise.all([bucketRegistry.getBucket(bucketId), bucketRegistry.getAccess(bucketId)]);
  if (bucket.owner !== owner) {
    throw new UserError(
      `Bucket ${bucketId} belongs to ${context.nameOf(bucket.owner)}. Only the owner can publish its keys: send it as the owner.`,
    );
  }
  const starts = next || !access.hasKeys;
  const epoch = Number(access.epoch) + (next && access.hasKeys ? 1 : 0);
  const keys = new DataKeys(context, { bucketId, account: owner }, request);
  const known = await publicKeys(context, keys, request, owner);
  refuseUnkept(keys, request, known.get(owner) ?? "");

  const audience = await audienceOf(context, request, known, { owner, starts, epoch });
  const dataKey = starts ? ((await keys.kept(epoch)) ?? encryption.createDataKey(epoch)) : await keys.of(epoch);
  const readers = audience.map((reader) => ({ reader, publicKey: known.get(reader) ?? "" }));
  const wrapped = await encryption.wrapForReaders(dataKey, keys.place, readers);
  if (starts) await link(keys, request, dataKey);
  await keys.keep(dataKey, wrapped.find(({ reader }) => reader === owner)?.wrapped);
  keys.file.readers = [...known].map(([reader, publicKey]) => ({ reader, publicKey }));
  keys.save();
  return calls.publishKeys(context.addresses, { bucketId, epoch: BigInt(epoch), keys: wrapped });
}

/** The public keys of all who are known: of the file, the owner and those who are given now. */
async function publicKeys(
  context: TaskContext,
  { file }: DataKeys,
  { readers = [], trustPublicKeys, secret }: PublicationRequest,
  owner: string,
): Promise<Map<string, string>> {
  const known = new Map(file.readers.map(({ reader, publicKey }) => [reader, publicKey]));
  if (secret !== undefined) known.set(owner, SigningKey.computePublicKey(secret, true));
  const ownerGiven = readers.some(({ reader }) => reader === owner);
  for (const { reader, proof } of [...(ownerGiven ? [] : [{ reader: owner, proof: undefined }]), ...readers]) {
    if (proof === undefined && known.has(reader)) continue;
    const publicKey = proof === undefined ? await publicKeyOf(context, reader) : provenKey(reader, proof, trustPublicKeys);
    if (publicKey === undefined) {
      throw new UserError(
        `The public key of ${context.nameOf(reader)} is not known here. The reader runs account:public-key; give its output: --readers ${reader}=0x…`,
      );
    }
    known.set(reader, hexlify(publicKey));
  }
  return known;
}

function provenKey(reader: string, proof: string, trusted: boolean): Uint8Array {
  if (trusted) return encryption.compressPublicKey(proof);
  try {
    return encryption.accountPublicKey(reader, proof);
  } catch (error) {
    if (!(error instanceof encryption.EncryptionError)) throw error;
    // As long as an uncompressed public key is a signature.
    if (proof.length === 132) return encryption.recoverPublicKey(reader, proof);
    throw new UserError(`${error.message} If it is a separate reading key, pass --trust-public-keys.`);
  }
}

/** Refuses to publish a key that would be lost. */
function refuseUnkept({ privateKey }: DataKeys, { keys }: KeySources, ownersKey: string): void {
  if (keys !== undefined) return;
  if (privateKey !== undefined && SigningKey.computePublicKey(privateKey, true) === ownersKey) return;
  throw new UserError("The owner's private key is not here to unwrap the data key again: give --keys with a file for it.");
}

/** The audience of a key: all known readers at the start of an epoch, and later the readers without it. */
async function audienceOf(
  { registries: { bucketRegistry }, nameOf }: TaskContext,
  { bucket, readers }: PublicationRequest,
  known: ReadonlyMap<string, string>,
  { owner, starts, epoch }: { owner: string; starts: boolean; epoch: number },
): Promise<string[]> {
  const given = new Set((readers ?? []).map(({ reader }) => reader));
  const audience: string[] = starts ? [owner] : [];
  for (const reader of known.keys()) {
    if (reader === owner) continue;
    if (!given.has(reader)) {
      if (!(await bucketRegistry.canAccess(bucket, reader, RIGHT_BITS.read)).allowed) {
        progress(`${nameOf(reader)} may no longer read, and does not get the key.`);
        continue;
      }
      if (!starts && (readers !== undefined || (await bucketRegistry.keyOf(bucket, reader)).epoch === BigInt(epoch))) continue;
    }
    audience.push(reader);
  }
  if (audience.length === 0) {
    throw new UserError(`All known readers have the key of epoch ${epoch}. Name more --readers, or start an epoch with --next.`);
  }
  if (audience.length > MAX_READERS) {
    progress(`${audience.length - MAX_READERS} readers are too many for one call: repeat the command for them, without --next.`);
  }
  return audience.slice(0, MAX_READERS);
}

/** Lets those who have the new key read what was written before. */
async function link(keys: DataKeys, { links }: KeySources, newer: encryption.DataKey): Promise<void> {
  if (links === undefined) return;
  for (let epoch = newer.epoch - 1; epoch >= 0; epoch -= 1) {
    const older = await keys.find(epoch);
    if (older === undefined) continue;
    mkdirSync(links, { recursive: true });
    const path = join(links, String(epoch));
    writeFileSync(path, await encryption.linkKeys(older, newer));
    progress(`Put ${path} into the bucket at ${encryption.linkPath(epoch)}: with it, new readers can read older files.`);
    return;
  }
}
