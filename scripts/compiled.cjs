// Compiles once, before what imports the bindings in cache/typechain-types.
const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
if (!existsSync(join(root, "cache", "typechain-types", "index.ts"))) {
  const hardhat = require.resolve("hardhat/internal/cli/bootstrap.js");
  process.exitCode = spawnSync(process.execPath, [hardhat, "compile"], { cwd: root, stdio: "inherit" }).status ?? 1;
}
