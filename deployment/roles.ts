import { Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { addressOf } from "./create3";
import { plainError } from "./errors";

/** The roles, by their numbers in the access manager. ADMIN has number 0, and a name that cannot be changed. */
export const ROLES = { ADMIN: 0n, PRICE_ORACLE: 1n, FEE_MANAGER: 2n, GUARDIAN: 3n } as const;

export type Role = keyof typeof ROLES;

/** Which functions are restricted, and to which role. */
export const RESTRICTED: readonly { contract: string; functions: readonly string[]; role: Role }[] = [
  { contract: "PriceRegistry", functions: ["addCurrency", "setFeed"], role: "ADMIN" },
  { contract: "PriceRegistry", functions: ["setPrice"], role: "PRICE_ORACLE" },
  { contract: "PriceRegistry", functions: ["pauseCurrency"], role: "GUARDIAN" },
  { contract: "ClusterRegistry", functions: ["setNetworkFee"], role: "FEE_MANAGER" },
];

const DAY = 24 * 60 * 60;

/**
 * The minimum delay of a role, in seconds. On public networks a call of ADMIN takes effect two days after it is announced, so that
 * people can leave first.
 */
export function delayOf(hre: HardhatRuntimeEnvironment, role: Role): number {
  return hre.network.live && role === "ADMIN" ? 2 * DAY : 0;
}

/** A role as the constructor of Administration takes it: the admin gets it with its minimum delay. */
interface RoleSetup {
  roleId: bigint;
  label: string;
  minimumDelay: number;
}

/** Functions of a contract that a role may call, as the constructor of Administration takes them. */
interface FunctionSetup {
  target: string;
  selectors: string[];
  roleId: bigint;
}

export function roleSetups(hre: HardhatRuntimeEnvironment): RoleSetup[] {
  return (Object.keys(ROLES) as Role[]).map((role) => ({
    roleId: ROLES[role],
    label: role === "ADMIN" ? "" : role,
    minimumDelay: delayOf(hre, role),
  }));
}

export async function functionSetups(hre: HardhatRuntimeEnvironment): Promise<FunctionSetup[]> {
  return Promise.all(
    RESTRICTED.map(async ({ contract, functions, role }) => ({
      target: await addressOf(hre, contract),
      selectors: await selectorsOf(hre, contract, functions),
      roleId: ROLES[role],
    })),
  );
}

/** The selectors of functions of a contract, by their names. */
async function selectorsOf(hre: HardhatRuntimeEnvironment, contract: string, functions: readonly string[]): Promise<string[]> {
  const api = new Interface((await hre.deployments.getArtifact(contract)).abi);
  return functions.map((name) => {
    const found = api.getFunction(name);
    if (found === null) {
      throw plainError(`${contract} has no function ${name}.`);
    }
    return found.selector;
  });
}
