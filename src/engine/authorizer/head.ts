import type { Block, Chain, Change } from "./chain";

/** More blocks than these are not looked through: it is simpler to ask again. */
const MOST_BLOCKS = 1_000;

/** Follows the newest block of a chain, without missing what happened in between. */
export class Head {
  #block: Block | undefined;
  #heardAt = -Infinity;
  #polling: Promise<void> | undefined;

  /**
   * @param changed Is told what was touched up to a block, before that block counts as seen.
   * @param milliseconds A clock that never goes back.
   */
  constructor(
    private readonly chain: Chain,
    private readonly changed: (changes: readonly Change[]) => void,
    private readonly milliseconds: () => number,
  ) {}

  /** The newest block seen. */
  get block(): Block | undefined {
    return this.#block;
  }

  /** How long the chain has not been heard of. */
  get silentSeconds(): number {
    return (this.milliseconds() - this.#heardAt) / 1_000;
  }

  /** Looks for new blocks. One look at a time: who asks during one gets its outcome. */
  async poll(): Promise<void> {
    this.#polling ??= this.#look().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #look(): Promise<void> {
    // The answer is as old as the question.
    const askedAt = this.milliseconds();
    const block = await this.chain.latest();
    if (block.hash !== this.#block?.hash) {
      this.changed(await this.#changesUntil(block));
      this.#block = block;
    }
    this.#heardAt = askedAt;
  }

  async #changesUntil(block: Block): Promise<readonly Change[]> {
    const last = this.#block;
    if (last === undefined || block.number <= last.number || block.number - last.number > MOST_BLOCKS) return ["anything"];
    const stillThere = block.number === last.number + 1 ? block.parentHash : await this.chain.hashOf(last.number);
    if (stillThere !== last.hash) return ["anything"];
    return this.chain.changes(last.number + 1, block.number);
  }
}
