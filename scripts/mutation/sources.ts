import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What is not changed: declarations, and what only tests and deployments use. */
const UNCHANGED = ["deployment", "interfaces", "mocks"];

/** The text of every contract file, by its path in the project. */
export function contractSources(root: string): Map<string, string> {
  const files = readdirSync(join(root, "contracts"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

/** The files whose contracts tests deploy: the registries, and the mocks that stand for a library. */
export function deployedFiles(root: string): string[] {
  return [...contractSources(root).keys()].filter((file) => /^contracts\/(\w+Registry|mocks\/\w+Harness)\.sol$/.test(file));
}

/** The files that move value or rights. */
export function mutableFiles(root: string): string[] {
  return [...contractSources(root).keys()].filter((file) => !UNCHANGED.includes(file.split("/")[1] ?? ""));
}
