import { MAX_NODE_RENT } from "./limits";
import { type Reason, refuse } from "./refusal";
import { type Address, type Message, NOBODY, type Node, type State } from "./state";
import { vnodesOn } from "./vnodes";

export function nodeOf({ nodes }: State, nodeId: bigint): Node {
  const node = nodes.get(nodeId);
  refuse(node === undefined && ["NodeUnknown", nodeId]);
  return node!;
}

export function trusts({ trust }: State, provider: Address, manager: Address): boolean {
  return trust.get(provider)?.has(manager) === true;
}

/** What clusters have reserved on a node. */
export function reservedOn({ clusters }: State, nodeId: bigint): bigint {
  return [...clusters.values()].reduce((sum, cluster) => sum + vnodesOn(cluster, nodeId) * cluster.resourcePerVnode, 0n);
}

export function clustersOn({ clusters }: State, nodeId: bigint): bigint {
  return BigInt([...clusters.values()].filter(({ rents }) => rents.has(nodeId)).length);
}

/** The functions of the registry of nodes. */
export class NodeModel {
  constructor(private readonly state: State) {}

  createNode({ sender }: Message, rent: bigint, capacity: bigint, params: string): void {
    refuse(uncountable(rent));
    const id = ++this.state.lastNodeId;
    this.state.nodes.set(id, { id, provider: sender, rent, capacity, params });
  }

  changeNodeRent({ sender }: Message, nodeId: bigint, rent: bigint): void {
    this.own(nodeId, sender, uncountable(rent)).rent = rent;
  }

  changeNodeCapacity({ sender }: Message, nodeId: bigint, capacity: bigint): void {
    const node = this.own(nodeId, sender);
    const reserved = reservedOn(this.state, nodeId);
    refuse(capacity < reserved && ["NodeCapacityBelowReserved", nodeId, capacity, reserved]);
    node.capacity = capacity;
  }

  removeNode({ sender }: Message, nodeId: bigint): void {
    this.own(nodeId, sender);
    const clusters = clustersOn(this.state, nodeId);
    refuse(clusters !== 0n && ["NodeInUse", nodeId, clusters]);
    this.state.nodes.delete(nodeId);
  }

  trustManager({ sender }: Message, manager: Address): void {
    refuse(manager === NOBODY && ["ManagerZero"]);
    this.state.trust.set(sender, new Set(this.state.trust.get(sender)).add(manager));
  }

  distrustManager({ sender }: Message, manager: Address): void {
    refuse(manager === NOBODY && ["ManagerZero"]);
    this.state.trust.get(sender)?.delete(manager);
  }

  /** @param other Another reason to refuse the call. */
  private own(nodeId: bigint, sender: Address, other: Reason | false = false): Node {
    const node = nodeOf(this.state, nodeId);
    refuse(node.provider !== sender && ["CallerNotProvider", nodeId, sender, node.provider], other);
    return node;
  }
}

function uncountable(rent: bigint): Reason | false {
  return rent > MAX_NODE_RENT && ["NodeRentTooHigh", rent, MAX_NODE_RENT];
}
