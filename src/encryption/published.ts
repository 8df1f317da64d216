// Data keys as the bucket registry keeps them.
import { type BytesLike, getBytes, hexlify } from "ethers";

import type { Registries } from "../registries";
import type { DataKey } from "./data-key";
import { type KeyPlace, unwrapDataKey, wrapDataKey } from "./wrap";

/** A reader to publish a key for. */
export interface Reader {
  reader: string;
  publicKey: BytesLike;
}

/** A wrapped key as `publishKeys` takes it. */
export interface PublishedKey {
  reader: string;
  wrapped: string;
}

/** Wraps a bucket's data key for all who are to read; the owner, who has to be able to give it to others later, is one of them. */
export async function wrapForReaders(
  dataKey: DataKey,
  bucket: Omit<KeyPlace, "reader">,
  readers: readonly Reader[],
): Promise<PublishedKey[]> {
  return Promise.all(
    readers.map(async ({ reader, publicKey }) => ({
      reader,
      wrapped: hexlify(await wrapDataKey(dataKey, { ...bucket, reader }, publicKey)),
    })),
  );
}

/** The newest of a bucket's data keys that a reader was given; undefined if there is none. Its epoch may not be the bucket's any more. */
export async function readDataKey(
  { bucketRegistry }: Pick<Registries, "bucketRegistry">,
  { chainId, bucketId, reader }: Omit<KeyPlace, "bucketRegistry">,
  privateKey: BytesLike,
): Promise<DataKey | undefined> {
  const { epoch, wrapped } = await bucketRegistry.keyOf(bucketId, reader);
  if (wrapped === "0x") return undefined;
  const place = { chainId, bucketRegistry: await bucketRegistry.getAddress(), bucketId, reader };
  return unwrapDataKey(getBytes(wrapped), Number(epoch), place, privateKey);
}
