import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { run } from "hardhat";

import { type Mutant, hashOf } from "./mutation/mutants";
import { GOAL, type Sample, shortFiles, survivors } from "./mutation/page";
import { Worker } from "./mutation/process";
import { type Baseline, type Verdict } from "./mutation/protocol";
import { COUNT, SEED, allMutants, currentPage, explanationsIn, known, resultsPath } from "./mutation/report";
import { Results } from "./mutation/results";
import { type Plan, sample } from "./mutation/sample";
import { contractSources } from "./mutation/sources";
import { inOrder, testFiles } from "./mutation/tests";

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, "cache", "mutation");
const PAGE = join(ROOT, "docs", "MUTATION.md");

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: String(SEED) },
    count: { type: "string", default: String(COUNT) },
    workers: { type: "string", default: "2" },
    only: { type: "string" },
    survivors: { type: "boolean", default: false },
    files: { type: "string" },
    tests: { type: "string" },
  },
});

/** Whether a path matches a pattern that was given as an option; everything does where none was. */
const matches = (path: string, pattern: string | undefined): boolean => pattern === undefined || new RegExp(pattern).test(path);

/** What the tests do without a change, measured once for the contracts and tests as they are. */
async function baseline(worker: Worker, tests: string[]): Promise<Baseline> {
  const texts = [...contractSources(ROOT).values(), ...tests.map((test) => readFileSync(join(ROOT, test), "utf8"))];
  const path = join(CACHE, `baseline-${hashOf(...texts).slice(0, 16)}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Baseline;
  console.error("Running all tests without a change.");
  const result = await worker.baseline(tests);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(result));
  return result;
}

/** Lets workers try changes, and keeps what comes of them. */
class Trial {
  private readonly tests = testFiles(ROOT).filter((test) => matches(test, options.tests));
  private readonly workers = Array.from({ length: Number(options.workers) }, () => new Worker());
  /** Where not all tests run, a survivor says little: what comes of it is kept apart. */
  readonly results = new Results(options.tests === undefined ? resultsPath(ROOT) : join(CACHE, "some-tests.jsonl"));
  private base: Baseline | undefined;

  /** Tries as many changes of each file as it is to have, unless it is known what comes of them. */
  async tryAll(plans: readonly Plan[]): Promise<void> {
    const open = plans.flatMap((plan) => (this.missing(plan) > 0 ? [plan] : []));
    const running = new Map<Plan, Set<Mutant>>(open.map((plan) => [plan, new Set()]));
    const waiting = (plan: Plan): number => this.missing(plan) - (running.get(plan)?.size ?? 0);
    // The file of which least is known comes first: a run that is interrupted has tried something of each.
    const next = (): [Plan, Mutant] | undefined => {
      const [plan] = open.filter((one) => waiting(one) > 0).sort((a, b) => waiting(b) / b.quota - waiting(a) / a.quota);
      const inWork = plan && running.get(plan);
      const mutant = plan?.candidates.find((candidate) => this.results.of(candidate) === undefined && !inWork?.has(candidate));
      return plan && mutant && [plan, mutant];
    };
    await this.withWorkers(async (worker) => {
      for (let job = next(); job !== undefined; job = next()) {
        const [plan, mutant] = job;
        running.get(plan)?.add(mutant);
        await this.tryOne(worker, mutant);
        running.get(plan)?.delete(mutant);
        console.error(`${plans.reduce((sum, one) => sum + this.missing(one), 0)} to go`);
      }
    });
  }

  /** Tries changes again, whatever is known. */
  async tryAgain(mutants: readonly Mutant[]): Promise<void> {
    const queue = [...mutants];
    await this.withWorkers(async (worker) => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) await this.tryOne(worker, mutant);
    });
  }

  private async tryOne(worker: Worker, mutant: Mutant): Promise<void> {
    const { ignored, milliseconds } = this.base ?? { ignored: [], milliseconds: {} };
    const tests = inOrder(this.tests, mutant, this.results.finds(), milliseconds);
    const verdict = await worker.judge({ file: mutant.file, text: mutant.text, tests, ignored });
    this.results.add(mutant, verdict);
    console.error(describe(mutant, verdict));
  }

  /** How many changes of a file are still to be tried. */
  private missing({ candidates, quota }: Plan): number {
    let left = quota;
    let unknown = 0;
    for (const mutant of candidates) {
      if (left === 0) break;
      const result = this.results.of(mutant);
      if (result === undefined) unknown++;
      if (result?.status !== "none") left--;
    }
    return unknown;
  }

  private async withWorkers(work: (worker: Worker) => Promise<void>): Promise<void> {
    const [first] = this.workers;
    if (first === undefined) throw new Error("There have to be workers.");
    try {
      this.base = await baseline(first, this.tests);
      await Promise.all(this.workers.map(work));
    } finally {
      for (const worker of this.workers) worker.stop();
    }
  }
}

function describe({ code, id, line }: Mutant, verdict: Verdict): string {
  const seconds = `${(verdict.compileMs / 1000).toFixed(1)} s + ${(verdict.testMs / 1000).toFixed(1)} s`;
  const found = verdict.status === "found" ? `by ${verdict.title}: ${verdict.reason}` : "";
  const why = verdict.status === "none" ? verdict.reason : found;
  return [`${verdict.status.toUpperCase()} ${code} (${seconds}) line ${line} of ${id}`, why].filter((text) => text !== "").join("\n    ");
}

/** Says what survived, and refuses what no explanation covers. */
function judge(result: Sample): void {
  const explanations = explanationsIn(ROOT);
  const unexplained = survivors(result).filter(({ mutant }) => !(mutant.id in explanations));
  for (const { mutant } of unexplained) {
    console.log(`SURVIVED ${mutant.code} line ${mutant.line} of ${mutant.id}\n- ${mutant.original}\n+ ${mutant.mutated}`);
  }
  console.log(`${result.tried.length} changes tried, ${survivors(result).length} survived; ${result.open.length} are still to be tried.`);
  const short = shortFiles(result, explanations);
  if (unexplained.length > 0) throw new Error(`${unexplained.length} survivors are not explained in scripts/mutation/survivors.json.`);
  if (short.length > 0) throw new Error(`Less than ${GOAL * 100} % are found of ${short.join(", ")}.`);
}

/**
 * `mutation [--seed S] [--count N]`: as many changes, spread over all files; what is known already is not tried again. It writes
 * scripts/mutation/results.jsonl as it goes, and docs/MUTATION.md.
 * `mutation --files REGEXP`: of the same sample, the changes of some files; `--tests REGEXP`: by some tests, which writes neither of the two.
 * `mutation --only CODE`: one change, whatever is known of it; `mutation --survivors`: all that survived, too.
 */
async function main(): Promise<void> {
  await run("compile", { quiet: true });
  const mutants = allMutants(ROOT);
  const trial = new Trial();
  if (options.only !== undefined) {
    const mutant = [...mutants.values()].flat().find(({ code, id }) => code === options.only || id === options.only);
    if (mutant === undefined) throw new Error(`There is no change ${options.only}.`);
    console.log(`${mutant.id}\nline ${mutant.line}, ${mutant.operator}\n- ${mutant.original}\n+ ${mutant.mutated}`);
    return trial.tryAgain([mutant]);
  }
  const seed = Number(options.seed);
  const plans = sample(mutants, seed, Number(options.count)).filter(({ file }) => matches(file, options.files));
  if (options.survivors) await trial.tryAgain(survivors(known(seed, plans, trial.results)).map(({ mutant }) => mutant));
  await trial.tryAll(plans);
  if (options.tests === undefined) {
    trial.results.keepOnly([...mutants.values()].flat());
    writeFileSync(PAGE, currentPage(ROOT));
  }
  judge(known(seed, plans, trial.results));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
