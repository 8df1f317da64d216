import { Refusal } from "../refusal";
import type { Answer, Block, Chain, Change, Question } from "./chain";
import { type Decision, Decisions, keyOf } from "./decisions";
import { Head } from "./head";

export interface AuthorizerOptions {
  /** How long what was known stays valid when the chain is not heard of. Then everything is refused. */
  silentSeconds?: number;
  /** How old the newest block may be: beyond, the endpoint is taken to have stopped. Unlimited by default: development chains make blocks only when asked. */
  blockSeconds?: number;
  /** How long to wait between looking for new blocks. */
  pollMilliseconds?: number;
  /** How many answers to remember. */
  remembered?: number;
  /** How many questions to the chain at a time: strangers can make a node ask. */
  atOnce?: number;
  /** Unix seconds. */
  clock?: () => number;
  /** Milliseconds of a clock that never goes back. */
  stopwatch?: () => number;
}

const DEFAULTS = {
  silentSeconds: 60,
  blockSeconds: Infinity,
  pollMilliseconds: 1_000,
  remembered: 100_000,
  atOnce: 64,
  clock: () => Date.now() / 1_000,
  stopwatch: () => performance.now(),
};

/** How often to ask again when a new block comes in during a question. */
const TRIES = 3;

/**
 * Says who may do what with which bucket, and whether it is paid for, as the contracts do, without asking them each time.
 *
 * A cached answer holds until the end of its cause (coverage, a grant), is forgotten on any event of the bucket, of its owner's account and of the currency's price, and for one block
 * only where nothing tells when it ends: a token that gates, and every no.
 */
export class Authorizer {
  readonly #options: Required<AuthorizerOptions>;
  readonly #head: Head;
  readonly #decisions: Decisions;
  readonly #asking = new Map<string, Promise<Decision | undefined>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(
    private readonly chain: Chain,
    options: AuthorizerOptions = {},
  ) {
    this.#options = { ...DEFAULTS, ...options };
    this.#decisions = new Decisions(this.#options.remembered);
    const forget = (changes: readonly Change[]): void => {
      for (const change of changes) this.#decisions.apply(change);
    };
    this.#head = new Head(chain, forget, this.#options.stopwatch);
  }

  /** The newest block seen. */
  get block(): Block | undefined {
    return this.#head.block;
  }

  /** How many answers are remembered. */
  get remembered(): number {
    return this.#decisions.size;
  }

  /** Follows the chain until {@link stop}. @throws if the chain cannot be reached at all. */
  async start(): Promise<void> {
    await this.#head.poll();
    this.#running = true;
    this.#pollLater();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Looks for new blocks now. */
  async poll(): Promise<void> {
    await this.#head.poll();
  }

  /** Whether the chain is heard of, so that there are answers. */
  get isLive(): boolean {
    return this.#head.silentSeconds <= this.#options.silentSeconds && this.#blockAge() <= this.#options.blockSeconds;
  }

  /** @throws Refusal unless the account may, and the bucket is paid for. */
  async authorize(question: Question): Promise<void> {
    const { allowed, funded } = await this.decide(question);
    const { bucketId } = question;
    if (!allowed) throw new Refusal("not-allowed", `The owner of bucket ${bucketId} has not let you do this.`);
    if (!funded)
      throw new Refusal("not-funded", `Bucket ${bucketId} is not paid for: its owner has to make a deposit, or to allocate resource.`);
  }

  /** Asks the contracts. @throws Refusal if they cannot be asked, or if there is no such bucket. */
  async decide(question: Question): Promise<Answer> {
    const block = this.#liveBlock();
    const known = this.#decisions.get(question);
    if (known !== undefined && this.#holds(known, block)) return known;
    const decision = await this.#ask(question);
    if (decision === undefined) throw new Refusal("bucket-unknown", `There is no bucket ${question.bucketId}.`);
    return decision;
  }

  #holds({ until, blockNumber }: Decision, block: Block): boolean {
    return until === 0n ? blockNumber === block.number : Number(until) > this.#now(block);
  }

  #liveBlock(): Block {
    const { block } = this.#head;
    if (block === undefined || !this.isLive)
      throw new Refusal("chain-gone", "The chain has not been heard of for too long: access rights are unknown.");
    return block;
  }

  async #ask(question: Question): Promise<Decision | undefined> {
    const key = keyOf(question);
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    if (this.#asking.size >= this.#options.atOnce) throw new Refusal("busy", "Too much is being asked of the chain at this moment.");
    const answer = this.#askChain(question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  async #askChain(question: Question): Promise<Decision | undefined> {
    for (let tries = 1; ; tries += 1) {
      const block = this.#liveBlock();
      const answer = await this.#askAt(question, block);
      const decision = answer && decisionOf(answer, block);
      const isNewest = block === this.#head.block;
      // Only answers at the newest block are cached: a later change of an older one would go unnoticed.
      if (isNewest && decision !== undefined) this.#decisions.set(question, decision);
      if (isNewest || tries === TRIES) return decision;
    }
  }

  async #askAt(question: Question, block: Block): Promise<Answer | undefined> {
    try {
      return await this.chain.ask(question, block);
    } catch (cause) {
      throw new Refusal("chain-gone", "The chain cannot be asked who may do what.", { cause });
    }
  }

  #blockAge(): number {
    const { block } = this.#head;
    return block === undefined ? Infinity : this.#options.clock() - block.timestamp;
  }

  /** The later of two clocks: one that is late must not keep alive what has ended. */
  #now(block: Block): number {
    return Math.max(this.#options.clock(), block.timestamp);
  }

  #pollLater(): void {
    this.#timer = setTimeout(() => {
      // A failure shows by the silence that follows.
      void this.#head
        .poll()
        .catch(() => undefined)
        .then(() => {
          if (this.#running) this.#pollLater();
        });
    }, this.#options.pollMilliseconds);
  }
}

/** Denials carry no expiry: cache them for one block. */
function decisionOf(answer: Answer, { number: blockNumber }: Block): Decision {
  return { ...answer, until: answer.allowed && answer.funded ? answer.until : 0n, blockNumber };
}
