import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Compiler } from "./compiler";
import { type Mutant, mutantsOf } from "./mutants";
import { type Sample, type Tried, mutationPage } from "./page";
import { Results } from "./results";
import { type Plan, sample } from "./sample";
import { contractSources, deployedFiles, mutableFiles } from "./sources";

/** What the page is about. */
export const SEED = 1;
export const COUNT = 600;

/** Where what became of changes is kept. */
export const resultsPath = (root: string): string => join(root, "scripts", "mutation", "results.jsonl");

/** Why no test can find a change, by the ids of changes. */
export function explanationsIn(root: string): Record<string, string> {
  return JSON.parse(readFileSync(join(root, "scripts", "mutation", "survivors.json"), "utf8")) as Record<string, string>;
}

/** All changes that can be made, by file. */
export function allMutants(root: string): Map<string, Mutant[]> {
  const sources = contractSources(root);
  const compiler = new Compiler(root, sources, deployedFiles(root));
  return new Map(mutableFiles(root).map((file) => [file, mutantsOf(file, sources.get(file) ?? "", compiler.parse(file))]));
}

/** What is known of a sample: what was tried, what came to nothing, and what is still to be tried. */
export function known(seed: number, plans: readonly Plan[], results: Results): Sample {
  const tried: Tried[] = [];
  const open: Mutant[] = [];
  let none = 0;
  for (const { candidates, quota } of plans) {
    let left = quota;
    for (const mutant of candidates) {
      if (left === 0) break;
      const result = results.of(mutant);
      if (result?.status === "none") {
        none++;
        continue;
      }
      left--;
      if (result === undefined) open.push(mutant);
      else tried.push({ mutant, result });
    }
  }
  return { seed, tried, open, none, sites: plans.reduce((sum, plan) => sum + plan.sites, 0) };
}

/** The page about the contracts as they are. */
export function currentPage(root: string): string {
  const plans = sample(allMutants(root), SEED, COUNT);
  return mutationPage(known(SEED, plans, new Results(resultsPath(root))), explanationsIn(root));
}
