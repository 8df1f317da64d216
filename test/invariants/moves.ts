import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { ContractTransactionResponse, Interface } from "ethers";
import { MaxUint256 } from "ethers";

import { usd } from "../fixtures";
import type { Random } from "../helpers/random";
import type { BucketState, ClusterState, NodeState, State } from "./state";
import type { World } from "./world";

/** A call that somebody might make. */
export interface Move {
  name: string;
  /** The public interface of the contract that is called, in which whatever it raises has to be declared. */
  api: Interface;
  send: () => Promise<ContractTransactionResponse>;
}

type Chooser = (world: World, state: State, random: Random) => Move | undefined;

const MAX_RENT = 2n ** 128n - 1n;

/** Mostly whom it takes, sometimes anybody. */
function caller(world: World, random: Random, address: string): HardhatEthersSigner {
  const anybody = random.pick([...world.actors.values()]);
  return random.chance(95) ? (world.actors.get(address) ?? anybody) : anybody;
}

function oneOf<T>(random: Random, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}

function rent(random: Random): bigint {
  const cases = [0n, 1n, 333_333_333_333_333_333n, usd("1"), usd("7.77"), BigInt(random.between(1, 10 ** 9)) * 10n ** 9n];
  return random.pick(cases);
}

function node(random: Random, { nodes }: State): bigint {
  return random.chance(95) ? (oneOf(random, nodes)?.nodeId ?? 0n) : BigInt(random.between(0, 99));
}

function onNode(name: string, send: (world: World, node: NodeState, by: HardhatEthersSigner, random: Random) => Move["send"]): Chooser {
  return (world, { nodes }, random) => {
    const chosen = oneOf(random, nodes);
    if (chosen === undefined) return undefined;
    const by = caller(world, random, chosen.provider);
    return { name, api: world.nodeRegistry.interface, send: send(world, chosen, by, random) };
  };
}

function onCluster(
  name: string,
  send: (world: World, cluster: ClusterState, by: HardhatEthersSigner, random: Random, state: State) => Move["send"],
): Chooser {
  return (world, state, random) => {
    const chosen = oneOf(random, state.clusters);
    if (chosen === undefined) return undefined;
    const by = caller(world, random, chosen.manager);
    return { name, api: world.clusterRegistry.interface, send: send(world, chosen, by, random, state) };
  };
}

function onBucket(
  name: string,
  send: (world: World, bucket: BucketState, by: HardhatEthersSigner, random: Random, state: State) => Move["send"],
  among: (bucket: BucketState) => boolean = () => true,
): Chooser {
  return (world, state, random) => {
    const fitting = state.buckets.filter(among);
    const chosen = oneOf(random, fitting.length !== 0 && random.chance(90) ? fitting : state.buckets);
    if (chosen === undefined) return undefined;
    const by = caller(world, random, chosen.owner);
    return { name, api: world.bucketRegistry.interface, send: send(world, chosen, by, random, state) };
  };
}

function holds({ resource }: BucketState): boolean {
  return resource !== 0n;
}

function deposit(world: World, random: Random): Move {
  const currency = random.pick(world.currencies);
  const isNative = currency === world.currencies[0];
  const by = random.pick(world.owners);
  const to = random.chance(80) ? by : random.pick([...world.actors.values()]);
  const amount = random.chance(15) ? 1n : BigInt(random.between(1, 500 * 10 ** 6)) * (isNative ? 10n ** 12n : 1n);
  const registry = world.accountRegistry.connect(by);
  const options = { value: isNative ? amount : 0n };
  const send = (): Promise<ContractTransactionResponse> =>
    to === by ? registry.deposit(currency, amount, options) : registry.depositFor(to, currency, amount, options);
  return { name: to === by ? "deposit" : "depositFor", api: registry.interface, send };
}

function withdraw(world: World, state: State, random: Random): Move | undefined {
  const account = oneOf(
    random,
    state.accounts.filter(({ balance }) => balance !== 0n),
  );
  if (account === undefined) return undefined;
  const by = caller(world, random, account.account);
  const amount = random.pick([MaxUint256, 1n, account.balance, account.balance / 2n, account.balance + 1n]);
  const registry = world.accountRegistry.connect(by);
  return { name: "withdraw", api: registry.interface, send: () => registry.withdraw(account.currency, amount, by) };
}

function setPrice(world: World, { currencies }: State, random: Random): Move | undefined {
  const currency = oneOf(random, currencies);
  if (currency === undefined) return undefined;
  // Around 1 USD, so that a long walk does not leave what deposits can pay for; sometimes further than the bounds allow.
  const wanted = random.chance(30) ? usd("1") : (currency.usdPerToken * BigInt(random.between(40, 220))) / 100n;
  const registry = world.accountRegistry.connect(world.admin);
  return { name: "setPrice", api: registry.interface, send: () => registry.setPrice(currency.currency, wanted) };
}

function createCluster(world: World, state: State, random: Random): Move | undefined {
  if (state.clusters.length >= 6 || state.nodes.length === 0) return undefined;
  const nodeIds = random.shuffled(state.nodes.map(({ nodeId }) => nodeId)).slice(0, random.between(1, 4));
  const vnodeCount = random.between(1, 9);
  const feeBps = random.pick([0, 200, 777, 3_000, 3_001]);
  const registry = world.clusterRegistry.connect(random.pick(world.managers));
  const currency = random.pick(world.currencies);
  return {
    name: "createCluster",
    api: registry.interface,
    send: () => registry.createCluster(currency, vnodeCount, nodeIds, feeBps, ""),
  };
}

function createNode(world: World, { nodes }: State, random: Random): Move | undefined {
  if (nodes.length >= 9) return undefined;
  const registry = world.nodeRegistry.connect(random.pick(world.providers));
  const [asked, capacity] = [rent(random), random.between(1, 400)];
  return { name: "createNode", api: registry.interface, send: () => registry.createNode(asked, capacity, "") };
}

function trust(world: World, random: Random): Move {
  const registry = world.nodeRegistry.connect(random.pick(world.providers));
  const manager = random.pick(world.managers);
  return random.chance(85)
    ? { name: "trustManager", api: registry.interface, send: () => registry.trustManager(manager) }
    : { name: "distrustManager", api: registry.interface, send: () => registry.distrustManager(manager) };
}

function createBucket(world: World, state: State, random: Random): Move | undefined {
  const cluster = oneOf(random, state.clusters);
  if (cluster === undefined || state.buckets.length >= 15) return undefined;
  const registry = world.bucketRegistry.connect(random.pick(world.owners));
  return { name: "createBucket", api: registry.interface, send: () => registry.createBucket(cluster.clusterId, "") };
}

function pause(world: World, random: Random): Move {
  const registry = world.accountRegistry.connect(world.admin);
  const currency = random.pick(world.currencies);
  const paused = random.chance(25);
  return { name: "pauseCurrency", api: registry.interface, send: () => registry.pauseCurrency(currency, paused) };
}

function setNetworkFee(world: World, random: Random): Move {
  const registry = world.clusterRegistry.connect(world.admin);
  const feeBps = random.pick([0, 1, 100, 1_000, 1_001]);
  const account = random.pick([world.treasury, world.treasury, world.admin]);
  return { name: "setNetworkFee", api: registry.interface, send: () => registry.setNetworkFee(feeBps, account) };
}

function settlePayments(world: World, { buckets }: State, random: Random): Move {
  const bucketIds = [...buckets.map(({ bucketId }) => bucketId), 0n, 99n, ...buckets.slice(0, 2).map(({ bucketId }) => bucketId)];
  const registry = world.bucketRegistry;
  return { name: "settlePayments", api: registry.interface, send: () => registry.settlePayments(random.shuffled(bucketIds)) };
}

/** All the moves, each with how many of a hundred or so it is. */
export const MOVES: readonly [weight: number, choose: Chooser][] = [
  [10, (world, _state, random) => deposit(world, random)],
  [4, withdraw],
  [5, setPrice],
  [1, (world, _state, random) => pause(world, random)],
  [1, (world, _state, random) => setNetworkFee(world, random)],

  [4, createNode],
  [3, (world, _state, random) => trust(world, random)],
  [
    4,
    onNode(
      "changeNodeRent",
      ({ nodeRegistry }, { nodeId }, by, random) =>
        () =>
          nodeRegistry.connect(by).changeNodeRent(nodeId, rent(random)),
    ),
  ],
  [
    1,
    onNode(
      "changeNodeCapacity",
      ({ nodeRegistry }, { nodeId }, by, random) =>
        () =>
          nodeRegistry.connect(by).changeNodeCapacity(nodeId, random.between(1, 400)),
    ),
  ],
  [
    1,
    onNode(
      "removeNode",
      ({ nodeRegistry }, { nodeId }, by) =>
        () =>
          nodeRegistry.connect(by).removeNode(nodeId),
    ),
  ],

  [3, createCluster],
  [
    4,
    onCluster(
      "reserveResource",
      ({ clusterRegistry }, { clusterId }, by, random) =>
        () =>
          clusterRegistry.connect(by).reserveResource(clusterId, random.between(1, 20)),
    ),
  ],
  [
    2,
    onCluster(
      "releaseResource",
      ({ clusterRegistry }, { clusterId }, by, random) =>
        () =>
          clusterRegistry.connect(by).releaseResource(clusterId, random.between(1, 10)),
    ),
  ],
  [
    6,
    onCluster("replaceNode", ({ clusterRegistry }, { clusterId, vnodeCount }, by, random, state) => {
      const vnode = random.between(0, Number(vnodeCount) - (random.chance(95) ? 1 : 0));
      const newNode = node(random, state);
      return () => clusterRegistry.connect(by).replaceNode(clusterId, vnode, newNode);
    }),
  ],
  [
    4,
    onCluster("replaceNodes", ({ clusterRegistry }, { clusterId, members }, by, random, state) => {
      const [oldNode, newNode] = [oneOf(random, members)?.nodeId ?? 0n, node(random, state)];
      return () => clusterRegistry.connect(by).replaceNodes(clusterId, oldNode, newNode);
    }),
  ],
  [
    5,
    onCluster("acceptRent", ({ clusterRegistry }, { clusterId, members }, by, random) => {
      const nodeId = oneOf(random, members)?.nodeId ?? 0n;
      return () => clusterRegistry.connect(by).acceptRent(clusterId, nodeId, MAX_RENT);
    }),
  ],
  [
    5,
    onCluster(
      "distributeRevenues",
      ({ clusterRegistry }, { clusterId }, by) =>
        () =>
          clusterRegistry.connect(by).distributeRevenues(clusterId),
    ),
  ],
  [
    6,
    onCluster("claimRevenues", ({ clusterRegistry }, { clusterId, members }, by, random) => {
      const nodeId = oneOf(random, members)?.nodeId ?? 0n;
      return () => clusterRegistry.connect(by).claimRevenues(clusterId, nodeId);
    }),
  ],
  [
    1,
    onCluster("lowerManagementFee", ({ clusterRegistry }, { clusterId, managementFeeBps }, by) => {
      return () => clusterRegistry.connect(by).lowerManagementFee(clusterId, managementFeeBps / 2n);
    }),
  ],
  [
    1,
    onCluster("offerManagement", ({ clusterRegistry, managers }, { clusterId }, by, random) => {
      const to = random.pick(managers);
      return () => clusterRegistry.connect(by).offerManagement(clusterId, to);
    }),
  ],
  [
    2,
    onCluster("acceptManagement", ({ clusterRegistry, actors }, { clusterId, offeredTo }, by) => {
      const to = actors.get(offeredTo) ?? by;
      return () => clusterRegistry.connect(to).acceptManagement(clusterId);
    }),
  ],
  [
    1,
    onCluster(
      "removeCluster",
      ({ clusterRegistry }, { clusterId }, by) =>
        () =>
          clusterRegistry.connect(by).removeCluster(clusterId),
    ),
  ],

  [5, createBucket],
  [
    10,
    onBucket("allocate", ({ bucketRegistry, actors }, { bucketId, clusterId }, by, random, { clusters }) => {
      const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
      const who = random.chance(80) ? by : (actors.get(manager ?? "") ?? by);
      return () => bucketRegistry.connect(who).allocate(bucketId, random.between(1, 6), MAX_RENT);
    }),
  ],
  [
    4,
    onBucket(
      "release",
      ({ bucketRegistry }, { bucketId }, by, random) =>
        () =>
          bucketRegistry.connect(by).release(bucketId, random.between(1, 3)),
      holds,
    ),
  ],
  [
    2,
    onBucket(
      "setResourceCap",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).setResourceCap(bucketId, 8, MAX_RENT),
    ),
  ],
  [
    8,
    onBucket(
      "reclaim",
      ({ bucketRegistry, actors }, { bucketId, clusterId, ratePerMonth }, by, _random, { clusters }) => {
        const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
        const who = ratePerMonth === 0n ? (actors.get(manager ?? "") ?? by) : by;
        return () => bucketRegistry.connect(who).reclaim(bucketId);
      },
      holds,
    ),
  ],
  [
    3,
    onBucket(
      "endBucket",
      ({ bucketRegistry, actors }, { bucketId, clusterId }, by, _random, { clusters }) => {
        const manager = clusters.find((cluster) => cluster.clusterId === clusterId)?.manager;
        return () => bucketRegistry.connect(actors.get(manager ?? "") ?? by).endBucket(bucketId);
      },
      holds,
    ),
  ],
  [
    5,
    onBucket(
      "settlePayment",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).settlePayment(bucketId),
      holds,
    ),
  ],
  [2, settlePayments],
  [
    3,
    onBucket("offerBucket", ({ bucketRegistry, owners }, { bucketId }, by, random) => {
      const to = random.pick(owners);
      return () => bucketRegistry.connect(by).offerBucket(bucketId, to);
    }),
  ],
  [
    4,
    onBucket(
      "acceptBucket",
      ({ bucketRegistry, actors }, { bucketId, offeredTo }, by) =>
        () =>
          bucketRegistry.connect(actors.get(offeredTo) ?? by).acceptBucket(bucketId, MAX_RENT),
      ({ offeredTo }) => BigInt(offeredTo) !== 0n,
    ),
  ],
  [
    1,
    onBucket(
      "changeBucketParams",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).changeBucketParams(bucketId, "{}"),
    ),
  ],
  [
    1,
    onBucket(
      "closeBucket",
      ({ bucketRegistry }, { bucketId }, by) =>
        () =>
          bucketRegistry.connect(by).closeBucket(bucketId),
    ),
  ],
];

/** A move that makes sense as things are. */
export function chooseMove(world: World, state: State, random: Random): Move {
  const total = MOVES.reduce((sum, [weight]) => sum + weight, 0);
  for (;;) {
    let left = random.between(1, total);
    const found = MOVES.find(([weight]) => (left -= weight) <= 0);
    const move = found?.[1](world, state, random);
    if (move !== undefined) return move;
  }
}

/** How many seconds pass before the next move: mostly few, sometimes as many as 40 days have. */
export function pastime(random: Random): bigint {
  const [low, high] = random.pick([
    [1, 60],
    [1, 60],
    [60, 3_600],
    [3_600, 86_400],
    [86_400, 10 * 86_400],
    [86_400, 40 * 86_400],
  ] as const);
  return BigInt(random.between(low, high));
}
