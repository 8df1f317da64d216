import {
  type AccountEvent,
  type CurrencyInfo,
  type ContractEvent,
  type NetworkEvent,
  NATIVE,
  formatBps,
  formatCoverage,
  formatTime,
  formatUsd,
} from "../../src";
import type { TaskContext } from "./context";
import { amountOf, scaledAmountOf } from "./sections";
import { type Amount, type Args, sentenceOf } from "./sentences";
import { printable } from "./tables";

const TEXT_WIDTH = 60;

/** Formats network events for people. */
export class EventFormatter {
  readonly #currencies = new Map<bigint, string | undefined>();

  constructor(private readonly context: TaskContext) {}

  /** One line: time, block, kind and description. */
  async format(event: NetworkEvent): Promise<string> {
    const { blockNumber, kind, time } = event;
    const what = "name" in event ? await this.#formatEvent(event) : await this.#formatAccount(event);
    const taken = "name" in event && event.withdrawn ? "withdrawn (the chain dropped its block): " : "";
    return `${formatTime(time)}  block ${blockNumber}  ${kind.padEnd(8)}  ${taken}${what}`;
  }

  async #formatEvent(event: ContractEvent): Promise<string> {
    const currency = await this.#currencyOf(event.args);
    const amount: Amount = (name) => amountText(event.args[name] as bigint, name, currency);
    return sentenceOf(event.name, event.args, this.context.nameOf, amount) ?? this.#spellOut(event, amount);
  }

  async #formatAccount({ account, currency, kind, ratePerMonth, coveredUntil, time }: AccountEvent): Promise<string> {
    const { symbol } = await this.context.currency(currency);
    const who = `${this.context.nameOf(account)}'s account in ${symbol}`;
    if (kind === "covered" && ratePerMonth === 0n) return `${who} has nothing left to pay`;
    const name = currency === NATIVE ? "native" : symbol;
    const todo = kind === "covered" ? "" : `: account:deposit --currency ${name} --amount … --as ${this.context.nameOf(account)}`;
    if (kind === "depleted") return `${who} is out of funds, and no longer pays its ${formatUsd(ratePerMonth)} USD per month${todo}`;
    return `${who} pays ${formatUsd(ratePerMonth)} USD per month and is covered until ${formatCoverage(coveredUntil, time)}${todo}`;
  }

  /** An event without a sentence of its own: its name and its fields. */
  #spellOut({ name, args }: ContractEvent, amount: Amount): string {
    return `${wordsOf(name)}: ${this.#fieldsText(args, amount)}`;
  }

  #fieldsText(fields: object, amount: Amount): string {
    return Object.entries(fields)
      .map(([field, value]) => `${wordsOf(field)} ${this.#valueText(field, value, amount)}`)
      .join(", ");
  }

  #valueText(field: string, value: unknown, amount: Amount): string {
    if (typeof value === "bigint") {
      if (/^(rent|rate|usd|accountRate|maxRent)/.test(field)) return `${formatUsd(value)} USD`;
      if (field.endsWith("Bps")) return formatBps(value);
      if (/^scaled|^(amount|bond)$/.test(field)) return amount(field);
      if (/^(until|since|deadline|effectiveAt|exitAt|dueAt)$/.test(field)) return formatTime(value);
      return String(value);
    }
    if (Array.isArray(value)) return value.map((item) => this.#valueText("", item, amount)).join(" ");
    if (typeof value === "object" && value !== null) return `(${this.#fieldsText(value, amount)})`;
    const text = printable(String(value));
    if (/^0x[0-9a-fA-F]{40}$/.test(text)) return this.context.nameOf(text);
    return text.length > TEXT_WIDTH ? `${text.slice(0, TEXT_WIDTH - 1)}…` : text || "none";
  }

  /** The currency that an event is about: its own, or that of its cluster. */
  async #currencyOf({ currency, currencyId, clusterId }: Args): Promise<CurrencyInfo | undefined> {
    const listed = await this.context.currencies();
    if (typeof currencyId === "bigint") return listed.find((candidate) => candidate.currencyId === currencyId);
    const address = typeof currency === "string" ? currency : typeof clusterId === "bigint" ? await this.#ofCluster(clusterId) : undefined;
    return listed.find((candidate) => candidate.currency === address);
  }

  async #ofCluster(clusterId: bigint): Promise<string | undefined> {
    if (!this.#currencies.has(clusterId)) this.#currencies.set(clusterId, await this.#readCurrency(clusterId));
    return this.#currencies.get(clusterId);
  }

  /** A cluster that is gone does not say what it was paid in. */
  async #readCurrency(clusterId: bigint): Promise<string | undefined> {
    const currencyId = await this.context.registries.clusterRegistry.currencyIdOf(clusterId);
    return (await this.context.currencies()).find((candidate) => candidate.currencyId === currencyId)?.currency;
  }
}

function amountText(amount: bigint, name: string, currency: CurrencyInfo | undefined): string {
  const isScaled = !["amount", "bond"].includes(name);
  if (currency === undefined) return `${amount} ${isScaled ? "scaled" : "base"} units`;
  return isScaled ? scaledAmountOf(amount, currency) : amountOf(amount, currency);
}

/** `ratePerMonth` and `RentAccepted` as words. */
function wordsOf(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replace(/^[A-Z]/, (capital) => capital.toLowerCase());
}
