import fc from "fast-check";

import { call } from "../call";
import { nodesOf } from "../model/vnodes";
import { command, type Weighted } from "./command";
import { caller, callerOf, chosen, clusterFor, nodeFor, params, pick, rent } from "./draw";

const capacity = fc.constantFrom(1_000n, 40n, 0n, 2n ** 32n - 1n);

/** What providers of nodes do. */
export const PROVIDER_COMMANDS: Weighted[] = [
  [
    3,
    command("createNode", { rent, capacity, params, by: pick }, ({ rent: asked, capacity: size, params: text, by }, { cast }) =>
      call(chosen(cast.providers, by)!, "nodeRegistry", "createNode", [asked, size, text]),
    ),
  ],
  [
    4,
    command("changeNodeRent", { node: pick, rent, by: caller }, ({ node: picked, rent: asked, by }, world) => {
      const node = nodeFor(world, picked);
      return node && call(callerOf(world, node.provider, by), "nodeRegistry", "changeNodeRent", [node.id, asked]);
    }),
  ],
  [
    2,
    command("changeNodeCapacity", { node: pick, capacity, by: caller }, ({ node: picked, capacity: size, by }, world) => {
      const node = nodeFor(world, picked);
      return node && call(callerOf(world, node.provider, by), "nodeRegistry", "changeNodeCapacity", [node.id, size]);
    }),
  ],
  [
    1,
    command("removeNode", { node: pick, by: caller }, ({ node: picked, by }, world) => {
      const node = nodeFor(world, picked, ({ id }) => ![...world.model.state.clusters.values()].some(({ rents }) => rents.has(id)));
      return node && call(callerOf(world, node.provider, by), "nodeRegistry", "removeNode", [node.id]);
    }),
  ],
  [
    4,
    command("announceExit", { cluster: pick, node: pick, by: caller }, ({ cluster: picked, node, by }, world) => {
      const cluster = clusterFor(world, picked);
      const nodeId = cluster && chosen(nodesOf(cluster), node);
      if (nodeId === undefined) return undefined;
      const { provider } = world.model.state.nodes.get(nodeId)!;
      return call(callerOf(world, provider, by), "termsRegistry", "announceExit", [cluster!.id, nodeId]);
    }),
  ],
  [
    3,
    command("trustManager", { by: pick, manager: pick }, ({ by, manager }, { cast }) =>
      call(chosen(cast.providers, by)!, "nodeRegistry", "trustManager", [chosen(cast.managers, manager)!]),
    ),
  ],
  [
    1,
    command("distrustManager", { by: pick, manager: pick }, ({ by, manager }, { cast }) =>
      call(chosen(cast.providers, by)!, "nodeRegistry", "distrustManager", [chosen(cast.managers, manager)!]),
    ),
  ],
];
