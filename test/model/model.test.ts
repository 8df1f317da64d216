import fc from "fast-check";

import { COMMANDS } from "./commands";
import { tally } from "./commands/command";
import { withMarket } from "./market";

// Everyone does anything, in any order, with the contracts and with an exact model of them. After each step both show the same.

const SEED = Number(process.env.DDC_SEED ?? 20_240_229);
const RUNS = Number(process.env.DDC_RUNS ?? 30);
const LONGEST = Number(process.env.DDC_STEPS ?? 100);
/** Of a failure, as it is told: which of the runs, and which of its commands. */
const { DDC_PATH: path, DDC_REPLAY: replayPath } = process.env;

describe("The contracts beside an exact model", () => {
  it(`show the same in ${RUNS} walks of up to ${LONGEST} steps (DDC_SEED=${SEED})`, async function () {
    this.timeout(0);
    const walks = fc.commands(COMMANDS, { maxCommands: LONGEST, size: "max", ...(replayPath !== undefined && { replayPath }) });
    const property = fc.asyncProperty(walks, async (commands) => {
      await fc.asyncModelRun(async () => {
        const { chain, cast, createModel } = await withMarket();
        return { model: { model: createModel(), cast }, real: chain };
      }, commands);
    });
    const details = await fc.check(property, { seed: SEED, numRuns: RUNS, ...(path !== undefined && { path }) });
    if (process.env.DDC_SHOW !== undefined) console.table(Object.fromEntries(tally));
    if (details.failed) throw new Error(failure(details));
  });
});

interface Failure {
  counterexample: [Iterable<unknown>] | null;
  counterexamplePath: string | null;
  errorInstance: unknown;
  numShrinks: number;
  seed: number;
}

function failure({ counterexample, counterexamplePath, errorInstance, numShrinks, seed }: Failure): string {
  const [walk] = counterexample ?? [];
  const told = [...(walk ?? [])].map((step, i) => `  ${i + 1}. ${String(step)}`);
  const replay = /replayPath="([^"]*)"/.exec(String(walk))?.[1];
  const variables = `DDC_SEED=${seed} DDC_PATH="${counterexamplePath}" DDC_REPLAY="${replay}"`;
  return [
    String(errorInstance),
    `The shortest walk to it that was found (in ${numShrinks} steps of shrinking):`,
    ...told,
    "To walk it again:",
    `  ${variables} npx hardhat test test/model/model.test.ts`,
  ].join("\n");
}
