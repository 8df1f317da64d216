import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { config, run } from "hardhat";
import { glob, runTypeChain } from "typechain";

/** Generates the bindings of all contracts, as the Hardhat plugin does; those of contracts that are gone go, too. */
async function generate(outDir: string): Promise<void> {
  // As a whole, as in a fresh clone: compiled in parts, some contracts get other bytecode.
  await run("compile", { quiet: true, noTypechain: true, force: !process.argv.includes("--check") });

  const artifacts = glob(config.paths.root, [`${config.paths.artifacts}/!(build-info)/**/+([a-zA-Z0-9_]).json`]);
  const { alwaysGenerateOverloads, discriminateTypes, tsNocheck, node16Modules, target } = config.typechain;
  const fresh = mkdtempSync(join(config.paths.cache, "types-"));
  await runTypeChain({
    cwd: config.paths.root,
    allFiles: artifacts,
    filesToProcess: artifacts,
    outDir: fresh,
    target,
    flags: { alwaysGenerateOverloads, discriminateTypes, tsNocheck, node16Modules, environment: "hardhat" },
  });
  // The tasks import the bindings: they are never absent while they are generated.
  rmSync(outDir, { recursive: true, force: true });
  renameSync(fresh, outDir);
}

/** Fails when what git knows of a directory is not what is there. */
function refuseChanges(directory: string): void {
  const git = (...args: string[]): string => execFileSync("git", [...args, "--", directory], { cwd: config.paths.root, encoding: "utf8" });
  const changes = git("diff", "--stat") + git("ls-files", "--others", "--exclude-standard");
  if (changes !== "") throw new Error(`${changes}\nThese files were stale. They are regenerated now: commit them.`);
}

async function main(): Promise<void> {
  const outDir = join(config.paths.root, config.typechain.outDir);
  await generate(outDir);
  if (process.argv.includes("--check")) refuseChanges(outDir);
  console.log(`${config.typechain.outDir}/ is what the contracts generate.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
