import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { REGISTRIES } from "../../src/contract-names";

/** The unit tests, each of which should notice a change of its unit without the stories, attacks and models beside them. */
const UNITS = new Set([...REGISTRIES, "base", "libraries", "types", "validators"]);
/** What a unit test of transfers would be: attacks by tokens and feeds. */
const HOSTILE = /^test\/attacks\/(\w*[tT]okens|feeds|ether)\.test\.ts$/;
/** The registry whose tests reach a library. */
const HOMES: Record<string, string> = Object.fromEntries(
  Object.entries({
    AccountRegistry: ["Accounts", "ClusterLines", "CurrencyIndexes", "Deposits", "Payments", "StreamLists", "Units"],
    BucketRegistry: ["AccessRights", "BucketNotices", "Gates", "Holdings", "KeyEpochs"],
    ClusterRegistry: [
      "ClusterViews",
      "Coverage",
      "Fees",
      "Managements",
      "Memberships",
      "NodeSlots",
      "ClusterResources",
      "Revenues",
      "Weights",
    ],
    PriceRegistry: ["PriceBudgets", "PriceFeeds"],
    StorageProofs: ["Challenges", "ProofRecords", "ProofRules", "StorageTrees"],
    TermsRegistry: ["Agreements", "Bonds", "ClusterTerms", "Validators"],
  }).flatMap(([registry, libraries]) => libraries.map((library) => [library, registry])),
);

/** All test files that are run, relative to the project. */
export function testFiles(root: string): string[] {
  return readdirSync(join(root, "test"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => UNITS.has(file.split("/")[1] ?? "") || HOSTILE.test(file))
    .sort();
}

/** What a test file has found before. */
export interface Find {
  file: string;
  within: string;
  test: string;
}

/**
 * The tests, the likeliest to notice a change first: those that noticed one in the same function, then those named after the function or
 * the file, then those of the same registry; quick ones before slow ones.
 * @param milliseconds How long each takes.
 */
export function inOrder(
  tests: readonly string[],
  mutant: { file: string; within: string },
  finds: readonly Find[],
  milliseconds: Readonly<Record<string, number>>,
): string[] {
  const found = new Set(finds.filter(({ file, within }) => file === mutant.file && within === mutant.within).map(({ test }) => test));
  const name = basename(mutant.file, ".sol");
  const folder = basename(dirname(mutant.file));
  const home = HOMES[name] ?? name;

  const rank = (test: string): number => {
    const [, directory = ""] = test.split("/");
    const subject = basename(test, ".ts").replace(".test", "");
    if (found.has(test)) return 0;
    if (subject === name || (subject === mutant.within && directory === home)) return 1;
    return subject === mutant.within || directory === home || directory === folder ? 2 : 3;
  };
  const time = (test: string): number => milliseconds[test] ?? 0;
  return [...tests].sort((a, b) => rank(a) - rank(b) || time(a) - time(b));
}
