import type { Request } from "./typed-data";

/** A request that uses up a nonce. */
export type NonceUse = Pick<Request, "account" | "nonce" | "expiry">;

/** The outcome. `full`: there is no room to remember it, so the request has to be refused. */
export type NonceOutcome = "fresh" | "replayed" | "full" | "clock-went-back";

/** Remembers which nonces have been used until the requests that they were in expire. */
export interface NonceStore {
  /** Whether a nonce would be refused, without using it. */
  peek: (use: NonceUse, now: number) => NonceOutcome;
  /** Uses a nonce, at once: of two that use the same, one gets it. Answers when that will be remembered. */
  use: (use: NonceUse, now: number) => Promise<NonceOutcome>;
}

export interface NonceLimits {
  /** How many to remember at most. */
  total?: number;
  /** How many of one account, so that none can use up the room of all. */
  perAccount?: number;
}

const TOTAL = 300_000;
const PER_ACCOUNT = 100_000;
const MINUTE = 60;

/** A minute of expiry: all that expires in it is forgotten together. */
interface Minute {
  used: Set<string>;
  byAccount: Map<string, number>;
}

/** Nonces in memory: those of a node that was restarted are lost. See `openNonceLog` for one that keeps them. */
export class NonceMemory implements NonceStore {
  readonly #minutes = new Map<number, Minute>();
  readonly #total: number;
  readonly #perAccount: number;
  #size = 0;
  #floor = 0;

  constructor({ total = TOTAL, perAccount = PER_ACCOUNT }: NonceLimits = {}) {
    this.#total = total;
    this.#perAccount = perAccount;
  }

  /** Requests that expired in earlier minutes are forgotten, and therefore never accepted again, even if the clock goes back. */
  get floor(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#size;
  }

  peek(use: NonceUse, now: number): NonceOutcome {
    this.forget(minuteOf(now));
    const minute = minuteOf(use.expiry);
    if (minute < this.#floor) return "clock-went-back";
    if (this.#minutes.get(minute)?.used.has(keyOf(use)) === true) return "replayed";
    return this.#size >= this.#total || this.#countOf(use.account) >= this.#perAccount ? "full" : "fresh";
  }

  async use(use: NonceUse, now: number): Promise<NonceOutcome> {
    return this.useNow(use, now);
  }

  useNow(use: NonceUse, now: number): NonceOutcome {
    const outcome = this.peek(use, now);
    if (outcome === "fresh") this.remember(use);
    return outcome;
  }

  remember(use: NonceUse): void {
    const minute = this.#minuteOf(minuteOf(use.expiry));
    const key = keyOf(use);
    if (minute.used.has(key)) return;
    minute.used.add(key);
    minute.byAccount.set(use.account, (minute.byAccount.get(use.account) ?? 0) + 1);
    this.#size += 1;
  }

  /** Forgets what expired before a minute. */
  forget(floor: number): void {
    if (floor <= this.#floor) return;
    this.#floor = floor;
    for (const [minute, { used }] of this.#minutes) {
      if (minute >= floor) continue;
      this.#size -= used.size;
      this.#minutes.delete(minute);
    }
  }

  #minuteOf(number: number): Minute {
    const known = this.#minutes.get(number);
    if (known !== undefined) return known;
    const minute = { used: new Set<string>(), byAccount: new Map<string, number>() };
    this.#minutes.set(number, minute);
    return minute;
  }

  #countOf(account: string): number {
    let count = 0;
    for (const { byAccount } of this.#minutes.values()) count += byAccount.get(account) ?? 0;
    return count;
  }
}

export function minuteOf(seconds: number): number {
  return Math.floor(seconds / MINUTE);
}

function keyOf({ account, nonce }: NonceUse): string {
  return account.slice(2) + nonce.slice(2);
}
