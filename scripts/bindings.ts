import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { TASK_COMPILE_SOLIDITY_COMPILE_JOBS } from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import type { HardhatConfig } from "hardhat/types";
import { glob, runTypeChain } from "typechain";

import { NETWORK_CONTRACTS, REGISTRIES } from "../src/contract-names";

/** The committed bindings. Those of everything, mocks included, are in `cache/typechain-types/`, for tests alone. */
export const BINDINGS = "typechain-types";
const OPENZEPPELIN = "@openzeppelin/contracts";

/** What users call; paths of artifacts without their ending. */
const PUBLIC = [
  ...REGISTRIES.map((name) => `contracts/${name}.sol/${name}`),
  ...NETWORK_CONTRACTS.map((name) => `contracts/interfaces/I${name}.sol/I${name}`),
  "contracts/interfaces/IAdministration.sol/IAdministration",
  "contracts/validators/StorageProofs.sol/StorageProofs",
  "contracts/deployment/Administration.sol/Administration",
  "contracts/deployment/Create3Deployer.sol/Create3Deployer",
  ...[
    "access/manager/AccessManager",
    "access/manager/IAccessManager",
    "governance/IGovernor",
    "governance/TimelockController",
    "interfaces/IERC5267",
    "token/ERC20/IERC20",
    "token/ERC20/extensions/ERC20Permit",
    "token/ERC20/extensions/IERC20Metadata",
    "token/ERC20/extensions/IERC20Permit",
    "utils/introspection/IERC165",
  ].map((path) => `${OPENZEPPELIN}/${path}.sol/${path.slice(path.lastIndexOf("/") + 1)}`),
];
/** The Safe is compiled by its own package. */
const SAFE = "@safe-global/safe-smart-account/build/artifacts/contracts/Safe.sol/Safe.json";

/** Generates the committed bindings from the artifacts as they are. */
export async function generateBindings({ paths, typechain }: HardhatConfig): Promise<void> {
  mkdirSync(paths.cache, { recursive: true });
  const work = mkdtempSync(join(paths.cache, "bindings-"));
  try {
    for (const artifact of PUBLIC) copy(join(paths.artifacts, `${artifact}.json`), join(work, "artifacts", `${artifact}.json`));
    copy(require.resolve(SAFE), join(work, "artifacts", "@safe-global", "safe-smart-account", "Safe.sol", "Safe.json"));
    const artifacts = glob(work, ["artifacts/**/*.json"]);
    await runTypeChain({
      cwd: paths.root,
      allFiles: artifacts,
      filesToProcess: artifacts,
      outDir: join(work, "types"),
      target: typechain.target,
      flags: {
        alwaysGenerateOverloads: typechain.alwaysGenerateOverloads,
        discriminateTypes: typechain.discriminateTypes,
        tsNocheck: typechain.tsNocheck,
        node16Modules: typechain.node16Modules,
        environment: "hardhat",
      },
    });
    // The tasks import the bindings: they are never absent while they are generated.
    const outDir = join(paths.root, BINDINGS);
    rmSync(outDir, { recursive: true, force: true });
    renameSync(join(work, "types"), outDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

interface CompileOutput {
  artifactsEmittedPerJob: { artifactsEmittedPerFile: { file: { sourceName: string }; artifactsEmitted: string[] }[] }[];
}

// Imported by the Hardhat configuration: a compilation that changes what users call refreshes its bindings.
subtask(TASK_COMPILE_SOLIDITY_COMPILE_JOBS).setAction(async (taskArguments, { config }, runSuper) => {
  const output = (await runSuper(taskArguments)) as CompileOutput;
  const emitted = output.artifactsEmittedPerJob
    .flatMap(({ artifactsEmittedPerFile }) => artifactsEmittedPerFile)
    .flatMap(({ file, artifactsEmitted }) => artifactsEmitted.map((name) => `${file.sourceName}/${name}`));
  const isPublic = new Set(PUBLIC);
  if (!config.typechain.dontOverrideCompile && emitted.some((artifact) => isPublic.has(artifact))) await generateBindings(config);
  return output;
});
