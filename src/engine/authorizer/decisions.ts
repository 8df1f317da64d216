import type { Answer, Change, Question } from "./chain";

/** An answer and the block that it was given at. */
export interface Decision extends Answer {
  blockNumber: number;
}

/** The answers that are known, by what was asked, so that those which a change concerns can be forgotten. A bounded number: the one that was asked for first makes room. */
export class Decisions {
  readonly #known = new Map<string, { question: Question; decision: Decision }>();
  readonly #byBucket = new Index();
  readonly #byOwner = new Index();
  readonly #byCurrency = new Index();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#known.size;
  }

  get(question: Question): Decision | undefined {
    return this.#known.get(keyOf(question))?.decision;
  }

  set(question: Question, decision: Decision): void {
    const key = keyOf(question);
    this.#forget(key);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.most && oldest !== undefined) this.#forget(oldest);
    this.#known.set(key, { question, decision });
    this.#byBucket.add(String(question.bucketId), key);
    this.#byOwner.add(decision.owner, key);
    this.#byCurrency.add(decision.currency, key);
  }

  /** Forgets what a change may have made wrong. */
  apply(change: Change): void {
    if (change === "anything") {
      this.clear();
      return;
    }
    const keys =
      "bucketId" in change
        ? this.#byBucket.get(String(change.bucketId))
        : "account" in change
          ? this.#byOwner.get(change.account)
          : this.#byCurrency.get(change.currency);
    for (const key of [...keys]) this.#forget(key);
  }

  clear(): void {
    for (const collection of [this.#known, this.#byBucket, this.#byOwner, this.#byCurrency]) collection.clear();
  }

  #forget(key: string): void {
    const entry = this.#known.get(key);
    if (entry === undefined) return;
    this.#known.delete(key);
    this.#byBucket.remove(String(entry.question.bucketId), key);
    this.#byOwner.remove(entry.decision.owner, key);
    this.#byCurrency.remove(entry.decision.currency, key);
  }
}

export function keyOf({ bucketId, account, right }: Question): string {
  return `${bucketId} ${account} ${right}`;
}

class Index {
  readonly #keys = new Map<string, Set<string>>();

  get(value: string): ReadonlySet<string> {
    return this.#keys.get(value) ?? new Set();
  }

  add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === undefined) this.#keys.set(value, new Set([key]));
    else keys.add(key);
  }

  remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }

  clear(): void {
    this.#keys.clear();
  }
}
