import { IClusterRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { formatBps, formatUsd } from "../units";
import type { Call } from "./call";

type Registry = Pick<Addresses, "clusterRegistry">;
interface Id {
  clusterId: bigint;
}

const abi = IClusterRegistry__factory.createInterface();

/** Vnode `i` goes to `nodeIds[i % nodeIds.length]`. */
export function createCluster(
  { clusterRegistry: to }: Registry,
  input: { currency: string; vnodeCount: bigint; nodeIds: bigint[]; managementFeeBps: bigint; params: string },
): Call {
  const { currency, vnodeCount, nodeIds, managementFeeBps, params } = input;
  return {
    to,
    data: abi.encodeFunctionData("createCluster", [currency, vnodeCount, nodeIds, managementFeeBps, params]),
    value: 0n,
    description: `create a cluster of ${vnodeCount} vnodes on nodes ${nodeIds.join(", ")}`,
  };
}

export function reserveResource({ clusterRegistry: to }: Registry, input: Id & { perVnode: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("reserveResource", [input.clusterId, input.perVnode]),
    value: 0n,
    description: `reserve ${input.perVnode} more units per vnode in cluster ${input.clusterId}`,
  };
}

export function releaseResource({ clusterRegistry: to }: Registry, input: Id & { perVnode: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("releaseResource", [input.clusterId, input.perVnode]),
    value: 0n,
    description: `release ${input.perVnode} units per vnode in cluster ${input.clusterId}`,
  };
}

export function closeCluster({ clusterRegistry: to }: Registry, input: Id & { closed: boolean }): Call {
  return {
    to,
    data: abi.encodeFunctionData("closeCluster", [input.clusterId, input.closed]),
    value: 0n,
    description: `${input.closed ? "close" : "open"} cluster ${input.clusterId}`,
  };
}

export function replaceNode({ clusterRegistry: to }: Registry, input: Id & { vnodeIndex: bigint; newNodeId: bigint }): Call {
  const { clusterId, vnodeIndex, newNodeId } = input;
  return {
    to,
    data: abi.encodeFunctionData("replaceNode", [clusterId, vnodeIndex, newNodeId]),
    value: 0n,
    description: `move vnode ${vnodeIndex} of cluster ${clusterId} to node ${newNodeId}`,
  };
}

export function replaceNodes({ clusterRegistry: to }: Registry, input: Id & { oldNodeId: bigint; newNodeId: bigint }): Call {
  const { clusterId, oldNodeId, newNodeId } = input;
  return {
    to,
    data: abi.encodeFunctionData("replaceNodes", [clusterId, oldNodeId, newNodeId]),
    value: 0n,
    description: `move all vnodes of cluster ${clusterId} from node ${oldNodeId} to node ${newNodeId}`,
  };
}

/** @param input.maxRent The most that the manager agrees to: USD (18 decimals) per unit, per vnode, per month. */
export function acceptRent({ clusterRegistry: to }: Registry, input: Id & { nodeId: bigint; maxRent: bigint }): Call {
  const { clusterId, nodeId, maxRent } = input;
  return {
    to,
    data: abi.encodeFunctionData("acceptRent", [clusterId, nodeId, maxRent]),
    value: 0n,
    description: `accept the rent of node ${nodeId} in cluster ${clusterId}, up to ${formatUsd(maxRent)} USD`,
  };
}

export function distributeRevenues({ clusterRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("distributeRevenues", [input.clusterId]),
    value: 0n,
    description: `distribute the revenues of cluster ${input.clusterId}`,
  };
}

export function claimRevenues({ clusterRegistry: to }: Registry, input: Id & { nodeId: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("claimRevenues", [input.clusterId, input.nodeId]),
    value: 0n,
    description: `claim the revenues of node ${input.nodeId} in cluster ${input.clusterId}`,
  };
}

export function changeClusterParams({ clusterRegistry: to }: Registry, input: Id & { params: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("changeClusterParams", [input.clusterId, input.params]),
    value: 0n,
    description: `change the params of cluster ${input.clusterId}`,
  };
}

export function lowerManagementFee({ clusterRegistry: to }: Registry, input: Id & { managementFeeBps: bigint }): Call {
  const { clusterId, managementFeeBps } = input;
  return {
    to,
    data: abi.encodeFunctionData("lowerManagementFee", [clusterId, managementFeeBps]),
    value: 0n,
    description: `lower the management fee of cluster ${clusterId} to ${formatBps(managementFeeBps)}`,
  };
}

/** @param input.manager Zero withdraws the offer. */
export function offerManagement({ clusterRegistry: to }: Registry, input: Id & { manager: string }): Call {
  const { clusterId, manager } = input;
  return {
    to,
    data: abi.encodeFunctionData("offerManagement", [clusterId, manager]),
    value: 0n,
    description: isNative(manager)
      ? `withdraw the offer of the management of cluster ${clusterId}`
      : `offer the management of cluster ${clusterId} to ${manager}`,
  };
}

export function acceptManagement({ clusterRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("acceptManagement", [input.clusterId]),
    value: 0n,
    description: `take over the management of cluster ${input.clusterId}`,
  };
}

export function removeCluster({ clusterRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("removeCluster", [input.clusterId]),
    value: 0n,
    description: `remove cluster ${input.clusterId}`,
  };
}

export function setNetworkFee({ clusterRegistry: to }: Registry, input: { networkFeeBps: bigint; networkAccount: string }): Call {
  const { networkFeeBps, networkAccount } = input;
  return {
    to,
    data: abi.encodeFunctionData("setNetworkFee", [networkFeeBps, networkAccount]),
    value: 0n,
    description: `set the network fee to ${formatBps(networkFeeBps)}, for ${networkAccount}`,
  };
}
