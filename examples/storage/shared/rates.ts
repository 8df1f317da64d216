interface Budget {
  left: number;
  at: number;
}

/** How many keep their budgets; who has not been seen for longest starts with a full one again. */
const REMEMBERED = 10_000;

/** So many a second from each, and as many again at once after a second of rest. */
export class Rates {
  readonly #budgets = new Map<string, Budget>();

  /** @param milliseconds A clock that never goes back. */
  constructor(
    private readonly perSecond: number,
    private readonly milliseconds: () => number = () => performance.now(),
  ) {}

  /** Whether one more is within the limit. */
  take(who: string): boolean {
    const now = this.milliseconds();
    const { left, at } = this.#budgets.get(who) ?? { left: this.perSecond, at: now };
    const budget = Math.min(this.perSecond, left + ((now - at) / 1_000) * this.perSecond);
    const enough = budget >= 1;
    this.#remember(who, { left: enough ? budget - 1 : budget, at: now });
    return enough;
  }

  #remember(who: string, budget: Budget): void {
    this.#budgets.delete(who);
    const [oldest] = this.#budgets.keys();
    if (this.#budgets.size >= REMEMBERED && oldest !== undefined) this.#budgets.delete(oldest);
    this.#budgets.set(who, budget);
  }
}
