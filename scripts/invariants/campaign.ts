import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { JsonFragment } from "ethers";

import { REGISTRIES } from "../../src/contract-names";
import { type Batch, build, play } from "./forge";
import { listedInvariants, reportedInvariants, Tally, untriedFunctions } from "./report";

/** How many seeds the short campaign plays; `foundry.toml` says how much each is. */
export const SHORT_CAMPAIGN = 6;

const PROJECT = join("test", "foundry");

interface Length {
  firstSeed: number;
  /** Whether another seed is to be played after so many. */
  goesOn: (played: number) => boolean;
}

const seconds = (since: number): string => `${((Date.now() - since) / 1_000).toFixed(0)} s`;

/** Plays one seed after the other, as many at a time as there are processors, until one fails: then the others are ended, too. */
export async function playSeeds(
  { firstSeed, goesOn }: Length,
  one: (seed: number, signal: AbortSignal) => Promise<Batch>,
  onBatch: (batch: Batch, started: number) => void,
): Promise<void> {
  let started = 0;
  const failure = new AbortController();
  const worker = async (): Promise<void> => {
    while (!failure.signal.aborted && goesOn(started)) {
      const [seed, since] = [firstSeed + started++, Date.now()];
      const batch = await one(seed, failure.signal).catch((error: unknown) => {
        if (!failure.signal.aborted) throw error;
        return undefined;
      });
      if (batch === undefined) return;
      onBatch(batch, since);
      if (batch.failure !== undefined) failure.abort();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** What the sources say and what the list says have to be the same. Returns the names. */
function readInvariants(root: string): string[] {
  const reported = reportedInvariants(readSources(root, ""));
  const listed = listedInvariants(readFileSync(join(root, PROJECT, "README.md"), "utf8"));
  if (reported.join() !== [...listed].sort().join()) {
    throw new Error(`test/foundry/README.md does not list the invariants of the code:\n${reported.join("\n")}`);
  }
  return listed;
}

function requireHandlers(root: string): void {
  const handlers = readSources(root, "handlers");
  for (const registry of [...REGISTRIES, "StorageProofs"]) {
    const artifact = readFileSync(join(root, PROJECT, "cache", "out", `${registry}.sol`, `${registry}.json`), "utf8");
    const untried = untriedFunctions(registry, (JSON.parse(artifact) as { abi: JsonFragment[] }).abi, handlers);
    if (untried.length > 0) throw new Error(`No handler calls ${registry}.${untried.join(", ")}.`);
  }
}

function readSources(root: string, directory: string): string[] {
  const project = join(root, PROJECT, directory);
  const files = readdirSync(project, { recursive: true, encoding: "utf8" }).filter((file) => /^(?!cache).*\.sol$/.test(file));
  return files.map((file) => readFileSync(join(project, file), "utf8"));
}

/** Runs a campaign and reports. */
export async function campaign(root: string, length: Length): Promise<void> {
  const invariants = readInvariants(root);
  const compiling = Date.now();
  console.log("Compiling …");
  await build(root);
  requireHandlers(root);
  console.log(`Compiled in ${seconds(compiling)}.`);

  const begun = Date.now();
  const tally = new Tally();
  const failures: Batch[] = [];
  await playSeeds(
    length,
    (seed, signal) => play(root, seed, { signal }),
    (batch, since) => {
      tally.add(batch);
      if (batch.failure !== undefined) failures.push(batch);
      const calls = [...batch.handlers.values()].reduce((sum, handler) => sum + handler.calls, 0).toLocaleString("en");
      console.log(`seed ${batch.seed}: ${batch.failure === undefined ? "held" : "BROKEN"} in ${calls} calls (${seconds(since)})`);
    },
  );

  console.log(tally.toString());
  for (const { seed, failure } of failures) {
    console.log(`\nseed ${seed}: ${failure?.reason ?? ""}`);
    for (const step of failure?.steps ?? []) console.log(`  ${step}`);
    console.log(`Again, with traces: FOUNDRY_CONFIG=test/foundry/foundry.toml npx forge test -vvv --fuzz-seed ${seed}`);
  }
  if (failures.length > 0) throw new Error("An invariant is broken: failed.");
  const idle = tally.idle();
  if (idle.length > 0) throw new Error(`Succeed in less than a fifth of their calls: ${idle.join(", ")}: failed.`);
  const calls = tally.calls.toLocaleString("en");
  console.log(`${invariants.length} invariants held in ${calls} calls of ${tally.handlers.size} handlers (${seconds(begun)}): passed.`);
}
