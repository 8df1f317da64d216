import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";

import { playSeeds, SHORT_CAMPAIGN } from "./campaign";
import { type Fault, FAULTS } from "./faults";
import { type Batch, build, play } from "./forge";

interface Catch {
  fault: Fault;
  /** `invariant: what happened`; undefined if nothing noticed. */
  reason?: string;
  seconds: number;
}

/** The file with the fault; throws if the text to replace is not there exactly once. */
export function sow(content: string, { name, file, find, replace }: Fault): string {
  const parts = content.split(find);
  if (parts.length !== 2) throw new Error(`Fault "${name}": ${file} has ${parts.length - 1} times what it replaces:\n${find}`);
  return parts.join(replace);
}

/** A copy of the project in which faults can be sown. */
function copyProject(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), "faults-"));
  for (const directory of ["contracts", "test/foundry"]) cpSync(join(root, directory), join(copy, directory), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Plays the short campaign on a copy with the fault, until something notices. */
async function hunt(copy: string, fault: Fault, firstSeed: number): Promise<Catch> {
  const path = join(copy, fault.file);
  const sound = readFileSync(path, "utf8");
  writeFileSync(path, sow(sound, fault));
  const caught: Batch[] = [];
  try {
    await build(copy);
    const since = Date.now();
    await playSeeds(
      { firstSeed, goesOn: (played) => played < SHORT_CAMPAIGN },
      // How short the sequence could be does not matter here.
      (seed, signal) => play(copy, seed, { env: { FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0" }, signal }),
      (batch) => {
        if (batch.failure !== undefined) caught.push(batch);
      },
    );
    return { fault, reason: caught[0]?.failure?.reason, seconds: (Date.now() - since) / 1_000 };
  } finally {
    writeFileSync(path, sound);
  }
}

/** That the short campaign finds every fault, each in a copy of the project. */
export async function huntFaults(root: string, firstSeed: number, only?: string): Promise<void> {
  const faults = FAULTS.filter(({ name }) => only === undefined || name === only);
  if (faults.length === 0) throw new Error(`No fault is called ${only ?? ""}:\n${FAULTS.map(({ name }) => name).join("\n")}`);
  for (const fault of FAULTS) sow(readFileSync(join(root, fault.file), "utf8"), fault);

  console.log("Compiling …");
  await build(root);
  const copy = copyProject(root);
  const catches: Catch[] = [];
  try {
    for (const fault of faults) {
      const found = await hunt(copy, fault, firstSeed);
      catches.push(found);
      console.log(`${fault.name}: ${found.reason ?? "NOT FOUND"} (${found.seconds.toFixed(0)} s)`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }

  const table = new Table({
    head: ["fault", "found by", "seconds"],
    colAligns: ["left", "left", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { fault, reason, seconds } of catches) table.push([fault.name, reason?.split(":")[0] ?? "NOBODY", seconds.toFixed(0)]);
  console.log(table.toString());
  const missed = catches.filter(({ reason }) => reason === undefined).length;
  if (missed > 0) throw new Error(`${missed} of ${catches.length} faults were not found: failed.`);
  console.log(`All ${catches.length} faults were found: passed.`);
}
