import { Contract } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { plannedAdministration, readAdministration } from "./administration";
import { addressOf, isCreate3DeployerGenuine, isDeployedFrom } from "./create3";
import { type Decisions, DECISIONS } from "./decisions";
import { plainError } from "./errors";
import { deployerAndAdmin } from "./people";
import { plan } from "./plan";

/**
 * Reads everything back that a deployment fixes, and everything that administration can change, and fails with all that is neither
 * planned nor decided since. Prices and pauses are left out: they change all the time.
 */
export async function check(hre: HardhatRuntimeEnvironment, decisions = DECISIONS[hre.network.name] ?? {}): Promise<void> {
  const wiring = await wiringProblems(hre);
  const administration = await administrationProblems(hre, decisions);
  const problems = [...wiring, ...administration];
  if (problems.length > 0) {
    const list = problems.map((problem) => `  - ${problem}`).join("\n");
    const advice = "\nIf the admin decided this after the deployment, record it in deployment/decisions.ts.";
    throw plainError(`The deployment to ${hre.network.name} is not as it should be:\n${list}${administration.length > 0 ? advice : ""}`);
  }
  hre.deployments.log("every immutable and every role is as it should be");
}

async function wiringProblems(hre: HardhatRuntimeEnvironment): Promise<string[]> {
  const problems: string[] = [];
  if (!(await isCreate3DeployerGenuine(hre))) {
    problems.push("Create3Deployer has other code than is compiled, or another deployer");
  }
  for (const [name, { contract: source = name, fixed, initial }] of Object.entries(await plan(hre))) {
    if (!(await isDeployedFrom(hre, name, [...Object.values(fixed), ...initial], source))) {
      problems.push(`${name} was deployed from other code, or with other constructor arguments, than is planned`);
    }
    const { address, abi } = await hre.deployments.get(name);
    const expectedAddress = await addressOf(hre, name);
    if (address !== expectedAddress) {
      problems.push(`${name} is saved as ${address}, but the others know it as ${expectedAddress}`);
    }
    const contract = new Contract(address, abi, hre.ethers.provider);
    for (const getter of new Set([...Object.keys(fixed), ...immutablesOf(contract)])) {
      const actual: unknown = await contract.getFunction(getter).staticCall();
      if (actual !== fixed[getter]) {
        problems.push(`${name}.${getter} is ${String(actual)}, not ${String(fixed[getter] ?? "anything that is planned")}`);
      }
    }
  }
  return problems;
}

/** The addresses and numbers that a contract shows in capitals, so that an immutable that is added later cannot be left out by mistake. */
function immutablesOf(contract: Contract): string[] {
  return contract.interface.fragments
    .filter((fragment) => fragment.type === "function")
    .map((fragment) => contract.interface.getFunction(fragment.format("sighash")))
    .filter((found) => found !== null && found.inputs.length === 0 && /^(address|uint256)$/.test(found.outputs[0]?.type ?? ""))
    .map((found) => found?.name ?? "")
    .filter((name) => /^[A-Z_]+$/.test(name));
}

async function administrationProblems(hre: HardhatRuntimeEnvironment, decisions: Decisions): Promise<string[]> {
  const { deployer, admin } = await deployerAndAdmin(hre);
  const planned = await plannedAdministration(hre);
  const actual = await readAdministration(hre);
  const decided = new Map(Object.entries(decisions));
  return [...new Set([...planned.keys(), ...decided.keys(), ...actual.keys()])]
    .map((key) => {
      const initially = (actual.get(key) ?? planned.get(key))?.initially ?? null;
      const decision = decided.get(key);
      const expected = decision === undefined ? (planned.get(key)?.value ?? initially) : decision;
      return { key, is: actual.get(key)?.value ?? initially, expected };
    })
    .filter(({ is, expected }) => is !== expected)
    .map(({ key, is, expected }) => `${key}: ${is ?? "nothing"}, planned is ${expected ?? "nothing"}`)
    .map((line) => line.replaceAll(deployer, `the deployer ${deployer}`).replaceAll(admin, `the admin ${admin}`));
}
