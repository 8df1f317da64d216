import { execFileSync } from "node:child_process";
import { config, run } from "hardhat";

import { BINDINGS, generateBindings } from "./bindings";

/** Fails when what git knows of a directory is not what is there. */
function refuseChanges(directory: string): void {
  const git = (...args: string[]): string => execFileSync("git", [...args, "--", directory], { cwd: config.paths.root, encoding: "utf8" });
  const changes = git("diff", "--stat") + git("ls-files", "--others", "--exclude-standard");
  if (changes !== "") throw new Error(`${changes}\nThese files were stale. They are regenerated now: commit them.`);
}

async function main(): Promise<void> {
  const isCheck = process.argv.includes("--check");
  // As a whole, as in a fresh clone: compiled in parts, some contracts get other bytecode.
  await run("compile", { quiet: true, force: !isCheck });
  await generateBindings(config);
  if (isCheck) refuseChanges(BINDINGS);
  console.log(`${BINDINGS}/ is what the contracts generate.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
