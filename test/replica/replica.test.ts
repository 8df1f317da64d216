import { expect } from "chai";
import { FunctionFragment } from "ethers";
import fc from "fast-check";

import { Random } from "../helpers/random";
import { WALKS } from "../model/commands";
import { tellFailure, WalkFailure } from "../model/failure";
import { withMarket } from "../model/market";
import { missedKinds, REDUNDANT } from "./drops";
import { LOGGERS } from "./log";
import { tour } from "./tour";
import { EXCEPTIONS, VIEWS } from "./views";
import { calls, walk } from "./walk";
import { Witness } from "./witness";

const DEFAULT_SEED = 20_261_129;
/** For longer runs. A walk follows from its seed. */
const { DDC_SEED: seed = DEFAULT_SEED, DDC_RUNS: runs = 2, DDC_STEPS: steps = 40 } = process.env;

/** The contracts with something in them, and a replica of them. */
async function begin() {
  const { chain, cast, createModel } = await withMarket();
  return { chain, cast, createModel, witness: new Witness(chain, cast) };
}

describe("A replica that only sees logs", () => {
  it("has every view of the registries, or a reason why not", async () => {
    const { chain } = await begin();
    for (const name of LOGGERS) {
      const views = chain.contracts[name].interface.fragments
        .filter((fragment): fragment is FunctionFragment => fragment instanceof FunctionFragment && fragment.constant)
        .map((fragment) => fragment.name);
      const excepted = views.filter((view) => `${name}.${view}` in EXCEPTIONS);
      expect([...Object.keys(VIEWS[name]), ...excepted].sort()).to.deep.equal([...new Set(views)].sort());
    }
  });

  it("shows what the registries show after each step of a tour, and misses each kind of log that it is not given", async function () {
    this.timeout(0);
    const { chain, cast, witness } = await begin();
    await tour(witness, cast);
    const missed = missedKinds(witness.frames);

    const kinds = LOGGERS.flatMap((name) => {
      const names: string[] = [];
      chain.contracts[name].interface.forEachEvent(({ name: event }) => names.push(`${name}.${event}`));
      return names;
    });
    expect([...missed.keys()].sort(), "Kinds of logs of the tour").to.deep.equal(kinds.sort());
    const unmissed = [...missed].filter(([, isMissed]) => !isMissed).map(([kind]) => kind);
    expect(unmissed.sort(), "Kinds of logs that are not missed").to.deep.equal(Object.keys(REDUNDANT).sort());
  });

  for (let run = 0; run < Number(runs); run += 1) {
    const runSeed = Number(seed) + run;
    it(`shows what the registries show after each of ${steps} steps of a walk of everyone (DDC_SEED=${runSeed})`, async function () {
      this.timeout(0);
      const { cast, witness } = await begin();
      const told: string[] = [];
      try {
        await walk(witness, cast, new Random(runSeed), Number(steps), told);
      } catch (error) {
        throw new Error([String(error), "The walk:", ...told.map((step, i) => `  ${i + 1}. ${step}`)].join("\n"), { cause: error });
      }
      if (process.env.DDC_SHOW !== undefined) console.table(Object.fromEntries([...calls].sort()));
    });
  }

  it(`shows what the registries show in walks of the model (up to ${steps} steps, DDC_SEED=${seed})`, async function () {
    this.timeout(0);
    const [{ commands, what }] = WALKS as [(typeof WALKS)[number]];
    const walks = fc.commands(commands, { maxCommands: Number(steps), size: "max" });
    const property = fc.asyncProperty(walks, async (drawn) => {
      const { cast, createModel, witness } = await begin();
      const told: string[] = [];
      try {
        await witness.observe();
        await fc.asyncModelRun(() => ({ model: { model: createModel(), cast, told }, real: witness }), drawn);
      } catch (error) {
        throw new WalkFailure(told, error);
      }
    });
    const outcome = await fc.check(property, { seed: Number(seed), numRuns: Math.ceil(Number(runs) / 2), endOnFailure: true });
    if (outcome.failed) throw new Error(tellFailure(outcome, { steps, what }));
  });
});
