import { subtask } from "hardhat/config";
import { TASK_DEPLOY_RUN_DEPLOY } from "hardhat-deploy";

import { plainError } from "./errors";
import { requireEndpoint, sequencerFeedOf } from "./networks";
import { deployerAndAdmin, requireAdminOnChain, requireNothingPending } from "./people";

// What a deploy script raises would reach the user with the stack traces of everything that it went through.
subtask(TASK_DEPLOY_RUN_DEPLOY).setAction(async (args, hre, runSuper) => {
  try {
    requireEndpoint(hre.network.name);
    await hre.network.provider.send("eth_chainId");
    await deployerAndAdmin(hre);
    sequencerFeedOf(hre);
    await requireAdminOnChain(hre);
    await requireNothingPending(hre);
    return (await runSuper(args)) as unknown;
  } catch (error) {
    throw error instanceof Error && !hre.hardhatArguments.showStackTraces ? plainError(withoutStack(error.message)) : error;
  }
});

function withoutStack(message: string): string {
  return message
    .split("\n")
    .filter((line) => !/^\s+at /.test(line))
    .join("\n")
    .replace(/^ERROR processing .*:\n(\w*Error: )?/, "");
}
