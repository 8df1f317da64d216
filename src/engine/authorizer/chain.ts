// The authorizer's view of a chain. `registriesChain` asks the contracts; tests put their own chain here.

/** Rights are bits, as in the bucket registry. */
export const RIGHTS = { read: 1, write: 2, readAndWrite: 3 } as const;

export type Right = (typeof RIGHTS)[keyof typeof RIGHTS];

export interface Question {
  bucketId: bigint;
  /** In lower case. Zero: anyone. */
  account: string;
  right: Right;
}

/** The contracts' answer at one block. */
export interface Answer {
  allowed: boolean;
  funded: boolean;
  /** Until when both hold, if they do and nothing happens (unix seconds, not including that second); 0: nothing tells, so it has to be asked again at the next block. */
  until: bigint;
  /** The paying account, in lower case. */
  owner: string;
  /** In which currency, in lower case. */
  currency: string;
}

export interface Block {
  number: number;
  hash: string;
  parentHash: string;
  timestamp: number;
}

/** The items that a block has touched. */
export type Change =
  | { bucketId: bigint }
  /** In lower case. */
  | { account: string }
  /** In lower case; its price. */
  | { currency: string }
  /** Something that may concern any bucket. */
  | "anything";

export interface Chain {
  latest: () => Promise<Block>;
  /** The hash of a block by its number; undefined if there is none. */
  hashOf: (blockNumber: number) => Promise<string | undefined>;
  changes: (fromBlock: number, toBlock: number) => Promise<Change[]>;
  /** Undefined: there is no such bucket. */
  ask: (question: Question, block: Block) => Promise<Answer | undefined>;
}
