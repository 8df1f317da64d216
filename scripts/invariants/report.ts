import Table from "cli-table3";
import type { JsonFragment } from "ethers";

import type { Batch, HandlerMetrics } from "./forge";

/** Every handler has to succeed in a fifth of its calls, or what it does is hardly tried. */
const LEAST_SUCCESS = 0.2;
/** From how many calls on that can be judged. */
const ENOUGH_CALLS = 100;

/** What all batches did together. */
export class Tally {
  readonly handlers = new Map<string, HandlerMetrics>();

  add({ handlers }: Batch): void {
    for (const [name, { calls, reverts }] of handlers) {
      const sum = this.handlers.get(name) ?? { calls: 0, reverts: 0 };
      this.handlers.set(name, { calls: sum.calls + calls, reverts: sum.reverts + reverts });
    }
  }

  get calls(): number {
    return [...this.handlers.values()].reduce((sum, { calls }) => sum + calls, 0);
  }

  /** The handlers that succeed too rarely. */
  idle(): string[] {
    const rare = ([, { calls, reverts }]: [string, HandlerMetrics]): boolean =>
      calls >= ENOUGH_CALLS && calls - reverts < LEAST_SUCCESS * calls;
    return [...this.handlers].filter(rare).map(([name]) => name);
  }

  /** Calls and successes of each handler, as a table. */
  toString(): string {
    const table = new Table({
      head: ["handler", "calls", "succeeded", "%"],
      colAligns: ["left", "right", "right", "right"],
      style: { head: [], border: [], compact: true },
    });
    for (const [name, { calls, reverts }] of [...this.handlers].sort(([a], [b]) => a.localeCompare(b))) {
      const succeeded = calls - reverts;
      table.push([name, calls.toLocaleString("en"), succeeded.toLocaleString("en"), String(Math.floor((100 * succeeded) / calls))]);
    }
    return table.toString();
  }
}

/** The names of the invariants, as the headings of their list. */
export function listedInvariants(page: string): string[] {
  return [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name ?? "");
}

/** The names of the invariants under which the Solidity sources report. */
export function reportedInvariants(sources: string[]): string[] {
  const names = sources.flatMap((source) => [...source.matchAll(/"([a-z]+(?:[A-Z][a-z]+)+)",\s*"/g)].map(([, name]) => name ?? ""));
  return [...new Set(names)].sort();
}

/** The functions of a registry that change state and that no handler calls. */
export function untriedFunctions(registry: string, abi: JsonFragment[], handlers: string[]): string[] {
  const called = new Set(handlers.flatMap((source) => [...source.matchAll(/encodeCall\(\s*(\w+\.\w+),/g)].map(([, name]) => name ?? "")));
  const changing = abi.filter(({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability ?? ""));
  const isCalled = (name: string): boolean =>
    [`I${registry}`, "IBucketAccess", "IAccessManaged", "Multicall"].some((owner) => called.has(`${owner}.${name}`));
  return changing.map(({ name }) => name ?? "").filter((name) => !isCalled(name));
}
