import { Contract } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { addressOf } from "./create3";
import { plainError } from "./errors";
import { deployerAndAdmin } from "./people";
import { plan } from "./plan";
import { delayOf, RESTRICTED, type Role, ROLES, selectorsOf } from "./roles";

/** Reads everything back that a deployment fixes, and fails with all that is not as it should be. */
export async function check(hre: HardhatRuntimeEnvironment): Promise<void> {
  const problems = [...(await wiringProblems(hre)), ...(await roleProblems(hre))];
  if (problems.length > 0) {
    throw plainError(
      `The deployment to ${hre.network.name} is not as it should be:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
  }
  hre.deployments.log("every immutable and every role is as it should be");
}

async function wiringProblems(hre: HardhatRuntimeEnvironment): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, { fixed }] of Object.entries(await plan(hre))) {
    const { address, abi } = await hre.deployments.get(name);
    const expectedAddress = await addressOf(hre, name);
    if (address !== expectedAddress) {
      problems.push(`${name} is saved as ${address}, but the others know it as ${expectedAddress}`);
    }
    const contract = new Contract(address, abi, hre.ethers.provider);
    for (const getter of new Set([...Object.keys(fixed), ...immutablesOf(contract)])) {
      const actual: unknown = await contract.getFunction(getter).staticCall();
      if (actual !== fixed[getter]) {
        problems.push(`${name}.${getter} is ${String(actual)}, not ${fixed[getter] ?? "anything that is planned"}`);
      }
    }
  }
  return problems;
}

/** The addresses that a contract shows in capitals, so that one that is added later cannot be left out by mistake. */
function immutablesOf(contract: Contract): string[] {
  return contract.interface.fragments
    .filter((fragment) => fragment.type === "function")
    .map((fragment) => contract.interface.getFunction(fragment.format("sighash")))
    .filter((found) => found !== null && found.inputs.length === 0 && found.outputs[0]?.type === "address")
    .map((found) => found?.name ?? "")
    .filter((name) => /^[A-Z_]+$/.test(name));
}

async function roleProblems(hre: HardhatRuntimeEnvironment): Promise<string[]> {
  const { deployer, admin } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("AccessManager");
  const manager = await hre.ethers.getContractAt("AccessManager", address);
  const problems: string[] = [];

  for (const { contract, functions, role } of RESTRICTED) {
    const { address: target } = await hre.deployments.get(contract);
    const selectors = await selectorsOf(hre, contract, functions);
    for (const [i, selector] of selectors.entries()) {
      const actual = await manager.getTargetFunctionRole(target, selector);
      if (actual !== ROLES[role]) {
        problems.push(`${contract}.${functions[i] ?? ""} is restricted to role ${actual}, not to ${role} (${ROLES[role]})`);
      }
    }
  }
  for (const role of Object.keys(ROLES) as Role[]) {
    const [adminHas, delay] = await manager.hasRole(ROLES[role], admin);
    const [deployerHas] = await manager.hasRole(ROLES[role], deployer);
    if (!adminHas) {
      problems.push(`the admin ${admin} does not have the role ${role}`);
    } else if (delay !== BigInt(delayOf(hre, role))) {
      problems.push(`the admin ${admin} has the role ${role} with a delay of ${delay} s, not ${delayOf(hre, role)} s`);
    }
    if (deployerHas) {
      problems.push(`the deployer ${deployer} has the role ${role}`);
    }
  }
  return problems;
}
