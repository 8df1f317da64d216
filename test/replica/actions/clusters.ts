import type { Cluster } from "../state/clusters";
import type { Node } from "../state/nodes";
import { aCluster, aMember, aNode, callerOf, callOf, type Draw, NO_LIMIT, someText, type Weighted } from "./draw";

const RENTS = [0n, 1n, 10n ** 15n + 7n, 10n ** 18n, 7n * 10n ** 18n, 333_333_333_333_333_333n];

const nodeRegistry = (sender: string, method: string, args: unknown[]) => callOf(sender, "nodeRegistry", method, args);

function ofNode(method: string, rest: (draw: Draw, node: Node) => unknown[], test?: (draw: Draw, node: Node) => boolean): Weighted[1] {
  return (draw) => {
    const node = aNode(draw, (candidate) => test?.(draw, candidate) ?? true);
    return node && nodeRegistry(callerOf(draw, node.provider), method, [node.id, ...rest(draw, node)]);
  };
}

/** A call of a cluster's manager. */
function ofManager(
  method: string,
  rest: (draw: Draw, cluster: Cluster) => unknown[] | undefined,
  test: (draw: Draw, cluster: Cluster) => boolean = () => true,
): Weighted[1] {
  return (draw) => {
    const cluster = aCluster(draw, (candidate) => test(draw, candidate));
    const args = cluster && rest(draw, cluster);
    return args && callOf(callerOf(draw, cluster.manager), "clusterRegistry", method, [cluster.id, ...args]);
  };
}

export function isUsed({ state }: Draw, { id }: Cluster): boolean {
  return [...state.buckets.values()].some(({ clusterId, resource }) => clusterId === id && resource !== 0n);
}

/** A node that may take vnodes, as far as its rent is concerned. */
export function aNodeAsCheapAs(draw: Draw, cluster: Cluster, rent: bigint, test: (node: Node) => boolean = () => true): Node | undefined {
  const rentOf = (node: Node): bigint => cluster.members.get(node.id)?.rent ?? node.rent;
  return aNode(draw, (node) => (!isUsed(draw, cluster) || rentOf(node) <= rent) && test(node));
}

function createCluster(draw: Draw): ReturnType<Weighted[1]> {
  const { random, cast, state } = draw;
  const manager = random.pick(cast.managers);
  const trusted = [...state.nodes.values()].filter(({ provider }) => state.trust.has(`${provider}:${manager}`));
  if (trusted.length === 0) return undefined;
  const nodeIds = random.shuffled(trusted.map(({ id }) => id)).slice(0, random.between(1, 4));
  const args = [random.pick(cast.currencies), BigInt(random.between(4, 9)), nodeIds, BigInt(random.between(0, 3_000)), someText(draw)];
  return callOf(manager, "clusterRegistry", "createCluster", args);
}

function replaceNode(draw: Draw, cluster: Cluster): unknown[] | undefined {
  if (cluster.places === undefined) return undefined;
  const index = BigInt(draw.random.between(0, Number(cluster.vnodeCount) - 1));
  const oldNodeId = cluster.places.nodeOf(index);
  const { rent } = cluster.members.get(oldNodeId)!;
  const newNode = aNodeAsCheapAs(draw, cluster, rent, ({ id }) => id !== oldNodeId);
  return newNode && [index, newNode.id];
}

function replaceNodes(draw: Draw, cluster: Cluster): unknown[] | undefined {
  const oldNodeId = aMember(draw, cluster);
  if (oldNodeId === undefined) return undefined;
  const newNode = aNodeAsCheapAs(draw, cluster, cluster.members.get(oldNodeId)!.rent, ({ id }) => !cluster.members.has(id));
  return newNode && [oldNodeId, newNode.id];
}

/** What providers and managers do. */
export const CLUSTER_ACTIONS: Weighted[] = [
  [
    3,
    (draw) => {
      const { random, cast } = draw;
      return nodeRegistry(random.pick(cast.providers), "createNode", [random.pick(RENTS), 1_000n, someText(draw)]);
    },
  ],
  [1, ofNode("changeNodeParams", (draw) => [someText(draw)])],
  [3, ofNode("changeNodeRent", ({ random }) => [random.pick(RENTS)])],
  [2, ofNode("changeNodeCapacity", ({ random }) => [BigInt(random.pick([1_000, 2_000, 10_000]))])],
  [
    2,
    ofNode(
      "removeNode",
      () => [],
      ({ state }, { id }) => ![...state.clusters.values()].some(({ members }) => members.has(id)),
    ),
  ],
  [2, ({ random, cast }) => nodeRegistry(random.pick(cast.providers), "trustManager", [random.pick(cast.everyone)])],
  [1, ({ random, cast }) => nodeRegistry(random.pick(cast.providers), "distrustManager", [random.pick(cast.everyone)])],
  [2, createCluster],
  [3, ofManager("reserveResource", ({ random }) => [BigInt(random.between(1, 10))])],
  [2, ofManager("releaseResource", () => [1n])],
  [6, ofManager("replaceNode", replaceNode)],
  [4, ofManager("replaceNodes", replaceNodes)],
  [
    4,
    ofManager("acceptRent", (draw, cluster) => {
      const nodeId = aMember(draw, cluster);
      return nodeId === undefined ? undefined : [nodeId, NO_LIMIT];
    }),
  ],
  [
    1,
    ofManager(
      "closeCluster",
      (_, { closed }) => [!closed],
      ({ random }, { closed }) => closed || random.chance(20),
    ),
  ],
  [1, ofManager("changeClusterParams", (draw) => [someText(draw)])],
  [1, ofManager("lowerManagementFee", ({ random }, { managementFeeBps }) => [BigInt(random.between(0, Number(managementFeeBps)))])],
  [2, ofManager("offerManagement", ({ random, cast }) => [random.pick(cast.managers)])],
  [
    3,
    (draw) => {
      const cluster = aCluster(draw, ({ offeredTo }) => !/^0x0*$/.test(offeredTo));
      return cluster && callOf(callerOf(draw, cluster.offeredTo), "clusterRegistry", "acceptManagement", [cluster.id]);
    },
  ],
  [
    2,
    ofManager(
      "removeCluster",
      () => [],
      (draw, cluster) => !isUsed(draw, cluster),
    ),
  ],
  [
    6,
    (draw) => {
      const cluster = aCluster(draw);
      return cluster && callOf(draw.cast.admin, "clusterRegistry", "distributeRevenues", [cluster.id]);
    },
  ],
  [
    4,
    (draw) => {
      const cluster = aCluster(draw);
      const nodeId = cluster && aMember(draw, cluster);
      return nodeId === undefined ? undefined : callOf(draw.cast.admin, "clusterRegistry", "claimRevenues", [cluster!.id, nodeId]);
    },
  ],
];
