import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { plainError } from "./errors";
import { requireAdmin, requireKey } from "./networks";

/** Who deploys, and who administers afterwards. On public networks they must not be the same. */
export async function deployerAndAdmin(hre: HardhatRuntimeEnvironment): Promise<{ deployer: string; admin: string }> {
  const { deployer, admin } = await hre.getNamedAccounts();
  requireKey(hre.network.name);
  requireAdmin(hre.network.name);
  if (deployer === undefined || admin === undefined) {
    throw plainError(`Network "${hre.network.name}" has no account to deploy with, or none for the admin.`);
  }
  if (deployer === admin) {
    throw plainError(
      `The deployer ${deployer} must not be the admin: set DDC_ADMIN to another address (a multisig, in production) with\n\n    npx hardhat vars set DDC_ADMIN\n`,
    );
  }
  return { deployer, admin };
}

/** Refuses while transactions of the deployer are under way, such as those of a run that was killed: they may be the very same. */
export async function requireNothingPending(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { deployer } = await deployerAndAdmin(hre);
  const mined = await hre.ethers.provider.getTransactionCount(deployer, "latest");
  const sent = await hre.ethers.provider.getTransactionCount(deployer, "pending");
  if (sent > mined) {
    throw plainError(`Transactions of the deployer ${deployer} are not mined yet (${sent - mined}). Deploy again when they are.`);
  }
}
