import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { plainError } from "./errors";
import { deployerAndAdmin } from "./people";

/** The roles, by their numbers in AccessManager. Its own administrator has number 0, and a name that cannot be changed. */
export const ROLES = { ADMIN: 0n, PRICE_ORACLE: 1n, FEE_MANAGER: 2n, GUARDIAN: 3n } as const;

export type Role = keyof typeof ROLES;

/** All that administration reaches: which functions are restricted, and to whom. */
export const RESTRICTED: readonly { contract: string; functions: readonly string[]; role: Role }[] = [
  { contract: "PriceRegistry", functions: ["addCurrency", "setFeed"], role: "ADMIN" },
  { contract: "PriceRegistry", functions: ["setPrice"], role: "PRICE_ORACLE" },
  { contract: "PriceRegistry", functions: ["pauseCurrency"], role: "GUARDIAN" },
  { contract: "ClusterRegistry", functions: ["setNetworkFee"], role: "FEE_MANAGER" },
];

const DAY = 24 * 60 * 60;

/** On public networks what the admin does takes effect two days after it is announced, so that people can leave first. */
export function delayOf(hre: HardhatRuntimeEnvironment, role: Role): number {
  return hre.network.live && role === "ADMIN" ? 2 * DAY : 0;
}

/** The selectors of functions of a contract, by their names. */
export async function selectorsOf(hre: HardhatRuntimeEnvironment, contract: string, functions: readonly string[]): Promise<string[]> {
  const { interface: api } = await hre.ethers.getContractFactory(contract);
  return functions.map((name) => {
    const found = api.getFunction(name);
    if (found === null) {
      throw plainError(`${contract} has no function ${name}.`);
    }
    return found.selector;
  });
}

/**
 * Sets the roles up, gives them to the admin, and leaves the deployer without any: all in one transaction, so that there is nothing
 * in between to be interrupted. Afterwards the deployer can change nothing, and this does nothing.
 */
export async function handOver(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { deployer, admin } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("AccessManager");
  const manager = await hre.ethers.getContractAt("AccessManager", address, await hre.ethers.getSigner(deployer));
  const [deployerIsAdmin] = await manager.hasRole(ROLES.ADMIN, deployer);
  if (!deployerIsAdmin) {
    return;
  }

  const { interface: api } = manager;
  const calls: string[] = [];
  for (const { contract, functions, role } of RESTRICTED) {
    const { address: target } = await hre.deployments.get(contract);
    const selectors = await selectorsOf(hre, contract, functions);
    calls.push(api.encodeFunctionData("setTargetFunctionRole", [target, selectors, ROLES[role]]));
  }
  for (const role of Object.keys(ROLES) as Role[]) {
    if (role !== "ADMIN") {
      calls.push(api.encodeFunctionData("labelRole", [ROLES[role], role]));
    }
    calls.push(api.encodeFunctionData("grantRole", [ROLES[role], admin, delayOf(hre, role)]));
  }
  calls.push(api.encodeFunctionData("renounceRole", [ROLES.ADMIN, deployer]));

  await (await manager.multicall(calls)).wait();
  hre.deployments.log(`${admin} has all roles, the deployer none`);
}
