import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

// Runs every generator of documents there is: `scripts/generate-*.ts`. With `--check` they write nothing, and fail on what is stale.
const generators = readdirSync(__dirname).filter((file) => /^generate-.*\.ts$/.test(file));
const failed = generators.filter((generator) => {
  console.log(`${generator} ${process.argv.slice(2).join(" ")}`);
  const tsNode = require.resolve("ts-node/dist/bin.js");
  const { status } = spawnSync(process.execPath, [tsNode, "-T", join(__dirname, generator), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  return status !== 0;
});

if (generators.length === 0) console.log("There are no generators.");
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}. Run "npm run docs" and commit what it writes.`);
  process.exitCode = 1;
}
