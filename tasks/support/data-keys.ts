import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { getBytes, hexlify } from "ethers";

import { UserError, encryption, readWrappedKey } from "../../src";
import { type Argument, optional, text } from "./arguments";
import type { TaskContext } from "./context";
import { type KeyFile, openKeyFile, saveKeyFile } from "./key-file";
import { privateKeyFile, privateKeyOf } from "./private-keys";

/** Sources of an account's keys beside the registry. */
export interface KeySources {
  secret: string | undefined;
  keys: string | undefined;
  links: string | undefined;
}

export const keySources: { [K in keyof KeySources]: Argument<KeySources[K]> } = {
  secret: optional(privateKeyFile("File with a separate reading key, if it is not the account's own key")),
  keys: optional(text("File with the bucket's data keys")),
  links: optional(text("Folder with the links to earlier keys, as .ddc/keys in the bucket: each is named by its epoch")),
};

/** The bucket and the reader of the keys. */
export interface Keeper {
  bucketId: bigint;
  account: string;
}

/** The data keys of a bucket that a reader has: wrapped in the registry, in a file, or behind links. */
export class DataKeys {
  readonly file: KeyFile;
  /** The private key that unwraps; undefined if it is not here. */
  readonly privateKey: string | undefined;

  constructor(
    private readonly context: TaskContext,
    private readonly keeper: Keeper,
    private readonly sources: KeySources,
  ) {
    this.file = openKeyFile(sources.keys ?? "", {
      chainId: String(context.deployment.chainId),
      bucketRegistry: context.addresses.bucketRegistry,
      bucketId: String(keeper.bucketId),
    });
    this.privateKey = sources.secret ?? privateKeyOf(context, keeper.account);
  }

  /** The purpose of a wrapped key. */
  get place(): encryption.KeyPlace {
    const { bucketId, account } = this.keeper;
    const { deployment, addresses } = this.context;
    return { chainId: BigInt(deployment.chainId), bucketRegistry: addresses.bucketRegistry, bucketId, reader: account };
  }

  /** The key of an epoch. */
  async of(epoch: number): Promise<encryption.DataKey> {
    const found = await this.find(epoch);
    if (found !== undefined) return found;
    const { nameOf } = this.context;
    const { bucketId, account } = this.keeper;
    const had = (await this.wrapped(epoch)) !== undefined;
    throw new UserError(
      had && this.privateKey === undefined
        ? `The key of epoch ${epoch} of bucket ${bucketId} is wrapped for ${nameOf(account)}, whose private key is not here: give --secret, or --keys with the key.`
        : `${nameOf(account)} does not have the key of epoch ${epoch} of bucket ${bucketId}. The owner can publish it with bucket:publish-keys, or share a link.`,
    );
  }

  async find(epoch: number): Promise<encryption.DataKey | undefined> {
    return (await this.#unwrap(epoch)) ?? (await this.kept(epoch)) ?? (await this.#follow(epoch));
  }

  /** The key in the file, unless the registry has another one. */
  async kept(epoch: number): Promise<encryption.DataKey | undefined> {
    const entry = this.file.keys.find((candidate) => candidate.epoch === epoch);
    if (entry === undefined) return undefined;
    const published = await this.wrapped(epoch);
    if (published !== undefined && entry.wrapped !== undefined && published !== entry.wrapped) return undefined;
    return { epoch, key: Uint8Array.from(getBytes(entry.key)) };
  }

  /** Puts a key into the file, in place of one of the same epoch. */
  async keep({ epoch, key }: encryption.DataKey, wrapped?: string): Promise<void> {
    const others = this.file.keys.filter((candidate) => candidate.epoch !== epoch);
    const published = wrapped ?? (await this.wrapped(epoch));
    const entry = { epoch, key: hexlify(key), ...(published !== undefined && { wrapped: published }) };
    this.file.keys = [...others, entry].sort((a, b) => a.epoch - b.epoch);
  }

  /** The key of an epoch as the registry keeps it for the account. */
  async wrapped(epoch: number): Promise<string | undefined> {
    const { registries, deployment } = this.context;
    const { bucketId, account } = this.keeper;
    return readWrappedKey(registries, { bucketId, reader: account, epoch }, deployment.fromBlock);
  }

  save(): void {
    if (this.sources.keys !== undefined) saveKeyFile(this.sources.keys, this.file);
  }

  async #unwrap(epoch: number): Promise<encryption.DataKey | undefined> {
    const wrapped = await this.wrapped(epoch);
    if (this.privateKey === undefined || wrapped === undefined) return undefined;
    return encryption.unwrapDataKey(getBytes(wrapped), epoch, this.place, this.privateKey);
  }

  async #follow(epoch: number): Promise<encryption.DataKey | undefined> {
    const path = join(this.sources.links ?? "", String(epoch));
    if (this.sources.links === undefined || !existsSync(path)) return undefined;
    return encryption.followLink(epoch, readFileSync(path), (newer) => this.of(newer));
  }
}
