// What runs in the browser: the library as a front end uses it. Bytes come and go as hexadecimal text, as they do between processes.
import { JsonRpcProvider, Wallet, concat, getBytes, hexlify, sha256 } from "ethers";

import { type Addresses, calls, connectRegistries, encryption, engine, sendCall } from "../../src";
import { encryptWith } from "../../src/encryption/stream";
import { wrapWith } from "../../src/encryption/wrap";
import type encryptionVectors from "../vectors/encryption.json";

type Vectors = typeof encryptionVectors;
type KeyVector = Vectors["wrappedKeys"][number];
type FileVector = Vectors["files"][number];

/** Where the chain and the contracts are, and who plays. */
export interface Scene {
  rpcUrl: string;
  addresses: Addresses;
  bucketId: bigint;
  ownersKey: string;
  friendsKey: string;
}

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(getBytes(hex));

/** Bytes as a network would deliver them: in pieces of awkward lengths. */
function arriving(bytes: Uint8Array, lengths: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let piece = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      const length = lengths[piece++ % lengths.length] ?? 1;
      controller.enqueue(bytes.subarray(at, at + length));
      at += length;
    },
  });
}

async function through(bytes: Uint8Array, transform: TransformStream<Uint8Array, Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const collecting = new WritableStream<Uint8Array>({ write: (part) => void parts.push(part) });
  await arriving(bytes, [1, 1_000, 45, 65_552, 7]).pipeThrough(transform).pipeTo(collecting);
  return getBytes(concat(parts));
}

async function messageOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "nothing was refused",
    (error: unknown) => (error instanceof encryption.EncryptionError ? error.problem : String(error)),
  );
}

export const steps = {
  /** Whether this is a browser, and nothing else. */
  surroundings(): string[] {
    return ["window", "document", "process", "Buffer", "require"].filter((name) => name in globalThis);
  },

  publicKey({ account, signature }: Vectors["publicKeys"][number]): string {
    return hexlify(encryption.recoverPublicKey(account, signature));
  },

  async wrap(vector: KeyVector): Promise<{ wrapped: string; unwrapped: string }> {
    const place = { ...vector, chainId: BigInt(vector.chainId), bucketId: BigInt(vector.bucketId) };
    const dataKey = { epoch: vector.epoch, key: bytesOf(vector.dataKey) };
    const wrapped = await wrapWith(vector.ephemeralPrivateKey, dataKey, place, vector.readerPublicKey);
    const { key } = await encryption.unwrapDataKey(getBytes(vector.wrapped), vector.epoch, place, vector.readerPrivateKey);
    return { wrapped: hexlify(wrapped), unwrapped: hexlify(key) };
  },

  /** The hash of the encrypted file, and of what it decrypts to. */
  async crypt(vector: FileVector): Promise<{ encryptedSha256: string; plaintextSha256: string }> {
    const plaintext = Uint8Array.from({ length: vector.plaintextLength }, (_, i) => i % 251);
    const dataKey = { epoch: vector.epoch, key: bytesOf(vector.dataKey) };
    const header = { epoch: vector.epoch, chunkBytes: vector.chunkBytes, salt: bytesOf(vector.salt) };
    const encrypted = await through(plaintext, encryptWith(header, dataKey, vector.context));
    const decrypted = await through(
      encrypted,
      encryption.decryptStream(() => dataKey, vector.context),
    );
    return { encryptedSha256: sha256(encrypted), plaintextSha256: sha256(decrypted) };
  },

  /** An owner shares a file with a friend, on the contracts, and takes it back. What each of them could read, in the order of events. */
  async share({ rpcUrl, addresses, bucketId, ownersKey, friendsKey }: Scene): Promise<string[]> {
    // Nothing is remembered between calls, such as the number of the next transaction: blocks come as fast as calls.
    const provider = new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 50, cacheTimeout: -1 });
    const registries = connectRegistries(addresses, provider);
    const owner = new Wallet(ownersKey, provider);
    const friend = new Wallet(friendsKey);
    const { chainId } = await provider.getNetwork();
    const place = { chainId, bucketRegistry: addresses.bucketRegistry, bucketId };
    const told: string[] = [];

    const publish = async (dataKey: encryption.DataKey, readers: readonly Wallet[]): Promise<void> => {
      const keys = await encryption.wrapForReaders(
        dataKey,
        place,
        readers.map(({ address: reader, signingKey }) => ({ reader, publicKey: signingKey.publicKey })),
      );
      await sendCall(owner, calls.publishKeys(addresses, { bucketId, epoch: BigInt(dataKey.epoch), keys }));
    };
    const keyOf = async ({ address: reader, privateKey }: Wallet): Promise<encryption.DataKey> => {
      const key = await encryption.readDataKey(registries, { chainId, bucketId, reader }, privateKey);
      if (key === undefined) throw new Error(`${reader} has no key`);
      return key;
    };
    const secret = (text: string): Uint8Array => new TextEncoder().encode(text.repeat(20_000));
    const read = async (file: Uint8Array, reader: Wallet, link?: Uint8Array): Promise<string> => {
      const own = await keyOf(reader);
      const keyOfEpoch = async (epoch: number): Promise<encryption.DataKey> =>
        epoch === own.epoch || link === undefined ? own : encryption.followLink(epoch, link, () => own);
      const bytes = await through(file, encryption.decryptStream(keyOfEpoch, `${bucketId}/a`));
      return `epoch ${own.epoch}: ${new TextDecoder().decode(bytes).slice(0, 6)}, ${bytes.length} bytes`;
    };

    const first = encryption.createDataKey(Number((await registries.bucketRegistry.getAccess(bucketId)).epoch));
    await sendCall(owner, calls.grantAccess(addresses, { bucketId, accounts: [friend.address], rights: 1n, until: 0n }));
    await publish(first, [owner, friend]);
    const before = await through(secret("before"), encryption.encryptStream(first, { context: `${bucketId}/a` }));
    told.push(await read(before, friend));

    await sendCall(owner, calls.revokeAccess(addresses, { bucketId, accounts: [friend.address] }));
    const second = encryption.rotateDataKey(first);
    await publish(second, [owner]);
    const link = await encryption.linkKeys(first, second);
    const after = await through(secret("after "), encryption.encryptStream(second, { context: `${bucketId}/a` }));
    told.push(await read(after, owner), await read(before, owner, link), await messageOf(read(after, friend)));
    provider.destroy();
    return told;
  },

  /** What the authorizer says about somebody who reads. */
  async decide({ rpcUrl, addresses, bucketId }: Scene, account: string): Promise<string> {
    const provider = new JsonRpcProvider(rpcUrl);
    const authorizer = new engine.Authorizer(engine.registriesChain(connectRegistries(addresses, provider)));
    try {
      await authorizer.poll();
      await authorizer.authorize({ bucketId, account: account.toLowerCase(), right: engine.RIGHTS.read });
      return "allowed";
    } catch (error) {
      return error instanceof engine.Refusal ? error.reason : String(error);
    } finally {
      provider.destroy();
    }
  },

  /** A request within a session, which a node is to verify. */
  async authorize(ownersKey: string, realm: engine.Realm, path: string, body: string): Promise<{ header: string; bodyHash: string }> {
    const owner = new Wallet(ownersKey);
    const session = await engine.startSession({ bucketIds: [1n], actions: ["write"] }, { account: owner.address, signer: owner }, realm);
    const bodyHash = await engine.hashBody(getBytes(body));
    return { header: await engine.signRequest({ bucketId: 1n, action: "write", path, nodeId: 3n, bodyHash }, session, realm), bodyHash };
  },

  /** Who made a request, as a node would find out that runs in the browser. */
  async verify(realm: engine.Realm, nodeId: bigint, header: string, bodyHash: string, now: number): Promise<string> {
    const { bucketId, action, path } = engine.parseAuthorization(header).request;
    const verifier = new engine.RequestVerifier({ realm, nodeId });
    return (await verifier.verify(header, { bucketId, action, path, bodyHash }, now)).account;
  },

  position(bucketId: number, key: string): string {
    return String(engine.positionOf(BigInt(bucketId), key));
  },

  replicas(vnodes: number[], tokens: string[], position: string, replication: number): { vnode: number; nodeId: number }[] {
    const ring = new engine.Ring(vnodes.map(BigInt), tokens);
    return ring.replicas(BigInt(position), replication).map(({ vnode, nodeId }) => ({ vnode, nodeId: Number(nodeId) }));
  },
};

Object.assign(globalThis, { steps });
