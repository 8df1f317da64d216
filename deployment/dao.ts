import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

/** How a DAO of a development chain decides; times in seconds. */
export interface DaoPlan {
  voters: readonly string[];
  /** What each of them gets, with 18 decimals. */
  votesEach: bigint;
  votingDelay: bigint;
  votingPeriod: bigint;
  timelockDelay: bigint;
  quorumPercent: bigint;
}

/** Creates a Governor with a timelock that takes proposals from it alone, and lets anyone execute them. No account keeps a role in it. */
export async function createDao(
  hre: HardhatRuntimeEnvironment,
  plan: DaoPlan,
): Promise<{ governor: string; timelock: string; token: string }> {
  const { deployer = "" } = await hre.getNamedAccounts();
  const signer = await hre.ethers.getSigner(deployer);
  const token = await hre.ethers.deployContract("DaoToken", signer);
  const timelock = await hre.ethers.deployContract("TimelockController", [plan.timelockDelay, [], [ZeroAddress], deployer], signer);
  const governor = await hre.ethers.deployContract(
    "DaoGovernor",
    [token, timelock, plan.votingDelay, plan.votingPeriod, plan.quorumPercent],
    signer,
  );
  await governor.waitForDeployment();
  for (const role of [await timelock.PROPOSER_ROLE(), await timelock.CANCELLER_ROLE()]) {
    await (await timelock.grantRole(role, governor)).wait();
  }
  await (await timelock.renounceRole(await timelock.DEFAULT_ADMIN_ROLE(), deployer)).wait();
  for (const voter of plan.voters) await (await token.mint(voter, plan.votesEach)).wait();
  return { governor: await governor.getAddress(), timelock: await timelock.getAddress(), token: await token.getAddress() };
}
