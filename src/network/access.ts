import { type BlockTag, type Log, type LogDescription, toBeHex } from "ethers";

import { IBucketRegistry__factory } from "../bindings";
import { ZERO_ADDRESS, type Registries } from "../registries";
import { readAllLogs } from "./logs";

// The access rights of a bucket, from its events: the registry answers for one account at a time, and has no list.

/** Rights are bits. */
export const RIGHT_BITS = { read: 1n, write: 2n, both: 3n } as const;

/** The `until` that `grantOf` returns for a grant without end. */
export const GRANT_WITHOUT_END = (1n << 40n) - 1n;

export interface GateInfo {
  /** Zero: there is no gate. */
  token: string;
  /** Whether the balance of one id counts, as an ERC-1155 has them. */
  byId: boolean;
  id: bigint;
  /** In the token's base units. */
  minimum: bigint;
}

export interface GrantInfo {
  account: string;
  /** Until when (unix seconds, not including); 0: it was not granted; {@link GRANT_WITHOUT_END}. */
  readUntil: bigint;
  writeUntil: bigint;
}

export interface KeyInfo {
  reader: string;
  epoch: bigint;
  wrapped: string;
}

/** Access rights of a bucket, and the readers for which its data key is wrapped. */
export interface AccessList {
  bucketId: bigint;
  owner: string;
  isPublic: boolean;
  readGate: GateInfo;
  writeGate: GateInfo;
  /** The epoch to publish keys for, and whether it has any. */
  epoch: bigint;
  hasKeys: boolean;
  /** All that were granted and not revoked, also those that have ended; in the order in which they were first granted. */
  grants: GrantInfo[];
  keys: KeyInfo[];
}

const abi = IBucketRegistry__factory.createInterface();

/** Reads who may do what with a bucket from its events. Throws the registry's own error if there is no such bucket. */
export async function readAccessList(
  { bucketRegistry }: Registries,
  bucketId: bigint,
  range: { fromBlock: number; toBlock?: BlockTag },
): Promise<AccessList> {
  const { provider } = bucketRegistry.runner ?? {};
  const toBlock = typeof range.toBlock === "number" ? range.toBlock : ((await provider?.getBlockNumber()) ?? 0);
  const address = await bucketRegistry.getAddress();
  // The first that all events of a bucket have indexed is its id.
  const topics = [null, toBeHex(bucketId, 32)];
  const read = async (from: number, to: number): Promise<Log[]> =>
    (await provider?.getLogs({ address, topics, fromBlock: from, toBlock: to })) ?? [];
  const list = rebuildAccess(bucketId, await readAllLogs(read, range.fromBlock, toBlock));
  if (list !== undefined) return list;
  await bucketRegistry.getBucket(bucketId, { blockTag: toBlock });
  throw new Error(`bucket ${bucketId} is older than block ${range.fromBlock}, from which on events were read`);
}

/**
 * Puts the events of a bucket together, all of them and in their order.
 * @returns Undefined if it was not created, or is closed.
 */
export function rebuildAccess(bucketId: bigint, logs: readonly Pick<Log, "topics" | "data">[]): AccessList | undefined {
  let state: State | undefined;
  for (const log of logs) {
    const event = abi.parseLog(log);
    if (event?.args.getValue("bucketId") !== bucketId) continue;
    state = next(state, event);
  }
  if (state === undefined) return undefined;
  const { gates, grants, keys, ...rest } = state;
  return { bucketId, ...rest, readGate: gates[0], writeGate: gates[1], grants: [...grants.values()], keys: [...keys.values()] };
}

interface State extends Pick<AccessList, "owner" | "isPublic" | "epoch" | "hasKeys"> {
  /** For reading and for writing. */
  gates: [GateInfo, GateInfo];
  grants: Map<string, GrantInfo>;
  keys: Map<string, KeyInfo>;
}

const NO_GATE: GateInfo = { token: ZERO_ADDRESS, byId: false, id: 0n, minimum: 0n };

function ownedBy(owner: string, epoch: bigint): State {
  return { owner, isPublic: false, epoch, hasKeys: false, gates: [NO_GATE, NO_GATE], grants: new Map(), keys: new Map() };
}

function next(state: State | undefined, { name, args }: LogDescription): State | undefined {
  const text = (field: string): string => args.getValue(field) as string;
  const number = (field: string): bigint => args.getValue(field) as bigint;
  const flag = (field: string): boolean => args.getValue(field) as boolean;
  if (name === "BucketCreated") return ownedBy(text("owner"), 0n);
  if (state === undefined || name === "BucketClosed") return undefined;
  switch (name) {
    case "BucketAccepted":
      return ownedBy(text("newOwner"), state.epoch + 1n);
    case "AccessGranted":
      grant(state.grants, text("account"), number("rights"), number("until"));
      return state;
    case "AccessRevoked":
      state.grants.delete(text("account"));
      return state;
    case "PublicAccessChanged":
      return { ...state, isPublic: flag("isPublic") };
    case "GateChanged": {
      const gate = { token: text("token"), byId: flag("byId"), id: number("id"), minimum: number("minimum") };
      const [read, write] = state.gates;
      const rights = number("rights");
      return { ...state, gates: [has(rights, RIGHT_BITS.read) ? gate : read, has(rights, RIGHT_BITS.write) ? gate : write] };
    }
    case "KeyEpochStarted":
      return { ...state, epoch: number("epoch"), hasKeys: false };
    case "KeyPublished": {
      const reader = text("reader");
      state.keys.set(reader, { reader, epoch: number("epoch"), wrapped: text("wrapped") });
      return { ...state, hasKeys: true };
    }
    default:
      return state;
  }
}

function grant(grants: Map<string, GrantInfo>, account: string, rights: bigint, until: bigint): void {
  const known = grants.get(account) ?? { account, readUntil: 0n, writeUntil: 0n };
  const end = until === 0n ? GRANT_WITHOUT_END : until;
  grants.set(account, {
    account,
    readUntil: has(rights, RIGHT_BITS.read) ? end : known.readUntil,
    writeUntil: has(rights, RIGHT_BITS.write) ? end : known.writeUntil,
  });
}

const has = (rights: bigint, right: bigint): boolean => (rights & right) !== 0n;
