import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What is not changed: declarations, and what only tests and deployments use. */
const UNCHANGED = ["deployment", "interfaces", "mocks"];

const folderOf = (file: string): string => file.split("/")[1] ?? "";

/** The text of every contract file, by its path in the project. */
export function contractSources(root: string): Map<string, string> {
  const files = readdirSync(join(root, "contracts"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

/** The files whose contracts tests deploy: those with a contract that is not abstract, and of the mocks those that stand for a library. */
export function deployedFiles(root: string): string[] {
  const isDeployed = ([file, text]: [string, string]): boolean =>
    UNCHANGED.includes(folderOf(file)) ? /^contracts\/mocks\/\w+Harness\.sol$/.test(file) : /^contract /m.test(text);
  return [...contractSources(root)].filter(isDeployed).map(([file]) => file);
}

/** The files that move value or rights. */
export function mutableFiles(root: string): string[] {
  return [...contractSources(root).keys()].filter((file) => !UNCHANGED.includes(folderOf(file)));
}
