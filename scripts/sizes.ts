import { artifacts, run } from "hardhat";
import Table from "cli-table3";

import { NETWORK_CONTRACTS } from "../src/contract-names";

/** EIP-170 allows 24,576 bytes; a thousand are kept free. */
const LIMIT = 23_576;

async function main(): Promise<void> {
  await run("compile", { quiet: true });

  const table = new Table({ head: ["contract", "runtime bytes", "free"], colAligns: ["left", "right", "right"], style: { head: [] } });
  let tooLarge = 0;
  for (const name of NETWORK_CONTRACTS) {
    const { deployedBytecode } = await artifacts.readArtifact(name);
    const size = deployedBytecode.length / 2 - 1;
    if (size >= LIMIT) tooLarge++;
    table.push([name, size.toLocaleString("en"), (LIMIT - size).toLocaleString("en")]);
  }
  console.log(table.toString());

  if (tooLarge > 0) throw new Error(`${tooLarge} contract(s) are not below ${LIMIT.toLocaleString("en")} bytes.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
