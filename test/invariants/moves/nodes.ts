import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

import { usd } from "../../fixtures";
import type { Random } from "../../helpers/random";
import type { NodeState, State } from "../state";
import type { World } from "../world";
import { caller, type Chooser, type Move, oneOf, type WeightedChoosers } from "./move";

function rent(random: Random): bigint {
  const cases = [0n, 1n, 333_333_333_333_333_333n, usd("1"), usd("7.77"), BigInt(random.between(1, 10 ** 9)) * 10n ** 9n];
  return random.pick(cases);
}

function onNode(name: string, send: (world: World, node: NodeState, by: HardhatEthersSigner, random: Random) => Move["send"]): Chooser {
  return (world, { nodes }, random) => {
    const chosen = oneOf(random, nodes);
    if (chosen === undefined) return undefined;
    const by = caller(world, random, chosen.provider);
    return { name, api: world.nodeRegistry.interface, send: send(world, chosen, by, random) };
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

export const NODE_MOVES: WeightedChoosers = [
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
];
