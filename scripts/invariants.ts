import { join } from "node:path";
import { parseArgs } from "node:util";

import { campaign, SHORT_CAMPAIGN } from "./invariants/campaign";
import { huntFaults } from "./invariants/hunt";

const ROOT = join(__dirname, "..");

function number(name: string, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number.`);
  return value;
}

/**
 * `invariants [--seed S]`: the short campaign, the same each time;
 * `invariants --minutes N [--seed S]`: a campaign as long as it is told, with seeds by the clock unless told otherwise;
 * `invariants --faults [--only name]`: that the short campaign finds every seeded fault.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: "string" }, seed: { type: "string" }, faults: { type: "boolean" }, only: { type: "string" } },
  });
  const seed = values.seed === undefined ? undefined : number("seed", values.seed);
  if (values.faults === true) return huntFaults(ROOT, seed ?? 1, values.only);
  if (values.minutes === undefined) return campaign(ROOT, { firstSeed: seed ?? 1, goesOn: (played) => played < SHORT_CAMPAIGN });

  const end = Date.now() + number("minutes", values.minutes) * 60_000;
  return campaign(ROOT, { firstSeed: seed ?? Math.floor(Date.now() / 1_000), goesOn: () => Date.now() < end });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
