import { Interface, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import type { Administration } from "../typechain-types";

import { deployerAndAdmin } from "./people";
import { addTo, type Named, replay } from "./replay";
import { delayOf, functionSetups, type Role, ROLES } from "./roles";

/** One decision of the administration, as the check reports it. */
export interface Setting {
  value: string;
  /** How it is in contracts just created; undefined: it is not there. */
  initially?: string | undefined;
}

export type Settings = Map<string, Setting>;

/** What the deployment plans: the admin has every role, and no other account has any. */
export async function plannedAdministration(hre: HardhatRuntimeEnvironment): Promise<Settings> {
  const { admin } = await deployerAndAdmin(hre);
  const settings: Settings = new Map();
  for (const role of Object.keys(ROLES) as Role[]) {
    const delay = BigInt(delayOf(hre, role));
    put(settings, `minimum delay of ${role}`, inSeconds(delay), inSeconds(0n));
    put(settings, `${role} of ${admin}`, inSeconds(delay));
  }
  const nameFunction = await functionNames(hre);
  for (const { target, selectors, roleId } of await functionSetups(hre)) {
    for (const selector of selectors) put(settings, nameFunction(target, selector), nameOfRole(roleId), "ADMIN");
  }
  put(settings, "network fee", fee(0n, admin));
  // The development chains list two currencies; on public networks the admin does, after the deployment.
  const testUSD = hre.network.live ? null : await hre.deployments.getOrNull("TestUSD");
  for (const currency of testUSD === null ? [] : [ZeroAddress, testUSD.address]) {
    put(settings, `currency ${currency}`, feedOf(ZeroAddress, 0n));
  }
  return settings;
}

/** The settings on the chain: all that are planned, and all that an event names. */
export async function readAdministration(hre: HardhatRuntimeEnvironment): Promise<Settings> {
  const { address } = await hre.deployments.get("AccessManager");
  const manager = await hre.ethers.getContractAt("Administration", address);
  const named = await replay(hre, manager);
  await addPlanned(hre, named);

  const settings: Settings = new Map();
  await putRoles(settings, manager, named);
  await putTargets(settings, manager, named, await functionNames(hre));
  await putNetworkFee(settings, hre);
  await putCurrencies(settings, hre);
  return settings;
}

/** Endpoints can lack the last events for a moment, but not the state of what is planned. */
async function addPlanned(hre: HardhatRuntimeEnvironment, named: Named): Promise<void> {
  const { deployer, admin } = await deployerAndAdmin(hre);
  for (const role of Object.values(ROLES)) {
    named.roles.add(role);
    for (const account of [deployer, admin]) addTo(named.members, role, account);
  }
  for (const { target, selectors } of await functionSetups(hre)) {
    named.targets.add(target);
    for (const selector of selectors) addTo(named.functions, target, selector);
  }
}

async function putRoles(settings: Settings, manager: Administration, named: Named): Promise<void> {
  for (const role of named.roles) {
    const name = nameOfRole(role);
    const grantDelay = await manager.getRoleGrantDelay(role);
    put(settings, `minimum delay of ${name}`, inSeconds(await manager.minimumDelayOf(role)), inSeconds(0n));
    put(settings, `role that grants ${name}`, nameOfRole(await manager.getRoleAdmin(role)), "ADMIN");
    put(settings, `guardian of ${name}`, nameOfRole(await manager.getRoleGuardian(role)), "ADMIN");
    put(settings, `grant delay of ${name}`, changing(grantDelay, named.grantDelays.get(role)), inSeconds(0n));
    for (const account of named.members.get(role) ?? []) {
      const [since, delay, pending, effect] = await manager.getAccess(role, account);
      if (since !== 0n) put(settings, `${name} of ${account}`, changing(delay, effect === 0n ? delay : pending));
    }
  }
}

async function putTargets(
  settings: Settings,
  manager: Administration,
  named: Named,
  nameFunction: (target: string, selector: string) => string,
): Promise<void> {
  for (const target of named.targets) {
    const delay = await manager.getTargetAdminDelay(target);
    const name = nameFunction(target, "");
    put(settings, `admin delay of ${name}`, changing(delay, named.targetDelays.get(target)), inSeconds(0n));
    put(settings, `access to ${name}`, (await manager.isTargetClosed(target)) ? "closed" : "open", "open");
    for (const selector of named.functions.get(target) ?? []) {
      const role = await manager.getTargetFunctionRole(target, selector);
      put(settings, nameFunction(target, selector), nameOfRole(role), "ADMIN");
    }
  }
}

async function putNetworkFee(settings: Settings, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { address } = await hre.deployments.get("ClusterRegistry");
  const registry = await hre.ethers.getContractAt("IClusterRegistry", address);
  const [basisPoints, account] = await registry.networkFee();
  put(settings, "network fee", fee(basisPoints, account));
}

async function putCurrencies(settings: Settings, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { address } = await hre.deployments.get("PriceRegistry");
  const registry = await hre.ethers.getContractAt("IPriceRegistry", address);
  for (let next = 1n, last = 1n; next <= last;) {
    const [items, lastId] = await registry.listCurrencies(next, 100);
    for (const { currency, feed, maxAge } of items) put(settings, `currency ${currency}`, feedOf(feed, maxAge));
    [next, last] = [next + 100n, lastId];
  }
}

/** Names a function by its contract and its name, as far as the deployment knows them; with no selector, the contract alone. */
async function functionNames(hre: HardhatRuntimeEnvironment): Promise<(target: string, selector: string) => string> {
  const known = new Map(Object.entries(await hre.deployments.all()).map(([name, { address, abi }]) => [address, { name, abi }]));
  return (target, selector) => {
    const contract = known.get(target);
    const name = contract?.name ?? target;
    if (selector === "") return name;
    return `${name}.${(contract && new Interface(contract.abi).getFunction(selector)?.name) ?? selector}`;
  };
}

function put(settings: Settings, key: string, value: string, initially?: string): void {
  settings.set(key, { value, initially });
}

function nameOfRole(role: bigint): string {
  return Object.entries(ROLES).find(([, id]) => id === role)?.[0] ?? `role ${role}`;
}

function inSeconds(delay: bigint): string {
  return `${delay} s`;
}

function changing(delay: bigint, later = delay): string {
  return later === delay ? inSeconds(delay) : `${inSeconds(delay)}, later ${inSeconds(later)}`;
}

function fee(basisPoints: bigint, account: string): string {
  return `${basisPoints} basis points for ${account}`;
}

function feedOf(feed: string, maxAge: bigint): string {
  return feed === ZeroAddress ? "price set by hand" : `price from ${feed}, at most ${maxAge} s old`;
}
