import { Fraction } from "../fraction";
import { noteServed, payableOf } from "./lines";
import { MAX_MANAGEMENT_FEE, MAX_NETWORK_FEE, MAX_NODES, MAX_RATE, MAX_RESOURCE, MAX_VNODES } from "./limits";
import { nodeOf, reservedOn, trusts } from "./nodes";
import { type Reason, refuse } from "./refusal";
import { distribute, payNode } from "./revenues";
import { type Address, type Cluster, exitKey, type Message, NOBODY, type State } from "./state";
import { credit } from "./streams";
import { isVacant, nodesOf, rentPerUnit, vnodesOn } from "./vnodes";

export function clusterOf({ clusters }: State, clusterId: bigint): Cluster {
  const cluster = clusters.get(clusterId);
  refuse(cluster === undefined && ["ClusterUnknown", clusterId]);
  return cluster!;
}

export function usedOf({ buckets }: State, clusterId: bigint): bigint {
  return [...buckets.values()].reduce((sum, bucket) => (bucket.clusterId === clusterId ? sum + bucket.resource : sum), 0n);
}

/** The functions of the registry of clusters. */
export class ClusterModel {
  constructor(private readonly state: State) {}

  createCluster({ sender }: Message, currency: Address, vnodeCount: bigint, nodeIds: bigint[], fee: bigint, params: string): void {
    const { state } = this;
    const id = state.lastClusterId + 1n;
    const count = BigInt(nodeIds.length);
    const mostNodes = vnodeCount < MAX_NODES ? vnodeCount : MAX_NODES;
    const known = nodeIds.map((nodeId) => state.nodes.get(nodeId));
    refuse(
      (vnodeCount === 0n || vnodeCount > MAX_VNODES) && ["ClusterVnodeCountInvalid", vnodeCount, MAX_VNODES],
      (count === 0n || count > mostNodes) && ["ClusterNodeCountInvalid", count, mostNodes],
      fee > MAX_MANAGEMENT_FEE && ["ManagementFeeTooHigh", fee, MAX_MANAGEMENT_FEE],
      !state.currencies.has(currency) && ["CurrencyNotListed", currency],
      ...known.map((node, i): Reason | false => node === undefined && ["NodeUnknown", nodeIds[i]]),
      ...known.map((node) => node !== undefined && distrust(state, node.id, sender)),
      ...nodeIds.map((nodeId, i): Reason | false => nodeIds.indexOf(nodeId) !== i && ["NodeAlreadyInCluster", id, nodeId]),
    );
    const cluster: Cluster = {
      id,
      manager: sender,
      founder: sender,
      offeredTo: NOBODY,
      currency: state.currencies.get(currency)!,
      vnodes: Array.from({ length: Number(vnodeCount) }, (_, i) => nodeIds[i % nodeIds.length]!),
      rents: new Map(nodeIds.map((nodeId) => [nodeId, nodeOf(state, nodeId).rent])),
      qualities: new Map(),
      resourcePerVnode: 0n,
      managementFee: fee,
      closed: false,
      params,
      pool: Fraction.ZERO,
      unserved: new Map(),
      unservedSince: undefined,
      notedShare: undefined,
      passedRate: 0n,
      undistributed: Fraction.ZERO,
      earned: new Map(),
    };
    requireCountable(rentPerUnit(cluster));
    state.clusters.set(id, cluster);
    state.lastClusterId = id;
  }

  reserveResource({ sender }: Message, clusterId: bigint, perVnode: bigint): void {
    const cluster = this.managed(clusterId, sender);
    const total = cluster.resourcePerVnode + perVnode;
    refuse(
      perVnode === 0n && ["ResourceZero"],
      total > MAX_RESOURCE && ["ClusterResourceTooLarge", clusterId, total, MAX_RESOURCE],
      ...nodesOf(cluster).map((nodeId) => lack(this.state, nodeId, vnodesOn(cluster, nodeId) * perVnode)),
    );
    cluster.resourcePerVnode = total;
  }

  releaseResource({ sender }: Message, clusterId: bigint, perVnode: bigint): void {
    const cluster = this.managed(clusterId, sender);
    const free = cluster.resourcePerVnode - usedOf(this.state, clusterId);
    refuse(perVnode === 0n && ["ResourceZero"], perVnode > free && ["ClusterResourceInUse", clusterId, perVnode, free]);
    cluster.resourcePerVnode -= perVnode;
  }

  replaceNode({ sender }: Message, clusterId: bigint, vnodeIndex: bigint, newNodeId: bigint): void {
    const cluster = this.managed(clusterId, sender);
    const index = Number(vnodeIndex);
    const oldNodeId = cluster.vnodes[index];
    refuse(
      oldNodeId === undefined && ["VnodeUnknown", clusterId, vnodeIndex, BigInt(cluster.vnodes.length)],
      oldNodeId !== undefined && isVacant(oldNodeId) && ["VnodeVacant", clusterId, vnodeIndex],
      oldNodeId === newNodeId && ["VnodeAlreadyOnNode", clusterId, vnodeIndex, newNodeId],
    );
    transferVnodes(this.state, cluster, oldNodeId!, newNodeId, [index]);
  }

  replaceNodes({ sender }: Message, clusterId: bigint, oldNodeId: bigint, newNodeId: bigint): void {
    const cluster = this.managed(clusterId, sender);
    refuse(
      !cluster.rents.has(oldNodeId) && ["NodeNotInCluster", clusterId, oldNodeId],
      cluster.rents.has(newNodeId) && ["NodeAlreadyInCluster", clusterId, newNodeId],
    );
    transferVnodes(this.state, cluster, oldNodeId, newNodeId, indicesOf(cluster, oldNodeId));
  }

  acceptRent({ sender }: Message, clusterId: bigint, nodeId: bigint, maxRent: bigint): void {
    const cluster = this.managed(clusterId, sender);
    const oldRent = cluster.rents.get(nodeId);
    refuse(oldRent === undefined && ["NodeNotInCluster", clusterId, nodeId]);
    const { rent } = nodeOf(this.state, nodeId);
    const allocated = usedOf(this.state, clusterId) !== 0n;
    refuse(
      rent > maxRent && ["NodeRentAboveMaximum", nodeId, rent, maxRent],
      allocated && rent >= oldRent! && ["RentNotLower", clusterId, nodeId, rent, oldRent],
    );
    requireCountable(rentPerUnit(cluster) + (rent - oldRent!) * vnodesOn(cluster, nodeId));
    distribute(this.state, cluster);
    payNode(this.state, cluster, nodeId);
    cluster.rents.set(nodeId, rent);
    noteServed(this.state, cluster);
  }

  distributeRevenues(_message: Message, clusterId: bigint): void {
    distribute(this.state, clusterOf(this.state, clusterId));
  }

  claimRevenues(_message: Message, clusterId: bigint, nodeId: bigint): void {
    const cluster = clusterOf(this.state, clusterId);
    refuse(!cluster.rents.has(nodeId) && ["NodeNotInCluster", clusterId, nodeId]);
    payNode(this.state, cluster, nodeId);
  }

  closeCluster({ sender }: Message, clusterId: bigint, closed: boolean): void {
    this.managed(clusterId, sender).closed = closed;
  }

  lowerManagementFee({ sender }: Message, clusterId: bigint, fee: bigint): void {
    const cluster = this.managed(clusterId, sender);
    refuse(fee >= cluster.managementFee && ["ManagementFeeNotLower", clusterId, fee, cluster.managementFee]);
    distribute(this.state, cluster);
    cluster.managementFee = fee;
  }

  offerManagement({ sender }: Message, clusterId: bigint, manager: Address): void {
    this.managed(clusterId, sender).offeredTo = manager;
  }

  acceptManagement({ sender }: Message, clusterId: bigint): void {
    const cluster = clusterOf(this.state, clusterId);
    refuse(sender !== cluster.offeredTo && ["ManagementNotOffered", clusterId, sender, cluster.offeredTo]);
    distribute(this.state, cluster);
    cluster.manager = sender;
    cluster.offeredTo = NOBODY;
  }

  removeCluster({ sender }: Message, clusterId: bigint): void {
    const cluster = this.managed(clusterId, sender);
    const used = usedOf(this.state, clusterId);
    refuse(used !== 0n && ["ClusterInUse", clusterId, used]);
    distribute(this.state, cluster);
    for (const nodeId of cluster.rents.keys()) payNode(this.state, cluster, nodeId);
    credit(cluster.currency, this.state.networkAccount, payableOf(cluster).plus(cluster.undistributed));
    this.state.clusters.delete(clusterId);
  }

  setNetworkFee({ sender }: Message, fee: bigint, account: Address): void {
    refuse(sender !== this.state.admin && ["AccessManagedUnauthorized", sender]);
    refuse(fee > MAX_NETWORK_FEE && ["NetworkFeeTooHigh", fee, MAX_NETWORK_FEE], account === NOBODY && ["NetworkAccountZero"]);
    this.state.networkFee = fee;
    this.state.networkAccount = account;
  }

  private managed(clusterId: bigint, sender: Address): Cluster {
    const cluster = clusterOf(this.state, clusterId);
    refuse(cluster.manager !== sender && ["CallerNotManager", clusterId, sender, cluster.manager]);
    return cluster;
  }
}

export function indicesOf({ vnodes }: Cluster, nodeId: bigint): number[] {
  return [...vnodes.keys()].filter((index) => vnodes[index] === nodeId);
}

/** Distributes, pays both nodes, and moves vnodes from one to the other. */
export function transferVnodes(state: State, cluster: Cluster, from: bigint, to: bigint, indices: readonly number[]): void {
  const count = BigInt(indices.length);
  // A node whose exit is announced gets no more vnodes.
  refuse(state.exits.has(exitKey(cluster.id, to)) && ["VnodesNotCovered", cluster.id, to, vnodesOn(cluster, to) + count, 0n]);
  const joining = nodeOf(state, to);
  const oldRent = cluster.rents.get(from)!;
  const rent = cluster.rents.get(to) ?? joining.rent;
  refuse(
    distrust(state, to, cluster.manager),
    lack(state, to, count * cluster.resourcePerVnode),
    rent > oldRent && usedOf(state, cluster.id) !== 0n && ["RentNotLower", cluster.id, to, rent, oldRent],
  );
  requireCountable(rentPerUnit(cluster) + (rent - oldRent) * count);

  distribute(state, cluster);
  payNode(state, cluster, from);
  payNode(state, cluster, to);
  const moved = new Set(indices);
  cluster.vnodes = cluster.vnodes.map((nodeId, index) => (moved.has(index) ? to : nodeId));
  cluster.rents.set(to, rent);
  if (!cluster.vnodes.includes(from)) forget(cluster, from);
  noteServed(state, cluster);
}

/** Nothing of a node stays in a cluster that it has left. */
export function forget(cluster: Cluster, nodeId: bigint): void {
  cluster.rents.delete(nodeId);
  cluster.qualities.delete(nodeId);
}

function distrust(state: State, nodeId: bigint, manager: Address): Reason | false {
  const { provider } = nodeOf(state, nodeId);
  return !trusts(state, provider, manager) && ["ManagerNotTrusted", nodeId, provider, manager];
}

/** Whether a node has less capacity than is needed. */
function lack(state: State, nodeId: bigint, needed: bigint): Reason | false {
  const free = nodeOf(state, nodeId).capacity - reservedOn(state, nodeId);
  return needed > free && ["NodeCapacityExceeded", nodeId, needed, free];
}

function requireCountable(rent: bigint): void {
  refuse(rent > MAX_RATE && ["ClusterRentTooHigh", rent, MAX_RATE]);
}
