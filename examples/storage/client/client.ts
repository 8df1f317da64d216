import { SigningKey, computeAddress } from "ethers";

import { UserError, encryption, engine, readNode } from "../../../src";
import { readableParams } from "../node/identity";
import { urlOf } from "../shared/route-params";
import type { Network } from "../shared/network";
import { SESSION_HEADER, serializeSession } from "../shared/session-header";
import { RemoteRefusal, accepted } from "./responses";

/** An account with a key. */
export type Account = engine.TypedDataSigner & { address: string };

const ACTIONS = ["read", "write", "delete"];
const REQUEST_SECONDS = 60;
const SESSION_SECONDS = 3_600;
/** A session that is about to end is made anew. */
const MARGIN_SECONDS = 60;

/** Stores and reads through a gateway, in the name of an account. */
export class StorageClient {
  readonly #sessions = new Map<bigint, engine.SignedSession>();
  /** When the last write of a path expires: the next has to expire later. */
  readonly #expiries = new Map<string, number>();

  private constructor(
    private readonly network: Network,
    private readonly account: Account,
    private readonly gateway: { nodeId: bigint; url: string; address: string },
  ) {}

  /** Finds a gateway by its id in the node registry. */
  static async open(network: Network, account: Account, gatewayId: bigint): Promise<StorageClient> {
    const { url, publicKey } = readableParams((await readNode(network.registries, gatewayId)).params) ?? {};
    if (url === undefined || publicKey === undefined) throw new UserError(`Node ${gatewayId} says nowhere where and who it is.`);
    const address = computeAddress(SigningKey.computePublicKey(publicKey));
    return new StorageClient(network, account, { nodeId: gatewayId, url, address });
  }

  /** @returns the ids of the nodes that have it. */
  async put(bucketId: bigint, path: string, bytes: Uint8Array): Promise<number[]> {
    const bodyHash = await engine.hashBody(bytes);
    const write = async (expiry: number): Promise<number[]> => {
      const response = await this.#ask("PUT", { bucketId, path, action: "write", bodyHash, expiry }, bytes);
      return ((await response.json()) as { nodes: number[] }).nodes;
    };
    return this.#asNewest(bucketId, path, write);
  }

  async get(bucketId: bigint, path: string): Promise<Uint8Array> {
    const response = await this.#ask("GET", { bucketId, path, action: "read" });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const hash = await engine.hashBody(bytes);
    if (response.headers.get("etag") !== `"${hash}"`) throw new Error(`The content of ${path} differs from the stored content.`);
    return bytes;
  }

  async delete(bucketId: bigint, path: string): Promise<void> {
    await this.#asNewest(bucketId, path, (expiry) => this.#ask("DELETE", { bucketId, path, action: "delete", expiry }));
  }

  async putEncrypted(bucketId: bigint, path: string, bytes: Uint8Array, key: encryption.DataKey): Promise<number[]> {
    return this.put(bucketId, path, await encryption.encryptBytes(key, bytes, { context: `${bucketId}/${path}` }));
  }

  async getEncrypted(bucketId: bigint, path: string, keyOfEpoch: encryption.KeyOfEpoch): Promise<Uint8Array> {
    return encryption.decryptBytes(keyOfEpoch, await this.get(bucketId, path), `${bucketId}/${path}`);
  }

  /** The version of a write is its expiry. After a conflict with a concurrent write or a fast clock, it retries once with a later one. */
  async #asNewest<T>(bucketId: bigint, path: string, write: (expiry: number) => Promise<T>): Promise<T> {
    const key = `${bucketId}/${path}`;
    const next = (last = 0): number => {
      const expiry = Math.max(now() + REQUEST_SECONDS, last + 1, (this.#expiries.get(key) ?? 0) + 1);
      this.#expiries.set(key, expiry);
      return expiry;
    };
    try {
      return await write(next());
    } catch (error) {
      if (!(error instanceof RemoteRefusal && error.reason === "newer")) throw error;
      return write(next(error.version));
    }
  }

  async #ask(method: string, params: Omit<engine.RequestInput, "nodeId">, body?: Uint8Array): Promise<Response> {
    const { url, nodeId } = this.gateway;
    const credentials = { account: this.account.address, signer: this.account };
    const headers = {
      authorization: await engine.signRequest({ ...params, nodeId }, credentials, this.network.realm),
      [SESSION_HEADER]: serializeSession(await this.#sessionFor(params.bucketId)),
    };
    return accepted(await fetch(urlOf(url, "files", params), { method, headers, body }));
  }

  async #sessionFor(bucketId: bigint): Promise<engine.SignedSession> {
    const known = this.#sessions.get(bucketId);
    if (known !== undefined && known.expiry > now() + MARGIN_SECONDS) return known;
    const { address: account } = this.account;
    const session = { account, key: this.gateway.address, bucketIds: [bucketId], actions: ACTIONS, expiry: now() + SESSION_SECONDS };
    const signed = await engine.delegate(session, this.account, this.network.realm);
    this.#sessions.set(bucketId, signed);
    return signed;
  }
}

/** Lists the files of a bucket on one node: for inspection, not for reading. */
export async function listFiles(
  { realm }: Network,
  account: Account,
  node: { nodeId: bigint; url: string },
  bucketId: bigint,
): Promise<string[]> {
  const paths: string[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const params = { bucketId, path: after };
    const credentials = { account: account.address, signer: account };
    const authorization = await engine.signRequest({ ...params, action: "list", nodeId: node.nodeId }, credentials, realm);
    const response = await accepted(await fetch(urlOf(node.url, "list", params), { headers: { authorization } }));
    const page = (await response.json()) as { files: { path: string }[]; after?: string };
    paths.push(...page.files.map(({ path }) => path));
    after = page.after;
  }
  return paths;
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
