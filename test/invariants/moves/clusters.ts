import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

import type { Random } from "../../helpers/random";
import type { ClusterState, State } from "../state";
import type { World } from "../world";
import { caller, type Chooser, MAX_RENT, type Move, oneOf, type WeightedChoosers } from "./move";

function node(random: Random, { nodes }: State): bigint {
  return random.chance(95) ? (oneOf(random, nodes)?.nodeId ?? 0n) : BigInt(random.between(0, 99));
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

function closeCluster(world: World, { clusters }: State, random: Random): Move | undefined {
  const cluster = oneOf(random, clusters);
  if (cluster === undefined) return undefined;
  const registry = world.clusterRegistry.connect(caller(world, random, cluster.manager));
  const closed = random.chance(30);
  return { name: "closeCluster", api: registry.interface, send: () => registry.closeCluster(cluster.clusterId, closed) };
}

export const CLUSTER_MOVES: WeightedChoosers = [
  [3, createCluster],
  [2, closeCluster],
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
];
