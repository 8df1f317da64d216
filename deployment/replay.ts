import type { LogDescription } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { readAllLogs } from "../src/network/logs";
import type { Administration } from "../typechain-types";

import { plainError } from "./errors";

/** All roles, accounts and functions that events of the access manager name. All others are as in a contract just created. */
export interface Named {
  roles: Set<bigint>;
  /** The accounts that were ever granted a role. */
  members: Map<bigint, Set<string>>;
  targets: Set<string>;
  /** The selectors of each target that were ever given to a role. */
  functions: Map<string, Set<string>>;
  /** The delays that were set last. They may be pending, which no view shows. */
  grantDelays: Map<bigint, bigint>;
  targetDelays: Map<string, bigint>;
}

/** Replays all events of the access manager, from its creation on. */
export async function replay(hre: HardhatRuntimeEnvironment, manager: Administration): Promise<Named> {
  const named: Named = {
    roles: new Set(),
    members: new Map(),
    targets: new Set(),
    functions: new Map(),
    grantDelays: new Map(),
    targetDelays: new Map(),
  };
  for (const event of await readEvents(hre, manager)) note(named, event);
  return named;
}

export function addTo<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}

function note(named: Named, { name, args }: LogDescription): void {
  const { roleId, account, target, selector, delay } = args.toObject() as {
    roleId: bigint;
    account: string;
    target: string;
    selector: string;
    delay: bigint;
  };
  if (name.startsWith("Role")) named.roles.add(roleId);
  if (name === "RoleGranted") addTo(named.members, roleId, account);
  if (name === "RoleGrantDelayChanged") named.grantDelays.set(roleId, delay);
  if (name.startsWith("Target")) named.targets.add(target);
  if (name === "TargetFunctionRoleUpdated") addTo(named.functions, target, selector);
  if (name === "TargetAdminDelayUpdated") named.targetDelays.set(target, delay);
}

async function readEvents(hre: HardhatRuntimeEnvironment, manager: Administration): Promise<LogDescription[]> {
  const { provider } = hre.ethers;
  const saved = [await hre.deployments.get("AccessManager"), await hre.deployments.get("Create3Deployer")];
  const from = saved.find(({ receipt }) => receipt !== undefined)?.receipt?.blockNumber ?? 0;
  const address = await manager.getAddress();
  const query = (fromBlock: number, toBlock: number) => provider.getLogs({ address, fromBlock, toBlock });
  const logs = await readAllLogs(query, from, await provider.getBlockNumber()).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw plainError(
      `The endpoint of ${hre.network.name} refuses the events of the access manager since block ${from}: without them the check cannot ` +
        `know who has a role. Use an endpoint that serves eth_getLogs from that block on. It says: ${reason}`,
    );
  });
  return logs.map((log) => manager.interface.parseLog(log)).filter((event) => event !== null);
}
