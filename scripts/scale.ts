import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { config, run } from "hardhat";

import { type Row } from "./gas/meter";
import { World } from "./gas/world";
import { staleFigures } from "./scale/check";
import { compare } from "./scale/compare";
import { Copy } from "./scale/copy";
import { measureOperations } from "./scale/operations";
import { type PageCosts, bucketsOfOne, listsOf, measurePages } from "./scale/pages";
import { measurePayouts } from "./scale/payouts";
import { draw, plot } from "./scale/plot";
import { grow, populate } from "./scale/populate";
import { progress } from "./scale/progress";
import { type FrontEndReading, type Reading, readAll, readAsFrontEnd } from "./scale/reading";
import { scalePage } from "./scale/report";
import { LARGEST, SIZES, SMALLER, type Size } from "./scale/size";

const DOCS = join(config.paths.root, "docs");
const PAGE = join(DOCS, "SCALE.md");
const PLOT = join(DOCS, "scale.svg");

const PAYERS = [1, 100, 10_000];
const PAGES_READ = [10, 30, 100, 300];
const PAGES_MEASURED = [1, 10, 30, 100, 300, 1_000, 3_000];
/** More than fit a page. */
const LISTED = { nodes: 4_000, clusters: 2_000 };

/** A network in a world of its own, and what operations cost in it. */
async function measureIn(size: Size): Promise<{ world: World; rows: Row[] }> {
  const world = await World.create();
  progress(`filling a network of ${size.buckets} buckets`);
  await populate(world, size);
  progress("measuring operations in it");
  return { world, rows: await measureOperations(world, size) };
}

/** What it takes to read the network, and how large pages may be. */
async function read(world: World): Promise<{ pages: PageCosts[]; readings: Reading[]; frontEnd: FrontEndReading }> {
  const copy = await Copy.start();
  try {
    progress("copying the network to anvil");
    await copy.catchUp();
    const lists = await listsOf(world, LARGEST);
    const readings: Reading[] = [];
    for (const limit of PAGES_READ) {
      progress(`reading it by pages of ${limit}`);
      readings.push(await readAll(copy.provider, lists, limit));
    }
    progress("reading it as a front end does");
    const frontEnd = await readAsFrontEnd(copy.url, await world.addresses());
    progress("adding nodes and clusters");
    const grown = await grow(world, LARGEST, LISTED);
    await copy.catchUp();
    const pages: PageCosts[] = [];
    for (const list of [...(await listsOf(world, grown)), await bucketsOfOne(world, grown)]) {
      progress(`measuring pages of ${list.name}`);
      pages.push(await measurePages(copy.provider, list, PAGES_MEASURED));
    }
    return { pages, readings, frontEnd };
  } finally {
    await copy.stop();
  }
}

async function measure(): Promise<void> {
  // The same dates in every run, as in the page of gas.
  config.networks.hardhat.initialDate = "2030-01-01T00:00:00Z";
  // As a whole, as in a fresh clone: compiled in parts, some contracts get other bytecode.
  await run("compile", { quiet: true, force: true });
  const smaller: Row[][] = [];
  for (const size of SMALLER) smaller.push((await measureIn(size)).rows);
  const payouts = await measurePayouts(PAYERS);
  // Last, as each world takes the place of the one before.
  const { world, rows } = await measureIn(LARGEST);
  // What else the machine had to do matters to seconds.
  const machine = `${cpus().length} cores with a load of ${loadavg()[0]?.toFixed(1) ?? "?"}, Node.js ${process.versions.node}`;
  const reading = await read(world);
  const operations = compare([...smaller, rows]);
  writeFileSync(PAGE, scalePage({ sizes: SIZES, operations, payouts, machine, ...reading }));
  writeFileSync(PLOT, draw(plot(SIZES, operations, reading.pages)));
  progress("done");
}

function check(): void {
  const stale = staleFigures(readFileSync(PAGE, "utf8"), readFileSync(join(DOCS, "GAS.md"), "utf8"));
  if (stale.length > 0) {
    throw new Error(`docs/SCALE.md is stale: run "npm run scale" and commit what it writes. It shows\n${stale.join("\n")}`);
  }
}

async function main(): Promise<void> {
  if (process.argv.includes("--check")) check();
  else await measure();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
