import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { config, ethers, run } from "hardhat";

import { NETWORK_CONTRACTS } from "../src/contract-names";
import { Meter, type Row } from "./gas/meter";
import { SCENARIOS } from "./gas/scenarios";
import { gasPage } from "./gas/table";
import { World } from "./gas/world";

const PAGE = join(config.paths.root, "docs", "GAS.md");

/** Functions that only other contracts call, whose cost is part of theirs; and `multicall`, which costs what it calls. */
const NOT_MEASURED = new Set([
  ...["credit", "debit", "fundAccount", "lowerRate", "raiseRate", "setUnservedShare", "takePool"].map((name) => `AccountRegistry.${name}`),
  ...["listCurrency", "setIndexSpeed", "setPaused"].map((name) => `AccountRegistry.${name}`),
  ...["addToCluster", "releaseFrom", "reserveFor", "transferReservation"].map((name) => `NodeRegistry.${name}`),
  ...["allocateResource", "coverVnodes", "createVacant", "deallocateResource", "fillCluster", "fillVacancy", "setQuality", "vacate"].map(
    (name) => `ClusterRegistry.${name}`,
  ),
  ...["PriceRegistry", "ClusterRegistry"].map((name) => `${name}.setAuthority`),
  ...NETWORK_CONTRACTS.map((name) => `${name}.multicall`),
]);

/** Every scenario in a world of its own. */
async function measureAll(): Promise<Row[]> {
  const rows: Row[] = [];
  let unmeasured: string[] = [];
  for (const measure of SCENARIOS) {
    const world = await World.create();
    const meter = new Meter(ethers.provider, await world.contracts(), rows);
    await measure(world, meter);
    unmeasured = meter.unmeasured(NOT_MEASURED);
  }
  if (unmeasured.length > 0) throw new Error(`Not measured: ${unmeasured.join(", ")}. Add a row to scripts/gas/scenarios/.`);
  return rows;
}

async function main(): Promise<void> {
  // The same dates in every run, as what is computed from them costs gas.
  config.networks.hardhat.initialDate = "2030-01-01T00:00:00Z";
  // As a whole, as in a fresh clone: compiled in parts, some contracts get other bytecode.
  await run("compile", { quiet: true, force: !process.argv.includes("--check") });
  const page = gasPage(await measureAll());

  if (!process.argv.includes("--check")) {
    writeFileSync(PAGE, page);
  } else if (readFileSync(PAGE, "utf8") !== page) {
    throw new Error('docs/GAS.md is stale: run "npm run gas" and commit what it writes.');
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
