import { ZeroHash } from "ethers";

import { readRanges } from "../network";
import { UserError } from "../user-error";
import { type ReadBlock, lastOf } from "./cursor";
import { type ContractEvent, type Position, type SeenLog, eventOf } from "./network-event";
import { InconsistentAnswer, type LoggedBlock, type Reader } from "./source";

/** Number of remembered blocks, whose events can be withdrawn. Chains in production do not drop more. */
export const DEPTH = 128;
/** The newest blocks are read one by one, by their hashes; those before are read by ranges. */
const NEAR = 32;

/** Stands for the hash of a block that was not read: emission begins after it, whichever block is there. */
const UNSEEN = ZeroHash;

/** Whether a block was read. */
export function isSeen({ blockHash }: ReadBlock): boolean {
  return blockHash !== UNSEEN;
}

/** The position just before block `from`. */
export function before(from: number): ReadBlock {
  return { blockNumber: from - 1, blockHash: UNSEEN, time: 0n, done: true, logs: [] };
}

/** An event, and the follower's position after it. */
export interface Step {
  event: ContractEvent;
  blocks: readonly ReadBlock[];
}

/**
 * Follows a chain from a position: each call of {@link advance} emits new events, in the order of the chain. Events of
 * blocks that the chain has dropped are withdrawn first, the last first.
 */
export class Follower {
  #blocks: ReadBlock[];

  /** @param blocks Its position, as in a cursor. */
  constructor(
    private readonly reader: Reader,
    blocks: readonly ReadBlock[],
    private readonly confirmations = 0,
  ) {
    this.#blocks = [...blocks];
  }

  get blocks(): readonly ReadBlock[] {
    return this.#blocks;
  }

  /** Emits all events up to a head, or fewer if the chain changes meanwhile: then the next call emits the rest. */
  async *advance(head: Position): AsyncGenerator<Step> {
    const target = head.blockNumber - this.confirmations;
    // A node that is behind, or a chain that is being replaced: wait until it is as long again.
    if (target < lastOf(this.#blocks).blockNumber) return;
    yield* this.#withdraw();
    yield* this.#finishLast();
    yield* this.#readFar(target);
    yield* this.#readNear(target);
  }

  async *#withdraw(): AsyncGenerator<Step> {
    for (let last = lastOf(this.#blocks); !(await this.#isOnChain(last)); last = lastOf(this.#blocks)) {
      if (this.#blocks.length === 1) {
        throw new UserError(
          `The chain has dropped block ${last.blockNumber}, and with it more than is remembered (${DEPTH} blocks). ` +
            `Emitted events up to that block may be void: start again without the cursor, from an earlier block.`,
        );
      }
      for (let { logs } = last; logs.length > 0;) {
        const log = logs.at(-1);
        logs = logs.slice(0, -1);
        this.#blocks = [...this.#blocks.slice(0, -1), { ...last, done: false, logs }];
        if (log !== undefined) yield* this.#emitted(log, last, true);
      }
      this.#blocks = this.#blocks.slice(0, -1);
    }
  }

  async #isOnChain(block: ReadBlock): Promise<boolean> {
    return !isSeen(block) || (await this.reader.block(block.blockNumber))?.blockHash === block.blockHash;
  }

  /** Emits the rest of a block that was emitted in part. */
  async *#finishLast(): AsyncGenerator<Step> {
    const last = lastOf(this.#blocks);
    if (last.done) return;
    const block = await this.reader.block(last.blockNumber);
    if (block?.blockHash !== last.blockHash) throw new InconsistentAnswer(`block ${last.blockNumber} was replaced meanwhile`);
    yield* this.#emit(await this.reader.logged(block));
  }

  async *#readFar(target: number): AsyncGenerator<Step> {
    const from = lastOf(this.#blocks).blockNumber + 1;
    const query = (start: number, end: number): Promise<LoggedBlock[]> => {
      const last = lastOf(this.#blocks);
      return this.reader.range(start, end, isSeen(last) ? last.blockHash : undefined);
    };
    const ranges = readRanges(query, from, target - NEAR);
    for await (const blocks of ranges) for (const block of blocks) yield* this.#emit(block, target);
  }

  async *#readNear(target: number): AsyncGenerator<Step> {
    const first = lastOf(this.#blocks).blockNumber + 1;
    const numbers = Array.from({ length: Math.max(target - first + 1, 0) }, (_, index) => first + index);
    const found = await Promise.all(numbers.map((number) => this.reader.block(number)));
    const linked: (Position & { parentHash: string })[] = [];
    let previous = lastOf(this.#blocks);
    for (const block of found) {
      // Not there yet, or of another chain: the next call sees more.
      if (block === undefined || (isSeen(previous) && block.parentHash !== previous.blockHash)) break;
      linked.push(block);
      previous = { ...block, done: true, logs: [] };
    }
    const logged = await Promise.all(linked.map((block) => this.reader.logged(block)));
    for (const block of logged) yield* this.#emit(block, target);
  }

  /** Emits the remaining logs of a block, and remembers each before emitting it. */
  async *#emit({ logs, ...at }: LoggedBlock, target = at.blockNumber): AsyncGenerator<Step> {
    const known = lastOf(this.#blocks);
    const isKnown = known.blockHash === at.blockHash;
    const { blockNumber, blockHash, time } = at;
    let emitted = isKnown ? known.logs : [];
    const others = isKnown ? this.#blocks.slice(0, -1) : this.#rememberedAt(target);
    const after = emitted.at(-1)?.logIndex ?? -1;
    for (const log of logs.filter(({ logIndex }) => logIndex > after)) {
      emitted = [...emitted, log];
      this.#blocks = [...others, { blockNumber, blockHash, time, done: false, logs: emitted }];
      yield* this.#emitted(log, at, false);
    }
    this.#blocks = [...others, { blockNumber, blockHash, time, done: true, logs: emitted }];
  }

  /** The blocks to remember at this height: those that the chain could still drop, and one that it cannot. */
  #rememberedAt(target: number): ReadBlock[] {
    const kept = this.#blocks.filter(({ blockNumber }) => blockNumber > target - DEPTH);
    const old = this.#blocks.filter(({ blockNumber }) => blockNumber <= target - DEPTH).at(-1);
    return old === undefined ? kept : [{ ...old, logs: [] }, ...kept];
  }

  *#emitted(log: SeenLog, at: Position, withdrawn: boolean): Generator<Step> {
    const event = eventOf(log, at, withdrawn);
    if (event !== undefined) yield { event, blocks: this.#blocks };
  }
}
