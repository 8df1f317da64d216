import "@nomicfoundation/hardhat-chai-matchers";
import "@nomicfoundation/hardhat-ethers";
import "@typechain/hardhat";
import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } from "hardhat/builtin-tasks/task-names";
import { type HardhatUserConfig, subtask } from "hardhat/config";
import "hardhat-deploy";
import "solidity-coverage";

import { version as solcVersion } from "solc/package.json";

// The compiler is the JavaScript build that npm pins: nothing is downloaded, and every machine compiles the same bytes.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => ({
  version: solcVersion,
  longVersion: solcVersion,
  compilerPath: require.resolve("solc/soljson.js"),
  isSolcJs: true,
}));

const config: HardhatUserConfig = {
  solidity: {
    version: solcVersion,
    settings: {
      evmVersion: "cancun",
      viaIR: true,
      optimizer: { enabled: true, runs: 10_000 },
      metadata: { bytecodeHash: "none" },
    },
  },
  namedAccounts: {
    deployer: 0,
    admin: 1,
  },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
};

export default config;
