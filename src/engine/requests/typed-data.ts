// What is signed: EIP-712 typed data. docs/ENGINES.md has it for other implementations.
import { TypedDataEncoder, type TypedDataDomain, type TypedDataField, concat, keccak256 } from "ethers";

/** Where requests count: one deployment on one chain. */
export interface Realm {
  chainId: bigint;
  /** The address of the bucket registry. */
  bucketRegistry: string;
}

/** What an account asks a node for. */
export interface Request {
  /** On whose behalf. */
  account: string;
  bucketId: bigint;
  /** What to do, in the words of the engine: read, write, … */
  action: string;
  /** What to do it with; empty: the bucket itself. */
  path: string;
  /** The SHA-256 of the body; that of nothing, if there is none. */
  bodyHash: string;
  /** Which node is to do it. */
  nodeId: bigint;
  /** Until when (unix seconds). */
  expiry: number;
  /** 32 random bytes: no two requests of an account have the same. */
  nonce: string;
}

/** What an account lets a key do for it. */
export interface Session {
  account: string;
  /** The address of the key that may sign. */
  key: string;
  bucketIds: readonly bigint[];
  actions: readonly string[];
  /** Until when (unix seconds). */
  expiry: number;
}

type Types = Record<string, TypedDataField[]>;

export const REQUEST_TYPES: Types = {
  Request: [
    { name: "account", type: "address" },
    { name: "bucketId", type: "uint32" },
    { name: "action", type: "string" },
    { name: "path", type: "string" },
    { name: "bodyHash", type: "bytes32" },
    { name: "nodeId", type: "uint32" },
    { name: "expiry", type: "uint64" },
    { name: "nonce", type: "bytes32" },
  ],
};

export const SESSION_TYPES: Types = {
  Session: [
    { name: "account", type: "address" },
    { name: "key", type: "address" },
    { name: "bucketIds", type: "uint32[]" },
    { name: "actions", type: "string[]" },
    { name: "expiry", type: "uint64" },
  ],
};

export function domainOf({ chainId, bucketRegistry }: Realm): TypedDataDomain {
  return { name: "DDC", version: "1", chainId, verifyingContract: bucketRegistry };
}

/** Computes digests in one realm; what is the same for all of them is computed once. */
export class Digests {
  readonly #separator: string;

  constructor(realm: Realm) {
    this.#separator = TypedDataEncoder.hashDomain(domainOf(realm));
  }

  request(request: Request): string {
    return this.#digest(requestEncoder.hash(request));
  }

  session(session: Session): string {
    return this.#digest(sessionEncoder.hash(session));
  }

  #digest(structHash: string): string {
    return keccak256(concat(["0x1901", this.#separator, structHash]));
  }
}

const requestEncoder = TypedDataEncoder.from(REQUEST_TYPES);
const sessionEncoder = TypedDataEncoder.from(SESSION_TYPES);
