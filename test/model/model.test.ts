import fc from "fast-check";

import { COMMANDS } from "./commands";
import { tally } from "./commands/command";
import { type Failure, tellFailure, WalkFailure } from "./failure";
import { withMarket } from "./market";

// Everyone does anything, in any order, with the contracts and with an exact model of them. After each step both show the same.

const DEFAULT_SEED = 20_240_229;
const { DDC_SEED: seed = DEFAULT_SEED, DDC_RUNS: runs = 30, DDC_STEPS: steps = 100 } = process.env;
/** Of a failure, as it is told: which of the walks, and which of its steps. */
const { DDC_PATH: path, DDC_REPLAY: replayPath, DDC_SHOW: show } = process.env;

describe("The contracts beside an exact model", () => {
  it(`show the same in ${runs} walks of up to ${steps} steps (DDC_SEED=${seed})`, async function () {
    this.timeout(0);
    const walks = fc.commands(COMMANDS, { maxCommands: Number(steps), size: "max", ...(replayPath !== undefined && { replayPath }) });
    const property = fc.asyncProperty(walks, async (walk) => {
      const { chain, cast, createModel } = await withMarket();
      const told: string[] = [];
      try {
        await fc.asyncModelRun(() => ({ model: { model: createModel(), cast, told }, real: chain }), walk);
      } catch (error) {
        throw new WalkFailure(told, error);
      }
    });
    const details: Failure = await fc.check(property, { seed: Number(seed), numRuns: Number(runs), ...(path !== undefined && { path }) });
    if (show !== undefined) console.table(Object.fromEntries(tally));
    if (details.failed) throw new Error(tellFailure(details, Number(steps)));
  });
});
