import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";

/** Writes a generated file, or with `--check` says whether it is stale and makes the script fail. */
export function writeOrCheck(path: string, content: string, command: string): void {
  const name = relative(process.cwd(), path);
  if (process.argv.includes("--check")) {
    if (existsSync(path) && readFileSync(path, "utf8") === content) return;
    console.error(`${name} is stale: run ${command}`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.error(`wrote ${name}`);
}
