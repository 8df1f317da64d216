import type { Handlers } from "../log";
import type { State } from ".";
import { bucketOf, coveredUntilOf } from "./buckets";
import { insist, NOBODY } from "./numbers";

export interface Gate {
  token: string;
  byId: boolean;
  id: bigint;
  minimum: bigint;
}

interface Grant {
  readUntil: bigint;
  writeUntil: bigint;
}

/** Who may do what with a bucket. A new owner begins with nothing but the key epochs. */
export interface Access {
  readonly tenure: bigint;
  epochsStarted: bigint;
  /** Keys were published for the epoch before this one. */
  epochsWithKeys: bigint;
  isPublic: boolean;
  readGate: Gate;
  writeGate: Gate;
  grants: Map<string, Grant>;
  keys: Map<string, { epoch: bigint; wrapped: string }>;
}

const READ = 1n;
const WRITE = 2n;
const NO_END = 2n ** 40n - 1n;
const NO_GATE: Gate = { token: NOBODY, byId: false, id: 0n, minimum: 0n };
const NO_GRANT: Grant = { readUntil: 0n, writeUntil: 0n };

export function newAccess(tenure: bigint): Access {
  return {
    tenure,
    epochsStarted: 0n,
    epochsWithKeys: 0n,
    isPublic: false,
    readGate: NO_GATE,
    writeGate: NO_GATE,
    grants: new Map(),
    keys: new Map(),
  };
}

function accessOf(state: State, bucketId: bigint): Access {
  return bucketOf(state, bucketId).access;
}

/** What the bucket registry logs of access. */
export const ACCESS_HANDLERS: Handlers = {
  bucketRegistry: {
    AccessGranted: (state, { bucketId, account, rights, until }) => {
      const { grants } = accessOf(state, bucketId);
      const end = until === 0n ? NO_END : until;
      const { readUntil, writeUntil } = grants.get(account) ?? NO_GRANT;
      grants.set(account, {
        readUntil: (rights & READ) === 0n ? readUntil : end,
        writeUntil: (rights & WRITE) === 0n ? writeUntil : end,
      });
    },
    AccessRevoked: (state, { bucketId, account }) => {
      accessOf(state, bucketId).grants.delete(account);
    },
    PublicAccessChanged: (state, { bucketId, isPublic }) => {
      accessOf(state, bucketId).isPublic = isPublic;
    },
    GateChanged: (state, { bucketId, token, rights, byId, id, minimum }) => {
      const access = accessOf(state, bucketId);
      const gate = { token, byId, id, minimum };
      if ((rights & READ) !== 0n) access.readGate = gate;
      if ((rights & WRITE) !== 0n) access.writeGate = gate;
    },
    KeyEpochStarted: (state, { bucketId, epoch }) => {
      const access = accessOf(state, bucketId);
      access.epochsStarted = epoch - access.tenure;
    },
    KeyPublished: (state, { bucketId, reader, epoch, wrapped }) => {
      const access = accessOf(state, bucketId);
      access.keys.set(reader, { epoch, wrapped });
      access.epochsWithKeys = epoch + 1n;
    },
  },
};

// ------------------------------------------------------------ views

export function getAccess(state: State, bucketId: bigint): unknown {
  const { isPublic, tenure, epochsStarted, epochsWithKeys, readGate, writeGate } = accessOf(state, bucketId);
  const epoch = tenure + epochsStarted;
  return { isPublic, epoch, hasKeys: epochsWithKeys > epoch, readGate, writeGate };
}

export function grantOf(state: State, bucketId: bigint, account: string): unknown {
  return accessOf(state, bucketId).grants.get(account) ?? NO_GRANT;
}

export function keyOf(state: State, bucketId: bigint, reader: string): unknown {
  return accessOf(state, bucketId).keys.get(reader) ?? { epoch: 0n, wrapped: "0x" };
}

/** Whether the answer about a right is in the logs alone: a gate asks a token. */
export function isUngated({ readGate, writeGate }: Access, right: bigint): boolean {
  return ((right & READ) === 0n || readGate.token === NOBODY) && ((right & WRITE) === 0n || writeGate.token === NOBODY);
}

export function canAccess(state: State, now: bigint, bucketId: bigint, account: string, right: bigint): unknown {
  const bucket = state.buckets.get(bucketId);
  if (bucket === undefined) return { allowed: false, funded: false };
  const { access, owner, resource } = bucket;
  insist(isUngated(access, right), "A token answers.");
  const { readUntil, writeUntil } = access.grants.get(account) ?? NO_GRANT;
  const [mayRead, mayWrite] = [access.isPublic || now < readUntil, now < writeUntil];
  return {
    allowed: account === owner || (((right & READ) === 0n || mayRead) && ((right & WRITE) === 0n || mayWrite)),
    funded: resource !== 0n && coveredUntilOf(state, now, bucket) > now,
  };
}
