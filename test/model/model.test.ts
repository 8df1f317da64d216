import fc from "fast-check";

import { type Command, tally } from "./commands/command";
import { WALKS } from "./commands";
import { type Failure, formatFailure, WalkFailure } from "./failure";
import { withSetup } from "./setup";

// Everyone does anything, in any order, with the contracts and with an exact model of them. After each step both show the same.

const DEFAULT_SEED = 20_240_229;
const { DDC_SEED: seed = DEFAULT_SEED, DDC_RUNS: runs = 20, DDC_STEPS: steps = 100 } = process.env;
/** Of a failure, as it is told: which of the walks, and which of its steps. */
const { DDC_PATH: path, DDC_REPLAY: replayPath, DDC_SHOW: show } = process.env;

async function walk(commands: fc.Arbitrary<Command>[], numRuns: number): Promise<Failure> {
  const walks = fc.commands(commands, { maxCommands: Number(steps), size: "max", ...(replayPath !== undefined && { replayPath }) });
  const property = fc.asyncProperty(walks, async (drawn) => {
    const { chain, cast, createModel } = await withSetup();
    const log: string[] = [];
    try {
      await fc.asyncModelRun(() => ({ model: { model: createModel(), cast, log }, real: chain }), drawn);
    } catch (error) {
      throw new WalkFailure(log, error);
    }
  });
  return fc.check(property, { seed: Number(seed), numRuns, ...(path !== undefined && { path }) });
}

describe("The contracts beside an exact model", () => {
  for (const { what, share, commands } of WALKS) {
    const count = Math.ceil((Number(runs) * share) / 10);

    it(`show the same in ${count} walks ${what} (up to ${steps} steps each, DDC_SEED=${seed})`, async function () {
      this.timeout(0);
      const outcome = await walk(commands, count);
      if (show !== undefined) console.table(Object.fromEntries(tally));
      if (outcome.failed) throw new Error(formatFailure(outcome, { steps, what }));
    });
  }
});
