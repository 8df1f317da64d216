import { expect } from "chai";

import { Refusal, type RefusalReason } from "../../../src/engine";

/** Expects a refusal for a reason. */
export async function expectRefusal(attempt: Promise<unknown>, reason: RefusalReason): Promise<void> {
  let outcome: unknown;
  try {
    outcome = await attempt;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.reason).to.equal(reason);
    return;
  }
  expect.fail(`there is no refusal, but ${String(outcome)}`);
}
