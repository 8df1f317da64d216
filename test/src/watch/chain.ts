import { type Block, type Log, id, toBeHex } from "ethers";

import { NodeRegistry__factory } from "../../../cache/typechain-types";

const abi = NodeRegistry__factory.createInterface();
/** Where the registry of the chain is. */
export const REGISTRY = `0x${"11".repeat(20)}`;
const PROVIDER = `0x${"22".repeat(20)}`;

/** What an endpoint does with a request instead of answering it as it should. */
export type Fault = "fails" | "repeats" | "reorders" | "is replaced";

interface FakeBlock {
  number: number;
  hash: string;
  parentHash: string;
  timestamp: number;
  logs: Log[];
}

/** A chain on which nodes are created, whose blocks can be replaced, and whose endpoint is as bad as it is told to be. */
export class FakeChain {
  /** How many blocks a range may have. */
  largestRange = Number.POSITIVE_INFINITY;
  /** What becomes of the next requests, one after the other. */
  readonly faults: (Fault | undefined)[] = [];
  readonly blocks: FakeBlock[] = [{ number: 0, hash: id("genesis"), parentHash: id("nothing"), timestamp: 1_000, logs: [] }];
  #serial = 0;

  /** The ids of all nodes that were created, in the order of the chain. */
  get nodeIds(): bigint[] {
    return this.blocks.flatMap(({ logs }) => logs.map((log) => nodeIdOf(log)));
  }

  get height(): number {
    return this.blocks.length - 1;
  }

  /** Adds a block in which so many nodes are created. */
  mine(nodes: number): void {
    const parent = this.blocks.at(-1)!;
    const number = parent.number + 1;
    const hash = id(`block ${++this.#serial}`);
    const logs = Array.from({ length: nodes }, (_, index) => this.#log(number, hash, 3 * index + 1));
    this.blocks.push({ number, hash, parentHash: parent.hash, timestamp: parent.timestamp + 12, logs });
  }

  /** Drops the last blocks, and puts others in their place. */
  replace(depth: number, nodes: readonly number[]): void {
    this.blocks.splice(Math.max(1, this.blocks.length - depth));
    for (const count of nodes) this.mine(count);
  }

  readonly getBlock = async (tag: unknown): Promise<Block | null> => {
    this.#takeFault();
    const block = tag === "latest" ? this.blocks.at(-1) : this.blocks[Number(tag)];
    return (block ?? null) as Block | null;
  };

  readonly getLogs = async (filter: object): Promise<Log[]> => {
    const fault = this.#takeFault();
    const logs = this.#logsFor(filter);
    if (fault === "repeats") return [...logs, ...logs.slice(0, 3)];
    return fault === "reorders" ? logs.reverse() : logs;
  };

  #logsFor({ fromBlock = 0, toBlock = 0, blockHash }: { fromBlock?: number; toBlock?: number; blockHash?: string }): Log[] {
    if (blockHash !== undefined) {
      const block = this.blocks.find(({ hash }) => hash === blockHash);
      if (block === undefined) throw new Error("unknown block");
      return [...block.logs];
    }
    if (toBlock - fromBlock + 1 > this.largestRange) throw new Error(`query exceeds max block range ${this.largestRange}`);
    return this.blocks.slice(fromBlock, toBlock + 1).flatMap(({ logs }) => logs);
  }

  #takeFault(): Fault | undefined {
    const fault = this.faults.shift();
    if (fault === "fails") throw new Error("connect ECONNREFUSED");
    if (fault === "is replaced") this.replace(2, [1, 0, 2]);
    return fault;
  }

  #log(blockNumber: number, blockHash: string, index: number): Log {
    const { topics, data } = abi.encodeEventLog("NodeCreated", [++this.#serial, PROVIDER, 1n, 1n, ""]);
    const transactionHash = id(`transaction ${this.#serial}`);
    return { address: REGISTRY, topics, data, blockNumber, blockHash, index, transactionHash, removed: false } as unknown as Log;
  }
}

function nodeIdOf({ topics }: Log): bigint {
  return BigInt(topics[1] ?? toBeHex(0));
}
