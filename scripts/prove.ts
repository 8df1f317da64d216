import { type ChildProcess, fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import Table from "cli-table3";

import { type Engine, type Outcome } from "./prove/checker";
import { listProperties, type Property, ROOT } from "./prove/source";
import { solverVersion } from "./prove/solver";

const PAGE = join(ROOT, "docs", "PROOFS.md");
const START = "<!-- Written by `npm run prove -- --write`. -->\n";

function ask(worker: ChildProcess, property: Property, engine: Engine): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.once("exit", (code) => {
      reject(new Error(`The worker ended with exit code ${code ?? "none"} at ${property.name}.`));
    });
    worker.once("message", (outcome: Outcome) => {
      worker.removeAllListeners("exit");
      resolve(outcome);
    });
    worker.send({ property, engine });
  });
}

/** Proves all properties, as many at a time as there are processors. */
async function proveAll(properties: readonly Property[], engine: Engine): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...properties.entries()];
  const work = async (): Promise<void> => {
    const execArgv = ["-r", "ts-node/register/transpile-only"];
    const worker = fork(join(__dirname, "prove", "worker.ts"), { execArgv });
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, property] = next;
        const outcome = await ask(worker, property, engine);
        console.error(`${outcome.open.length === 0 ? "proven" : "OPEN"}  ${property.name}  ${outcome.seconds.toFixed(1)} s`);
        outcomes[index] = outcome;
      }
    } finally {
      worker.kill();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return outcomes;
}

/** The table of the page; without what it took, which no two runs agree on, and however it is laid out, it is what the page has to have. */
function pageTable(properties: readonly Property[], outcomes: readonly Outcome[]): string {
  const rows = properties.map(({ file, name, statement }, index) => {
    const { proven = 0, seconds = 0 } = outcomes[index] ?? {};
    return `| ${basename(file, ".sol")} | \`${name}\` | ${statement} | ${proven} | ${seconds.toFixed(1)} |`;
  });
  return ["| of | property | what holds for all inputs | checks | seconds |", "| :-- | :-- | :-- | --: | --: |", ...rows, ""].join("\n");
}

function withoutSeconds(table: string): string {
  return table
    .replace(/ *\| *[\d.]+ *\|$/gm, "")
    .replace(/ +/g, " ")
    .replace(/-+/g, "-");
}

function writeOrCompare(table: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [before = "", after = ""] = page.split(START);
  if (process.argv.includes("--write")) {
    writeFileSync(PAGE, `${before}${START}\n${table}`);
  } else if (!withoutSeconds(after).includes(withoutSeconds(table))) {
    throw new Error('docs/PROOFS.md is stale: run "npm run prove -- --write" and commit what it writes.');
  }
}

function print(properties: readonly Property[], outcomes: readonly Outcome[], engine: Engine): void {
  const table = new Table({ head: ["property", "engine", "result", "seconds"], style: { head: [] } });
  for (const [index, { proven, open, seconds }] of outcomes.entries()) {
    const result = open.length === 0 ? `proven (${proven} checks)` : `OPEN (${open.length})`;
    table.push([properties[index]?.name, `solc ${engine}, z3`, result, seconds.toFixed(1)]);
  }
  console.log(table.toString());
}

/** `npm run prove -- [--engine chc] [--write] [name…]`: all properties unless some are named. */
async function main(): Promise<void> {
  console.error(solverVersion());
  const words = process.argv.slice(2);
  const engine = words.includes("chc") ? "chc" : "bmc";
  const names = words.filter((word) => /^[A-Z]/.test(word));
  const properties = listProperties().filter(({ name }) => names.length === 0 || names.includes(name));
  const outcomes = await proveAll(properties, engine);
  print(properties, outcomes, engine);
  for (const { name, open } of outcomes) for (const reason of open) console.error(`\n${name}: ${reason}`);

  const unproven = outcomes.filter(({ open }) => open.length > 0).length;
  if (unproven > 0 || outcomes.length === 0) throw new Error(`${unproven} of ${outcomes.length} properties are not proven.`);
  console.log(`All ${outcomes.length} properties hold for all inputs.`);
  if (names.length === 0) writeOrCompare(pageTable(properties, outcomes));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
