import { RING_SIZE } from "./position";

/** Something that is kept on a vnode and on the node where that is. */
export interface Replica {
  vnode: number;
  nodeId: bigint;
}

interface Point extends Replica {
  token: bigint;
}

const VACANT = 0n;

/**
 * The hash ring of a cluster. Each vnode has the positions below its token, down to the token before; what is at or above the highest token
 * belongs to the vnode with the lowest.
 */
export class Ring {
  /** By token, the lowest first; without those that are vacant. */
  readonly #points: readonly Point[];
  readonly #nodes: number;

  /**
   * @param vnodes The node of each vnode, as `getVnodes` returns them: 0 where it is vacant.
   * @param tokens The token of each vnode, as `ringTokens` of the cluster's params; without them the vnodes share the ring evenly, in their order.
   */
  constructor(vnodes: readonly bigint[], tokens: readonly (number | string | bigint)[] = evenTokens(vnodes.length)) {
    if (vnodes.length === 0) throw new Error("a ring has at least one vnode");
    if (tokens.length !== vnodes.length) throw new Error(`the cluster has ${vnodes.length} vnodes, but ${tokens.length} ring tokens`);
    const points = vnodes.map((nodeId, vnode) => ({ nodeId, vnode, token: BigInt(tokens[vnode] ?? 0) }));
    // Keys of a vacant vnode are kept on the following vnodes.
    const held = points.filter(({ nodeId }) => nodeId !== VACANT);
    this.#points = held.sort((a, b) => (a.token < b.token ? -1 : a.token > b.token ? 1 : a.vnode - b.vnode));
    this.#nodes = new Set(held.map(({ nodeId }) => nodeId)).size;
  }

  /**
   * Where a position is kept: on the vnode that it belongs to, and on those that follow on the ring, leaving out vacant vnodes and those of nodes that have it already. The first
   * is the primary; fewer than asked for if there are not so many nodes.
   */
  replicas(position: bigint, replication: number): Replica[] {
    const wanted = Math.min(replication, this.#nodes);
    const first = this.#indexOf(position);
    const nodes = new Set<bigint>();
    const replicas: Replica[] = [];
    for (let i = 0; replicas.length < wanted && i < this.#points.length; i += 1) {
      const point = this.#points[(first + i) % this.#points.length];
      if (point === undefined || nodes.has(point.nodeId)) continue;
      nodes.add(point.nodeId);
      replicas.push({ vnode: point.vnode, nodeId: point.nodeId });
    }
    return replicas;
  }

  /** Which vnode, counted along the ring, has a position: the first with a token above it. */
  #indexOf(position: bigint): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const point = this.#points[middle];
      if (point !== undefined && point.token <= position) low = middle + 1;
      else high = middle;
    }
    return low % this.#points.length;
  }
}

/** The tokens of vnodes that share the ring evenly, in their order: vnode `i` has token (i + 1) x floor((2^64 - 1) / vnodes). */
export function evenTokens(vnodeCount: number): bigint[] {
  const length = (RING_SIZE - 1n) / BigInt(Math.max(1, vnodeCount));
  return Array.from({ length: vnodeCount }, (_, i) => BigInt(i + 1) * length);
}
