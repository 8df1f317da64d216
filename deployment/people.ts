import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { plainError } from "./errors";
import { isAdminDeclaredKey, requireAdmin, requireKey } from "./networks";

/** What the code of a key's account begins with if it delegates to a contract (EIP-7702). */
const DELEGATION = "0xef0100";

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

/** Refuses an admin that is no contract on a public network, unless the operator said that it is a plain key. */
export async function requireAdminOnChain(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { admin } = await deployerAndAdmin(hre);
  if (!hre.network.live || isAdminDeclaredKey(admin)) return;
  const code = await hre.ethers.provider.getCode(admin);
  if (code !== "0x" && !code.startsWith(DELEGATION)) return;
  throw plainError(
    `The admin ${admin} is not a contract on ${hre.network.name}. A multisig of another chain does not exist here until it is deployed ` +
      "here, and until then the network has no administrator.\n" +
      `Deploy the multisig to ${hre.network.name} first, or set DDC_ADMIN to one that is there. If the admin is a plain key, confirm ` +
      "that with its address:\n\n    npx hardhat vars set DDC_ADMIN_IS_KEY\n",
  );
}
