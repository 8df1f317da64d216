import type { Chain, CallResult } from "./chain";
import { Between } from "./between";
import { Fraction } from "./fraction";
import type { Cast } from "./setup";
import type { Model } from "./model";
import { baseUnitOf } from "./model/accounts";
import { lateOf } from "./model/streams";
import type { Refusal } from "./model/refusal";
import { format, formatArgs } from "./format";
import { expectations } from "./views";

const DONE = "done";

/** Asks the contracts for all that they show, and throws what the model has otherwise. */
export async function expectAsInModel(chain: Chain, model: Model, cast: Cast): Promise<void> {
  const expected = expectations(model, cast);
  const answers = await chain.ask(expected);
  const differences = expected.flatMap(({ view, args, expected: value }, i) =>
    differencesOf(view + formatArgs(args, cast), answers[i], value, cast),
  );
  if (differences.length !== 0) throw new Error(["The contracts are not as in the model:", ...differences].join("\n  "));
}

/** Throws if in the model a currency is owed more or less than what somebody has of it, or will have. */
export function expectNothingLost({ state }: Model): void {
  for (const currency of state.currencies.values()) {
    const clusters = [...state.clusters.values()].filter((cluster) => cluster.currency === currency);
    const parts = [
      ...[...currency.accounts.values()].map(({ balance }) => balance),
      ...clusters.flatMap(({ pool, undistributed, earned }) => [pool, undistributed, ...earned.values()]),
      ...clusters.flatMap((cluster) => [...currency.accounts.keys()].map((payer) => lateOf(state, cluster, payer))),
    ];
    const owed = baseUnitOf(currency).times(currency.owed);
    if (!Fraction.sum(parts).equals(owed)) throw new Error(`In the model, what there is of currency ${currency.id} is not what is owed.`);
  }
}

/** Throws if in the model a cluster learns of more than a tick later than necessary what an account pays that only touches have changed. */
export function expectLittleLate({ state }: Model): void {
  for (const { id, accounts, tick } of state.currencies.values()) {
    const isTooLate = [...accounts.values()].some(({ creditedSince, late }) => !creditedSince && !late.isBelow(tick));
    if (isTooLate) throw new Error(`In the model, an account pays late by more than a tick in currency ${id}.`);
  }
}

/** Throws if the contracts do what the model refuses, refuse what it does, or refuse it for another reason. */
export function expectSameOutcome(outcome: CallResult, refusal: Refusal | undefined, cast: Cast): void {
  const found = outcome === undefined ? DONE : outcome.error + formatArgs(outcome.args, cast);
  const possible = refusal?.reasons.map(([error, ...args]) => error + formatArgs(args, cast)) ?? [DONE];
  if (!possible.includes(found)) throw new Error(`The contracts: ${found}. The model: ${possible.join(" or ")}.`);
}

/** Where what is found is not what is expected. Of a struct the expected fields are compared, of a set the items in any order. */
function differencesOf(where: string, found: unknown, expected: unknown, cast: Cast): string[] {
  if (expected instanceof Set) return differencesOf(where, inOrder(found as unknown[]), inOrder([...(expected as Set<unknown>)]), cast);
  if (Array.isArray(expected) && Array.isArray(found)) {
    if (found.length !== expected.length) return [`${where} has ${found.length} items, in the model ${expected.length}`];
    return expected.flatMap((item, i) => differencesOf(`${where}[${i}]`, found[i], item, cast));
  }
  if (expected instanceof Between)
    return expected.holds(found as bigint) ? [] : [`${where} is ${String(found)}, in the model ${String(expected)}`];
  if (typeof expected === "object" && expected !== null && !(expected instanceof Fraction)) {
    const fields = found as Record<string, unknown>;
    return Object.entries(expected).flatMap(([field, value]) => differencesOf(`${where}.${field}`, fields[field], value, cast));
  }
  // What is shown in scaled units is exact: a fraction of one would show.
  const [is, shouldBe] = [format(found, cast), format(expected, cast)];
  return is === shouldBe ? [] : [`${where} is ${is}, in the model ${shouldBe}`];
}

function inOrder(items: readonly unknown[]): unknown[] {
  const key = (item: unknown): string => JSON.stringify(item, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
