import type { Call } from "../model/call";
import type { Cast } from "../model/market";
import { tellCall } from "../model/tell";
import type { Random } from "../helpers/random";
import { ACTIONS } from "./actions";
import type { Witness } from "./witness";

const END = 4_102_444_800n + 300n * 365n * 86_400n;

/** How often each function was called in walks, and refused. */
export const calls = new Map<string, { done: number; refused: number }>();

/** Lets everyone do anything, without knowing what comes of it. Calls that are refused leave no logs. */
export async function walk(witness: Witness, cast: Cast, random: Random, steps: number, told: string[]): Promise<void> {
  await witness.observe();
  for (let step = 0; step < steps;) {
    const action = random.pick(ACTIONS)({ random, cast, state: witness.state, now: witness.now });
    if (action === undefined) continue;
    step += 1;
    if (typeof action === "bigint") {
      if (witness.now + action > END) continue;
      told.push(`${action} seconds pass`);
      await witness.passTo(witness.now + action);
    } else {
      await doCall(witness, cast, action, told);
    }
  }
}

async function doCall(witness: Witness, cast: Cast, call: Call, told: string[]): Promise<void> {
  // Told before, for the case that the step fails.
  told.push(tellCall(call, undefined, cast));
  const outcome = await witness.send(call, witness.now + 1n);
  if (outcome !== undefined) told.splice(-1, 1, tellCall(call, outcome, cast));
  const key = `${call.contract}.${call.method}`;
  const counted = calls.get(key) ?? { done: 0, refused: 0 };
  counted[outcome === undefined ? "done" : "refused"] += 1;
  calls.set(key, counted);
}
