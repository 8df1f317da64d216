import { type NodeInfo, engine, mapLimited, readCluster, readNode } from "../../../src";
import type { Network } from "../shared/network";

/** A path that the ring of evenly spread vnodes has in a segment. */
export function pathInSegment(bucketId: bigint, segment: number, vnodes: number): string {
  const tokens = engine.evenTokens(vnodes);
  for (let i = 0; ; i += 1) {
    const path = `photos/${segment}-${i}.jpg`;
    const position = engine.positionOf(bucketId, path);
    const found = tokens.findIndex((token) => token > position);
    // Above the highest token comes the first vnode again.
    if (Math.max(0, found) === segment) return path;
  }
}

/** The nodes that a key belongs on, as the contracts have it now, in the order in which they are asked. */
export async function placesOf({ registries }: Network, bucketId: bigint, path: string): Promise<bigint[]> {
  return engine.routesOf(await engine.readRoutes(registries, bucketId), path).map(({ nodeId }) => nodeId);
}

/** The vnodes of a node. */
export async function vnodesOf({ registries }: Network, clusterId: bigint, nodeId: bigint): Promise<number[]> {
  const { vnodes } = await readCluster(registries, clusterId);
  return vnodes.flatMap((node, vnode) => (node === nodeId ? [vnode] : []));
}

/** The node of a cluster with the most room, among those that are not dearer than the one to replace: owners do not pay more for it. */
export async function freestNode({ registries }: Network, clusterId: bigint, replaced: bigint): Promise<bigint> {
  const { members } = await readCluster(registries, clusterId);
  const rent = members.find(({ nodeId }) => nodeId === replaced)?.rentPerMonth ?? 0n;
  const candidates = members.filter(({ nodeId, rentPerMonth }) => nodeId !== replaced && rentPerMonth <= rent);
  const nodes = await mapLimited(candidates, ({ nodeId }) => readNode(registries, nodeId));
  const [freest] = nodes.sort((a, b) => Number(roomOf(b) - roomOf(a)));
  if (freest === undefined) throw new Error("no other node is as cheap");
  return freest.nodeId;
}

function roomOf({ capacity, reserved }: NodeInfo): bigint {
  return capacity - reserved;
}
