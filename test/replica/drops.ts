import { type Entry } from "./log";
import { apply, emptyState, kindOf } from "./state";
import { Contradiction, got } from "./state/numbers";
import { Difference, expectSame, type Frame } from "./witness";

/** Logs without which the replica shows the same, and why: others say all that they say. */
export const REDUNDANT: Readonly<Record<string, string>> = {
  "priceRegistry.CurrencyPauseChanged": "accountRegistry.PauseChanged says the same",
  "termsRegistry.BondRetained": "until when a bond answers follows from when the node left and what its provider agreed to",
};

/** Whether a replica that misses one log contradicts a later one, or shows something else than the registries. */
export function isMissed(frames: readonly Frame[], dropped: Entry): boolean {
  const state = emptyState();
  let isDropped = false;
  try {
    for (const { entries, now, answered } of frames) {
      for (const entry of entries) {
        if (entry === dropped) isDropped = true;
        else apply(state, entry);
      }
      // Until then everything is as it was seen to be.
      if (isDropped) expectSame(state, now, answered);
    }
    return false;
  } catch (error) {
    if (error instanceof Contradiction || error instanceof Difference) return true;
    throw error;
  }
}

/** Of each kind of log, whether the replica misses one of them that is dropped; they are tried one after the other. */
export function missedKinds(frames: readonly Frame[]): Map<string, boolean> {
  const byKind = new Map<string, Entry[]>();
  for (const entry of frames.flatMap(({ entries }) => entries)) got(byKind, kindOf(entry), () => []).push(entry);
  return new Map([...byKind].map(([kind, entries]) => [kind, entries.some((entry) => isMissed(frames, entry))] as const));
}
