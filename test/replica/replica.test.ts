import { expect } from "chai";
import fc from "fast-check";

import { Random } from "../helpers/random";
import { type Command } from "../model/commands/command";
import { WALKS } from "../model/commands";
import { withMarket } from "../model/market";
import { LOGGERS } from "./log";
import { EXCEPTIONS, VIEWS } from "./views";
import { calls, walk } from "./walk";
import { type Frame, isNoticed, Witness } from "./witness";

const DEFAULT_SEED = 20_261_129;
const { DDC_SEED: seed = DEFAULT_SEED, DDC_RUNS: runs = 4, DDC_STEPS: steps = 150 } = process.env;

describe("A replica that only sees logs", () => {
  for (let run = 0; run < Number(runs); run += 1) {
    const runSeed = Number(seed) + run;
    it(`shows what the registries show after each of ${steps} steps of a walk of everyone (DDC_SEED=${runSeed})`, async function () {
      this.timeout(0);
      const { chain, cast } = await withMarket();
      const witness = new Witness(chain, cast);
      const told: string[] = [];
      try {
        await walk(witness, cast, new Random(runSeed), Number(steps), told);
      } catch (error) {
        throw new Error([String(error), "The walk:", ...told.map((step, i) => `  ${i + 1}. ${step}`)].join("\n"), { cause: error });
      }
      if (process.env.DDC_SHOW !== undefined) console.table(Object.fromEntries([...calls].sort()));
    });
  }
});
void expect; void fc; void LOGGERS; void EXCEPTIONS; void VIEWS; void isNoticed; void WALKS;
export type X = Command | Frame;
