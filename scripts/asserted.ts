import { relative, join } from "node:path";
import { Interface } from "ethers";
import { artifacts, run } from "hardhat";
import ts from "typescript";

import { NETWORK_CONTRACTS } from "../src/contract-names";
import { missing } from "./asserted/missing";
import { Scanner } from "./asserted/scan";
import { surfaceOf } from "./asserted/surface";

const ROOT = join(__dirname, "..");

/** The program that `tsconfig.json` describes. */
function loadProgram(): ts.Program {
  const { config, error } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: unknown;
    error?: ts.Diagnostic;
  };
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  return ts.createProgram(fileNames, options);
}

/** Tests; what fixtures do is preparation, which asserts nothing. */
function isTest(file: string): boolean {
  return /^test\/(?!fixtures)/.test(relative(ROOT, file));
}

async function main(): Promise<void> {
  await run("compile", { quiet: true });
  const surfaces = await Promise.all(
    NETWORK_CONTRACTS.map(async (name) => surfaceOf(name, new Interface((await artifacts.readArtifact(name)).abi))),
  );
  const program = loadProgram();
  const assertions = new Scanner(program).scan(program.getRootFileNames().filter(isTest));
  const items = surfaces.flat();
  const unasserted = missing(items, assertions);

  if (unasserted.length > 0) throw new Error([...unasserted, `${unasserted.length} of ${items.length} are not asserted.`].join("\n"));
  console.log(`All ${items.length} functions, events and errors of the registries are asserted by a test.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
