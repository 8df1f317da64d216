import type { Block, Log, Provider } from "ethers";

import { mapLimited } from "../network";
import { type Position, type SeenLog, seenLog } from "./network-event";

/** The part of a provider that a watch needs. */
export type Source = Pick<Provider, "getBlock" | "getLogs">;

/** The node's answers are inconsistent: its chain changed in between, or another node answered. A retry may succeed. */
export class InconsistentAnswer extends Error {
  override readonly name = "InconsistentAnswer";
}

/** A block, and its logs in their order. */
export interface LoggedBlock extends Position {
  parentHash: string;
  logs: SeenLog[];
}

/** Reads blocks and the logs of some contracts. It assumes neither an order nor that each log comes once. */
export class Reader {
  constructor(
    readonly source: Source,
    private readonly addresses: readonly string[],
  ) {}

  /** @param tag A number, or "latest". */
  async block(tag: number | "latest"): Promise<(Position & { parentHash: string }) | undefined> {
    const block = await this.source.getBlock(tag);
    return block === null ? undefined : positionOf(block);
  }

  /**
   * The last of a range of blocks, and before it those that have logs; all of one chain, or it throws.
   * @param parentHash Hash of the block before the first, if it is known.
   */
  async range(from: number, to: number, parentHash: string | undefined): Promise<LoggedBlock[]> {
    const end = await this.#present(to);
    if (parentHash !== undefined && (await this.#present(from)).parentHash !== parentHash) {
      throw new InconsistentAnswer(`block ${from} has another parent`);
    }
    const logs = await this.source.getLogs({ address: [...this.addresses], fromBlock: from, toBlock: to });
    const within = logs.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to);
    const numbers = [...new Set(within.map(({ blockNumber }) => blockNumber))].sort((one, other) => one - other);
    const blocks = await mapLimited(
      numbers.filter((number) => number !== to),
      (number) => this.#present(number),
    );
    const logged = [...blocks, end].map((block) => ({ ...block, logs: logsOf(block, within) }));
    // Its hash stands for the whole chain up to there.
    if ((await this.block(to))?.blockHash !== end.blockHash) throw new InconsistentAnswer(`block ${to} was replaced meanwhile`);
    return logged;
  }

  async #present(number: number): Promise<Position & { parentHash: string }> {
    const block = await this.block(number);
    if (block === undefined) throw new InconsistentAnswer(`the node has no block ${number} any more`);
    return block;
  }

  /** A block with its logs, which are asked for by its hash: a node that does not know the block cannot take it for an empty one. */
  async logged(block: Position & { parentHash: string }): Promise<LoggedBlock> {
    const logs = await this.source.getLogs({ address: [...this.addresses], blockHash: block.blockHash });
    return { ...block, logs: logsOf(block, logs) };
  }
}

/** The logs of a block, each once, in their order. */
function logsOf({ blockNumber, blockHash }: Position, logs: readonly Log[]): SeenLog[] {
  const own = logs.filter((log) => log.blockNumber === blockNumber && !log.removed);
  if (own.some((log) => log.blockHash !== blockHash)) throw new InconsistentAnswer(`logs of block ${blockNumber} are of another chain`);
  const byIndex = new Map(own.map((log) => [log.index, seenLog(log)]));
  return [...byIndex.values()].sort((one, other) => one.logIndex - other.logIndex);
}

function positionOf({ number, hash, timestamp, parentHash }: Block): Position & { parentHash: string } {
  if (hash === null) throw new InconsistentAnswer("the block is not mined yet");
  return { blockNumber: number, blockHash: hash, time: BigInt(timestamp), parentHash };
}
