import type { Call } from "../model/call";
import { Chain, type Outcome, type Question, request, struct } from "../model/chain";
import type { Cast } from "../model/market";
import { type Entry, LOGGERS, type Logger } from "./log";
import { questionsAbout } from "./questions";
import { apply, emptyState, type State } from "./state";
import { UNCOMPARED_FIELDS, VIEWS } from "./views";

/** What was logged in a step of a walk, and what the registries answered after it. */
export interface Frame {
  entries: Entry[];
  /** When the newest block was (unix seconds). */
  now: bigint;
  answered: { question: Question; answer: unknown }[];
}

interface RawLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
}

/** The replica says something else than the registries. */
export class Difference extends Error {}

/** A chain with an observer, which sees nothing but logs and the times of blocks, and after each step compares what follows with every view. */
export class Witness extends Chain {
  readonly state: State = emptyState();
  readonly frames: Frame[] = [];
  now = 0n;
  private seen = -1;

  constructor(
    chain: Chain,
    private readonly cast: Cast,
  ) {
    super(chain.contracts);
  }

  override async send(call: Call, timestamp: bigint): Promise<Outcome> {
    const outcome = await super.send(call, timestamp);
    await this.observe();
    return outcome;
  }

  override async passTo(timestamp: bigint): Promise<void> {
    await super.passTo(timestamp);
    await this.observe();
  }

  /** Reads the logs since the last step, and compares. */
  async observe(): Promise<void> {
    const entries = await this.newEntries();
    for (const entry of entries) apply(this.state, entry);
    const questions = questionsAbout(this.state, this.cast, this.frames.length);
    const answers = await this.ask(questions);
    const answered = questions.map((question, i) => ({ question, answer: answers[i] }));
    this.frames.push({ entries, now: this.now, answered });
    expectSame(this.state, this.now, answered);
  }

  private async newEntries(): Promise<Entry[]> {
    const { number, timestamp } = (await request("eth_getBlockByNumber", ["latest", false])) as { number: string; timestamp: string };
    const addresses = LOGGERS.map((name) => this.contracts[name].address);
    const fromBlock = `0x${(this.seen + 1).toString(16)}`;
    const logs =
      this.seen < Number(number) ? ((await request("eth_getLogs", [{ fromBlock, toBlock: number, address: addresses }])) as RawLog[]) : [];
    const times = new Map([[number, BigInt(timestamp)]]);
    for (const { blockNumber } of logs) {
      if (times.has(blockNumber)) continue;
      const block = (await request("eth_getBlockByNumber", [blockNumber, false])) as { timestamp: string };
      times.set(blockNumber, BigInt(block.timestamp));
    }
    [this.seen, this.now] = [Number(number), BigInt(timestamp)];
    return logs.map((log) => this.entryOf(log, times.get(log.blockNumber)!));
  }

  private entryOf({ address, topics, data }: RawLog, at: bigint): Entry {
    const contract = LOGGERS.find((name) => this.contracts[name].address.toLowerCase() === address.toLowerCase())!;
    const { name, args, fragment } = this.contracts[contract].interface.parseLog({ topics, data })!;
    return { contract, name, args: struct(args, fragment.inputs), at };
  }
}

/** What the replica answers. */
export function answerOf(state: State, now: bigint, { contract, view, args }: Question): unknown {
  const answer = VIEWS[contract as Logger][view];
  if (answer === undefined) throw new Error(`The replica has no view ${contract}.${view}.`);
  return answer(state, now, ...args);
}

/** Throws where the replica answers something else than the registries did. */
export function expectSame(state: State, now: bigint, answered: Frame["answered"]): void {
  for (const { question, answer } of answered) {
    const { contract, view, args } = question;
    const found = without(answer, UNCOMPARED_FIELDS[`${contract}.${view}`] ?? []);
    const expected = answerOf(state, now, question);
    if (isSame(found, expected)) continue;
    const where = `${contract}.${view}(${args.join(", ")})`;
    throw new Difference(`${where} is ${told(found)}, by the logs ${told(expected)}.`);
  }
}

function without(answer: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0) return answer;
  return Object.fromEntries(Object.entries(answer as Record<string, unknown>).filter(([field]) => !fields.includes(field)));
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const fields = Object.keys(one);
  return fields.length === Object.keys(other).length && fields.every((field) => isSame(one[field], other[field]));
}

function told(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));
}
