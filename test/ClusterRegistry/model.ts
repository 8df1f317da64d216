// What the registries of nodes and clusters should do with vnodes, capacity and rents, said as plainly as possible: a map from vnodes to
// nodes, and everything else computed from it by counting.

export interface ModelNode {
  rent: bigint;
  capacity: bigint;
  trusted: boolean;
}

export interface ModelCluster {
  /** The node of each vnode. */
  vnodes: bigint[];
  /** The rent of each node in the cluster. */
  rents: Map<bigint, bigint>;
  perVnode: bigint;
  used: bigint;
}

/** Either what the contracts should refuse it with, or nothing if it happened. */
export type Outcome = string | undefined;

export class Model {
  readonly clusters = new Map<bigint, ModelCluster>();

  constructor(readonly nodes: Map<bigint, ModelNode>) {}

  createCluster(clusterId: bigint, vnodeCount: number, nodeIds: bigint[]): void {
    this.clusters.set(clusterId, {
      vnodes: Array.from({ length: vnodeCount }, (_, i) => nodeIds[i % nodeIds.length]!),
      rents: new Map(nodeIds.map((nodeId) => [nodeId, this.node(nodeId).rent])),
      perVnode: 0n,
      used: 0n,
    });
  }

  node(nodeId: bigint): ModelNode {
    return this.nodes.get(nodeId)!;
  }

  cluster(clusterId: bigint): ModelCluster {
    return this.clusters.get(clusterId)!;
  }

  /** How many vnodes of a cluster are on a node. */
  vnodesOn(clusterId: bigint, nodeId: bigint): bigint {
    return BigInt(this.cluster(clusterId).vnodes.filter((other) => other === nodeId).length);
  }

  reserved(nodeId: bigint): bigint {
    return [...this.clusters].reduce((sum, [clusterId, { perVnode }]) => sum + this.vnodesOn(clusterId, nodeId) * perVnode, 0n);
  }

  clustersOf(nodeId: bigint): bigint {
    return BigInt([...this.clusters.values()].filter(({ vnodes }) => vnodes.includes(nodeId)).length);
  }

  rentPerUnit(clusterId: bigint): bigint {
    const { rents, vnodes } = this.cluster(clusterId);
    return vnodes.reduce((sum, nodeId) => sum + rents.get(nodeId)!, 0n);
  }

  replaceNode(clusterId: bigint, vnodeIndex: number, newNodeId: bigint): Outcome {
    const cluster = this.cluster(clusterId);
    const oldNodeId = cluster.vnodes[vnodeIndex];
    if (oldNodeId === undefined) return "VnodeUnknown";
    if (oldNodeId === newNodeId) return "VnodeAlreadyOnNode";
    return this.move(clusterId, oldNodeId, newNodeId, [vnodeIndex]);
  }

  replaceNodes(clusterId: bigint, oldNodeId: bigint, newNodeId: bigint): Outcome {
    const { vnodes } = this.cluster(clusterId);
    if (!vnodes.includes(oldNodeId)) return "NodeNotInCluster";
    if (vnodes.includes(newNodeId)) return "NodeAlreadyInCluster";
    return this.move(
      clusterId,
      oldNodeId,
      newNodeId,
      [...vnodes.keys()].filter((index) => vnodes[index] === oldNodeId),
    );
  }

  reserve(clusterId: bigint, perVnode: bigint): Outcome {
    const cluster = this.cluster(clusterId);
    for (const nodeId of new Set(cluster.vnodes)) {
      const needed = this.vnodesOn(clusterId, nodeId) * perVnode;
      if (this.reserved(nodeId) + needed > this.node(nodeId).capacity) return "NodeCapacityExceeded";
    }
    cluster.perVnode += perVnode;
    return undefined;
  }

  release(clusterId: bigint, perVnode: bigint): Outcome {
    const cluster = this.cluster(clusterId);
    if (cluster.used + perVnode > cluster.perVnode) return "ClusterResourceInUse";
    cluster.perVnode -= perVnode;
    return undefined;
  }

  acceptRent(clusterId: bigint, nodeId: bigint): Outcome {
    const { rents, used, vnodes } = this.cluster(clusterId);
    if (!vnodes.includes(nodeId)) return "NodeNotInCluster";
    if (used !== 0n && this.node(nodeId).rent >= rents.get(nodeId)!) return "RentNotLower";
    rents.set(nodeId, this.node(nodeId).rent);
    return undefined;
  }

  allocate(clusterId: bigint, resource: bigint): Outcome {
    const cluster = this.cluster(clusterId);
    if (cluster.used + resource > cluster.perVnode) return "ClusterResourceExceeded";
    cluster.used += resource;
    return undefined;
  }

  private move(clusterId: bigint, oldNodeId: bigint, newNodeId: bigint, indices: number[]): Outcome {
    const { perVnode, rents, used, vnodes } = this.cluster(clusterId);
    const node = this.node(newNodeId);
    if (!node.trusted) return "ManagerNotTrusted";
    if (this.reserved(newNodeId) + BigInt(indices.length) * perVnode > node.capacity) return "NodeCapacityExceeded";
    const rent = rents.get(newNodeId) ?? node.rent;
    if (used !== 0n && rent > rents.get(oldNodeId)!) return "RentNotLower";
    for (const index of indices) vnodes[index] = newNodeId;
    rents.set(newNodeId, rent);
    if (!vnodes.includes(oldNodeId)) rents.delete(oldNodeId);
    return undefined;
  }
}
