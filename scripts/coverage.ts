import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { type CoverageException, type FileCoverage, describeGaps, unexcused, uncovered } from "./coverage-report";

const ROOT = join(__dirname, "..");
/** The tests of units are to reach every line by themselves. What processes do is not measured, and the others take long. */
const NOT_MEASURED = new Set([
  "tasks",
  "deploy",
  "e2e",
  "scripts",
  "src",
  "attacks",
  "foundry",
  "model",
  "replica",
  "scenarios",
  "examples",
  "browser",
]);

/** A pattern for the tests that are run. */
function measuredTests(): string {
  const directories = readdirSync(join(ROOT, "test"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const measured = directories.filter(({ name }) => !NOT_MEASURED.has(name)).map(({ name }) => `${name}/**/*.ts`);
  return `test/{${["*.ts", ...measured].join(",")}}`;
}

function runTests(): boolean {
  const hardhat = require.resolve("hardhat/internal/cli/bootstrap.js");
  const { status } = spawnSync(process.execPath, [hardhat, "coverage", "--testfiles", measuredTests()], { cwd: ROOT, stdio: "inherit" });
  return status === 0;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8"));
}

function main(): void {
  if (!process.argv.includes("--report-only") && !runTests()) throw new Error("The tests fail when coverage is measured.");

  const report = Object.values(readJson("coverage/coverage-final.json") as Record<string, FileCoverage>);
  const missing = report.flatMap((file) => uncovered({ ...file, path: relative(ROOT, file.path) }));
  const exceptions = readJson("scripts/coverage-exceptions.json") as CoverageException[];
  const codeAt = (file: string, line: number): string => readFileSync(join(ROOT, file), "utf8").split("\n")[line - 1] ?? "";
  const { gaps, idle } = unexcused(missing, exceptions, codeAt);

  for (const { file, code, reason } of exceptions) console.log(`Excepted: ${file}: ${code}\n  ${reason}`);
  for (const { file, code } of idle) console.log(`Not needed this time: the exception of ${file}: ${code}`);
  if (gaps.length > 0) throw new Error(describeGaps(gaps).join("\n"));
  console.log(`Every line, statement, branch and function of ${report.length} contract files is covered.`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
