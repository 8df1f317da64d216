import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { run } from "hardhat";

import { Compiler } from "./mutation/compiler";
import { type Mutant, hashOf, mutantsOf } from "./mutation/mutants";
import { GOAL, type Sample, type Tried, foundPart, mutationPage, survivors } from "./mutation/page";
import { Worker } from "./mutation/process";
import { type Baseline } from "./mutation/protocol";
import { type Result, Results } from "./mutation/results";
import { type Plan, sample } from "./mutation/sample";
import { contractSources, deployedFiles, mutableFiles } from "./mutation/sources";
import { inOrder, testFiles } from "./mutation/tests";

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, "cache", "mutation");
const PAGE = join(ROOT, "docs", "MUTATION.md");
const EXPLANATIONS = join(__dirname, "mutation", "survivors.json");

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "360" },
    workers: { type: "string", default: "2" },
    only: { type: "string" },
    survivors: { type: "boolean", default: false },
    files: { type: "string" },
    tests: { type: "string" },
  },
});

/** Whether a path matches a pattern that was given as an option; everything does where none was. */
const matches = (path: string, pattern: string | undefined): boolean => pattern === undefined || new RegExp(pattern).test(path);

/** All changes that can be made, by file; of the files that were asked for. */
function allMutants(): Map<string, Mutant[]> {
  const sources = contractSources(ROOT);
  const compiler = new Compiler(ROOT, sources, deployedFiles(ROOT));
  const files = mutableFiles(ROOT).filter((file) => matches(file, options.files));
  return new Map(files.map((file) => [file, mutantsOf(file, sources.get(file) ?? "", compiler.parse(file))]));
}

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
  private readonly results = new Results(join(CACHE, "results.jsonl"));
  private base: Baseline | undefined;

  /** Tries as many changes of each file as it is to have, unless it is known what comes of them. */
  async tryAll(plans: readonly Plan[]): Promise<void> {
    const open = plans.flatMap((plan) => (this.missing(plan) > 0 ? [plan] : []));
    const running = new Map<Plan, Set<Mutant>>(open.map((plan) => [plan, new Set()]));
    const next = (): [Plan, Mutant] | undefined => {
      for (const plan of open) {
        const inWork = running.get(plan) ?? new Set();
        const mutant = plan.candidates.find((candidate) => this.results.of(candidate) === undefined && !inWork.has(candidate));
        if (mutant !== undefined && this.missing(plan) > inWork.size) return [plan, mutant];
      }
      return undefined;
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

  /** What came of the changes of the sample. */
  tried(plans: readonly Plan[]): Omit<Sample, "seed"> {
    const tried: Tried[] = [];
    let none = 0;
    for (const { candidates, quota } of plans) {
      let left = quota;
      for (const mutant of candidates) {
        const result = this.results.of(mutant);
        if (left === 0 || result === undefined) break;
        if (result.status === "none") none++;
        else {
          tried.push({ mutant, result });
          left--;
        }
      }
    }
    return { tried, none, sites: plans.reduce((sum, plan) => sum + plan.sites, 0) };
  }

  private async tryOne(worker: Worker, mutant: Mutant): Promise<Result> {
    const { ignored, milliseconds } = this.base ?? { ignored: [], milliseconds: {} };
    const tests = inOrder(this.tests, mutant, this.results.finds(), milliseconds);
    const result = this.results.add(mutant, await worker.judge({ file: mutant.file, text: mutant.text, tests, ignored }));
    console.error(describe(mutant, result));
    return result;
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

function describe({ code, id, line }: Mutant, result: Result): string {
  const seconds = `${(result.compileMs / 1000).toFixed(1)} s + ${(result.testMs / 1000).toFixed(1)} s`;
  const found = result.status === "found" ? `by ${result.title}: ${result.reason}` : "";
  const why = result.status === "none" ? result.reason : found;
  return [`${result.status.toUpperCase()} ${code} (${seconds}) line ${line} of ${id}`, why].filter((text) => text !== "").join("\n    ");
}

function writePage(result: Sample): void {
  const explanations = JSON.parse(readFileSync(EXPLANATIONS, "utf8")) as Record<string, string>;
  writeFileSync(PAGE, mutationPage(result, explanations));
  const left = survivors(result).filter(({ mutant }) => !(mutant.id in explanations));
  const part = foundPart(result);
  console.log(`${result.tried.length} changes, ${survivors(result).length} survived: ${(part * 100).toFixed(1)} % found.`);
  if (left.length > 0) throw new Error(["Not explained:", ...left.map(({ mutant }) => `${mutant.code} ${mutant.id}`)].join("\n"));
  if (part < GOAL) throw new Error(`Less than ${GOAL * 100} % are found.`);
}

/** What came of the changes of some files. */
function printPart(result: Sample): void {
  for (const { mutant } of survivors(result)) {
    console.log(`SURVIVED ${mutant.code} line ${mutant.line} of ${mutant.id}\n- ${mutant.original}\n+ ${mutant.mutated}`);
  }
  console.log(
    `${result.tried.length} changes, ${survivors(result).length} survived: ${(foundPart(result) * 100).toFixed(1)} % found. docs/MUTATION.md is as it was.`,
  );
}

/**
 * `mutation [--seed S] [--count N]`: as many changes, spread over all files; writes docs/MUTATION.md;
 * `mutation --files REGEXP --tests REGEXP`: of some files and by some tests; writes nothing;
 * `mutation --only CODE`: one change, whatever is known of it; `mutation --survivors`: all that survived, too.
 */
async function main(): Promise<void> {
  await run("compile", { quiet: true });
  const mutants = allMutants();
  const trial = new Trial();
  if (options.only !== undefined) {
    const mutant = [...mutants.values()].flat().find(({ code, id }) => code === options.only || id === options.only);
    if (mutant === undefined) throw new Error(`There is no change ${options.only}.`);
    console.log(`${mutant.id}\nline ${mutant.line}, ${mutant.operator}\n- ${mutant.original}\n+ ${mutant.mutated}`);
    return trial.tryAgain([mutant]);
  }
  const seed = Number(options.seed);
  const plans = sample(mutants, seed, Number(options.count));
  if (options.survivors) {
    const before = { seed, ...trial.tried(plans) };
    await trial.tryAgain(survivors(before).map(({ mutant }) => mutant));
  }
  await trial.tryAll(plans);
  const result = { seed, ...trial.tried(plans) };
  // The page is about all files and all tests.
  if (options.files === undefined && options.tests === undefined) writePage(result);
  else printPart(result);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
