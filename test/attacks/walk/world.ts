import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionReceipt, ContractTransactionResponse, LogDescription } from "ethers";
import { ethers } from "hardhat";

import { type Base, base, MONTH, NATIVE } from "../../fixtures";
import { type Model, share, type Token } from "./model";
import type { Random } from "../../helpers/random";

export const NODES = 12;
export const NETWORK_FEE_BPS = 777n;
/** Fine units of a whole token. */
export const WHOLE_TOKEN = MONTH * 10n ** 36n;
const LARGEST_RENT = 2n ** 88n - 1n;
/** The decimals and the prices at both ends of their range, and the usual ones. */
const CURRENCIES = [
  [0n, 10n ** 25n],
  [24n, 10n ** 10n],
  [18n, 10n ** 18n],
] as const;

/** The contracts, those who call them, and what the contracts should hold. */
export interface World extends Base {
  model: Model;
  /** They own buckets, and pay each other's deposits. */
  payers: HardhatEthersSigner[];
  /** Everyone who may have a balance. */
  everyone: HardhatEthersSigner[];
  /** The provider of all the nodes. */
  provider: HardhatEthersSigner;
  start: number;
  /** The time of the last transaction. */
  now: number;
  /** How often something was distributed. */
  distributions: number;
}

/** Three currencies, of which the payers have all there may be, and nodes that the manager may use. */
export async function createWorld(random: Random): Promise<World> {
  const fixture = await base();
  const { accountRegistry, admin, clusterRegistry, manager, nodeRegistry, owner, otherOwner, provider1, provider2, stranger } = fixture;
  const payers = [owner, otherOwner, provider1, stranger];
  const tokens: Token[] = [];
  for (const [decimals, price] of CURRENCIES) {
    const token = await ethers.deployContract("SilentToken", [decimals]);
    await accountRegistry.connect(admin).addCurrency(token, price, NATIVE, 0);
    const maximum = smaller((2n ** 224n - 1n) / (WHOLE_TOKEN / 10n ** decimals), 2n ** 128n - 1n);
    for (const payer of payers) await token.setBalance(payer, maximum);
    tokens.push({ address: await token.getAddress(), decimals, maximum });
  }
  await clusterRegistry.connect(admin).setNetworkFee(NETWORK_FEE_BPS, admin);

  await nodeRegistry.connect(provider2).trustManager(manager);
  const rents = new Map<number, bigint>();
  for (let node = 1; node <= NODES; ++node) {
    rents.set(node, drawRent(random));
    await nodeRegistry.connect(provider2).createNode(rents.get(node)!, 2n ** 32n - 1n, "");
  }
  const now = await time.latest();
  return {
    ...fixture,
    model: { tokens, rents, clusters: new Map(), buckets: new Map() },
    payers,
    everyone: [...payers, admin, manager, provider2],
    provider: provider2,
    start: now,
    now,
    distributions: 0,
  };
}

/** Nothing, next to nothing, what is usual, and what only just fits. */
export function drawRent(random: Random): bigint {
  const large = random.chance(16) ? LARGEST_RENT : LARGEST_RENT / 65_535n;
  return random.pick([0n, 1n, 1n, 10n ** 18n, 3n * 10n ** 15n + 7n, 10n ** 19n, large]);
}

/**
 * Sends a transaction a second after the one before, so that a walk is the same on every machine, and lets the model follow what was
 * distributed and claimed.
 * @returns The names of the cluster and the bucket registry's events.
 */
export async function send(world: World, call: () => Promise<ContractTransactionResponse>): Promise<string[]> {
  world.now += 1;
  await time.setNextBlockTimestamp(world.now);
  const receipt = await (await call()).wait();
  return eventsOf(world, receipt).map((event) => {
    if (event.name === "RevenuesDistributed") followDistribution(world, event);
    if (event.name === "RevenuesClaimed") followClaim(world.model, event);
    return event.name;
  });
}

function eventsOf({ bucketRegistry, clusterRegistry }: World, receipt: ContractTransactionReceipt | null): LogDescription[] {
  return (receipt?.logs ?? [])
    .map((log) => clusterRegistry.interface.parseLog(log) ?? bucketRegistry.interface.parseLog(log))
    .filter((event) => event !== null);
}

function followDistribution(world: World, { args }: LogDescription): void {
  const cluster = world.model.clusters.get(Number(args.clusterId))!;
  const { networkFee, managementFee, shares } = args.toObject() as Record<string, bigint>;
  const pool = networkFee! + managementFee! + shares!;
  expect(networkFee).to.equal((pool * NETWORK_FEE_BPS) / 10_000n);
  expect(managementFee).to.equal(((pool - networkFee!) * cluster.managementFeeBps) / 10_000n);
  share(cluster, shares!);
  world.distributions += 1;
}

function followClaim({ clusters }: Model, { args }: LogDescription): void {
  const { paid } = clusters.get(Number(args.clusterId))!;
  const node = Number(args.nodeId);
  paid.set(node, (paid.get(node) ?? 0n) + (args.fineAmount as bigint));
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
