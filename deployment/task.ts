import { subtask } from "hardhat/config";
import { HardhatPluginError } from "hardhat/plugins";
import { TASK_DEPLOY_RUN_DEPLOY } from "hardhat-deploy";

import { requireEndpoint } from "./networks";
import { deployerAndAdmin, requireNothingPending } from "./people";

// What a deploy script raises reaches the user with the stack traces of everything that it went through; here they are left out.
subtask(TASK_DEPLOY_RUN_DEPLOY).setAction(async (args, hre, runSuper) => {
  requireEndpoint(hre.network.name);
  await deployerAndAdmin(hre);
  await requireNothingPending(hre);
  try {
    return (await runSuper(args)) as unknown;
  } catch (error) {
    throw error instanceof Error ? new HardhatPluginError("ddc", withoutStack(error.message), error) : error;
  }
});

function withoutStack(message: string): string {
  return message
    .split("\n")
    .filter((line) => !/^\s+at /.test(line))
    .join("\n")
    .replace(/^ERROR processing .*:\n(\w*Error: )?/, "");
}
