import { ZeroHash } from "ethers";

import { readRanges } from "../network";
import { UserError } from "../user-error";
import { type ReadBlock, lastOf } from "./cursor";
import { type ContractEvent, type Position, type SeenLog, eventOf } from "./network-event";
import { InconsistentAnswer, type LoggedBlock, type Reader } from "./source";

/** So many blocks are remembered, and can be withdrawn. No chain that people use for money drops more. */
export const DEPTH = 128;
/** The newest blocks are read one by one, by their hashes; those before are read by ranges. */
const NEAR = 32;

/** Stands for the hash of a block that was not read: what is told begins after it, whichever block is there. */
const UNSEEN = ZeroHash;

/** Whether a block was read. */
export function isSeen({ blockHash }: ReadBlock): boolean {
  return blockHash !== UNSEEN;
}

/** Where a chain is before its block `from` is told. */
export function before(from: number): ReadBlock {
  return { blockNumber: from - 1, blockHash: UNSEEN, time: 0n, done: true, logs: [] };
}

/** Something that happened, and how far it is then. */
export interface Step {
  event: ContractEvent;
  blocks: readonly ReadBlock[];
}

/**
 * Follows a chain from where it was left: each call of {@link advance} tells what is new, in the order of the chain. What was told of
 * blocks that the chain has dropped is withdrawn first, the last first.
 */
export class Follower {
  #blocks: ReadBlock[];

  /** @param blocks How far it is: as a cursor has it. */
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

  /** Tells all there is up to a head, or less if the chain changes meanwhile: then the next call tells the rest. */
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
            `What was told of blocks up to it may be void: start again without the cursor, from a block before it.`,
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

  /** Tells what is left of a block that was told in part. */
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

  /** Tells the logs of a block that were not told yet, and remembers each before it is told. */
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

  /** What has to be remembered when the chain is so long: what it could still drop, and one block that it cannot. */
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
