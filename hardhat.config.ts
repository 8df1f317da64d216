import { availableParallelism } from "node:os";
import "@nomicfoundation/hardhat-chai-matchers";
import "@nomicfoundation/hardhat-ethers";
import "@typechain/hardhat";
import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } from "hardhat/builtin-tasks/task-names";
import { extendProvider, type HardhatUserConfig, subtask } from "hardhat/config";
import type { SolcUserConfig } from "hardhat/types";
import "hardhat-deploy";
import "solidity-coverage";

import { version as solcVersion } from "solc/package.json";

import { hideStackTraces } from "./deployment/errors";
import { adminAccount, networks, requireEndpoint } from "./deployment/networks";
import "./deployment/task";
import "./scripts/bindings";
import "./scripts/compiler-warnings";
import "./tasks";

hideStackTraces();

// The compiler is the JavaScript build that npm pins: nothing is downloaded, and every machine compiles the same bytes.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => ({
  version: solcVersion,
  longVersion: solcVersion,
  compilerPath: require.resolve("solc/soljson.js"),
  isSolcJs: true,
}));

// Only a network that is used needs its variables, and only from its first request on.
extendProvider((provider, _config, network) => {
  requireEndpoint(network);
  return Promise.resolve(provider);
});

const compiler = (runs: number): SolcUserConfig => ({
  version: solcVersion,
  settings: { evmVersion: "cancun", viaIR: true, optimizer: { enabled: true, runs }, metadata: { bytecodeHash: "none" } },
});

const config: HardhatUserConfig = {
  solidity: {
    compilers: [compiler(10_000)],
    // The largest contract is optimized for size, which costs some hundred gas an operation.
    overrides: { "contracts/ClusterRegistry.sol": compiler(200) },
  },
  networks: networks(),
  // On public networks there is one key, the deployer's; whoever else is named here is a person of development chains.
  namedAccounts: {
    deployer: 0,
    admin: adminAccount(),
    provider1: 2,
    provider2: 3,
    manager: 4,
    owner: 5,
    validator: 6,
  },
  // Rehearsals keep their deployments apart.
  paths: { deployments: process.env.DDC_DEPLOYMENTS ?? "deployments" },
  // Of everything, for tests; what users call is in typechain-types/ (scripts/bindings.ts).
  typechain: { outDir: "cache/typechain-types", target: "ethers-v6" },
  // Each process has a chain of its own. The time limit is that of a machine which does other things beside.
  mocha: { parallel: true, jobs: Math.min(availableParallelism(), 4), require: ["./scripts/bigints.cjs"], timeout: 120_000 },
};

export default config;
