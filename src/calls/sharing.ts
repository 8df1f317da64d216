import { IBucketRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { formatTime } from "../units";
import type { Call } from "./call";

// The calls by which a bucket's owner gives others access. Rights are bits: 1 reading, 2 writing, 3 both.

type Registry = Pick<Addresses, "bucketRegistry">;
interface Id {
  bucketId: bigint;
}

const abi = IBucketRegistry__factory.createInterface();

/** @param input.until Unix seconds; 0: no end. */
export function grantAccess(
  { bucketRegistry: to }: Registry,
  input: Id & { accounts: readonly string[]; rights: bigint; until: bigint },
): Call {
  const { bucketId, accounts, rights, until } = input;
  const end = until === 0n ? "" : ` until ${formatTime(until)}`;
  return {
    to,
    data: abi.encodeFunctionData("grantAccess", [bucketId, [...accounts], rights, until]),
    value: 0n,
    description: `let ${accounts.join(", ")} ${verbsOf(rights)} bucket ${bucketId}${end}`,
  };
}

export function revokeAccess({ bucketRegistry: to }: Registry, input: Id & { accounts: readonly string[] }): Call {
  const { bucketId, accounts } = input;
  return {
    to,
    data: abi.encodeFunctionData("revokeAccess", [bucketId, [...accounts]]),
    value: 0n,
    description: `revoke the access of ${accounts.join(", ")} to bucket ${bucketId}`,
  };
}

export function setPublic({ bucketRegistry: to }: Registry, input: Id & { isPublic: boolean }): Call {
  const { bucketId, isPublic } = input;
  return {
    to,
    data: abi.encodeFunctionData("setPublic", [bucketId, isPublic]),
    value: 0n,
    description: isPublic ? `make bucket ${bucketId} public` : `make bucket ${bucketId} private`,
  };
}

/**
 * @param input.token Zero removes the gate.
 * @param input.id Of an ERC-1155; 0 for other tokens.
 * @param input.minimum In the token's base units.
 */
export function setGate({ bucketRegistry: to }: Registry, input: Id & { right: bigint; token: string; id: bigint; minimum: bigint }): Call {
  const { bucketId, right, token, id, minimum } = input;
  const of = id === 0n ? "" : ` with id ${id}`;
  return {
    to,
    data: abi.encodeFunctionData("setGate", [bucketId, right, token, id, minimum]),
    value: 0n,
    description: isNative(token)
      ? `remove the gate to ${verbsOf(right)} bucket ${bucketId}`
      : `let holders of ${minimum} base units of token ${token}${of} ${verbsOf(right)} bucket ${bucketId}`,
  };
}

/**
 * @param input.epoch The bucket's, or the next.
 * @param input.keys The data key of that epoch, wrapped for each reader.
 */
export function publishKeys(
  { bucketRegistry: to }: Registry,
  input: Id & { epoch: bigint; keys: readonly { reader: string; wrapped: string }[] },
): Call {
  const { bucketId, epoch, keys } = input;
  const readers = keys.map(({ reader }) => reader);
  return {
    to,
    data: abi.encodeFunctionData("publishKeys", [bucketId, epoch, readers, keys.map(({ wrapped }) => wrapped)]),
    value: 0n,
    description: `publish keys of bucket ${bucketId} for ${readers.join(", ")}, in epoch ${epoch}`,
  };
}

function verbsOf(rights: bigint): string {
  return ["", "read", "write", "read and write"][Number(rights)] ?? `use (${rights})`;
}
