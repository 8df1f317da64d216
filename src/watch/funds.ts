import { VIEWS_AT_ONCE, mapLimited, readAccounts, readBuckets, readCurrencies } from "../network";
import type { Registries } from "../registries";
import { COVERED_FOREVER } from "../units";
import type { Alert } from "./cursor";
import { type AccountEvent, type ContractEvent, type Position, addressesIn } from "./network-event";

/** An account that pays. */
interface Payer {
  account: string;
  currency: string;
  ratePerMonth: bigint;
  coveredUntil: bigint;
}

/** The new state of an account, and all accounts reported as low or out of funds. */
export interface Change {
  event: AccountEvent;
  alerts: readonly Alert[];
}

/**
 * Watches how long the accounts that pay are covered. Nothing on the chain says that one runs low: it follows from when it was last read,
 * and from time. Whatever may have changed it (an event that names it, a price) makes it be read again.
 */
export class FundsWatch {
  readonly #payers = new Map<string, Payer>();
  readonly #alerts: Map<string, Alert>;
  #begun = false;
  /** The block of the last check. */
  #checked = "";
  /** Accounts and currencies to read again. */
  readonly #touched = new Set<string>();

  /** @param threshold An account covered for fewer seconds is low. */
  constructor(
    private readonly registries: Registries,
    private readonly threshold: bigint,
    alerts: readonly Alert[],
  ) {
    this.#alerts = new Map(alerts.map((alert) => [keyOf(alert), alert]));
  }

  get alerts(): readonly Alert[] {
    return [...this.#alerts.values()];
  }

  /** Notes the addresses that an event names. */
  note(event: ContractEvent): void {
    for (const address of addressesIn(event)) this.#touched.add(address);
  }

  /** Changes of the accounts' states, as of a block. */
  async *check(head: Position): AsyncGenerator<Change> {
    const blockTag = head.blockNumber;
    // In the same block there is nothing new.
    if (head.blockHash === this.#checked) return;
    if (!this.#begun || this.#touched.size > 0) await this.#refresh(blockTag);
    const suspects = [...this.#payers.values()].filter((payer) => this.#stateOf(payer, head) !== this.#alerts.get(keyOf(payer))?.state);
    // A deposit may have escaped notice: read the account again before raising an alert.
    const fresh = await mapLimited(suspects, (payer) => this.#read(payer.account, payer.currency, blockTag), VIEWS_AT_ONCE);
    for (const payer of fresh) yield* this.#judge(payer, head);
    yield* this.#forget(head);
    this.#checked = head.blockHash;
  }

  *#judge(payer: Payer, head: Position): Generator<Change> {
    const key = keyOf(payer);
    const state = this.#stateOf(payer, head);
    if (state === this.#alerts.get(key)?.state) return;
    const { account, currency } = payer;
    if (state === undefined) this.#alerts.delete(key);
    else this.#alerts.set(key, { account, currency, state });
    yield { event: { ...payer, ...positionOf(head), kind: state ?? "covered" }, alerts: this.alerts };
  }

  /** Accounts that were low and have no streams any more. */
  *#forget(head: Position): Generator<Change> {
    for (const { account, currency } of this.alerts) {
      const payer = this.#payers.get(keyOf({ account, currency }));
      if (payer !== undefined && payer.ratePerMonth > 0n) continue;
      const idle = payer ?? { account, currency, ratePerMonth: 0n, coveredUntil: COVERED_FOREVER };
      this.#alerts.delete(keyOf(idle));
      yield { event: { ...idle, ...positionOf(head), kind: "covered" }, alerts: this.alerts };
    }
  }

  /** Reads all paying accounts the first time, and later the accounts that may have changed. */
  async #refresh(blockTag: number): Promise<void> {
    const currencies = (await readCurrencies(this.registries, { blockTag })).map(({ currency }) => currency);
    // A changed price concerns every account that pays in the currency.
    const payers = [...this.#payers.values()].filter(({ currency }) => this.#touched.has(currency)).map(({ account }) => account);
    const accounts = this.#begun ? [...this.#touched, ...payers] : await this.#owners(blockTag);
    const pairs = [...new Set(accounts)].flatMap((account) => currencies.map((currency) => ({ account, currency })));
    await mapLimited(pairs, ({ account, currency }) => this.#read(account, currency, blockTag), VIEWS_AT_ONCE);
    // Only now: if reading fails, they are read the next time.
    this.#begun = true;
    this.#touched.clear();
  }

  async #owners(blockTag: number): Promise<string[]> {
    const buckets = await readBuckets(this.registries, undefined, { blockTag });
    const alerted = this.alerts.map(({ account }) => account);
    return [...new Set([...buckets.filter(({ ratePerMonth }) => ratePerMonth > 0n).map(({ owner }) => owner), ...alerted])];
  }

  async #read(account: string, currency: string, blockTag: number): Promise<Payer> {
    const [info] = await readAccounts(this.registries, [account], [{ currency }], { blockTag });
    const { ratePerMonth = 0n, coveredUntil = 0n } = info ?? {};
    const payer = { account, currency, ratePerMonth, coveredUntil };
    if (ratePerMonth > 0n) this.#payers.set(keyOf(payer), payer);
    else this.#payers.delete(keyOf(payer));
    return payer;
  }

  #stateOf({ ratePerMonth, coveredUntil }: Payer, { time }: Position): Alert["state"] | undefined {
    if (ratePerMonth === 0n) return undefined;
    if (coveredUntil <= time) return "depleted";
    return coveredUntil - time < this.threshold ? "low" : undefined;
  }
}

function keyOf({ account, currency }: { account: string; currency: string }): string {
  return `${account} ${currency}`;
}

function positionOf({ blockNumber, blockHash, time }: Position): Position {
  return { blockNumber, blockHash, time };
}
