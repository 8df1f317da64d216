import { INodeRegistry__factory } from "../bindings";
import type { Addresses } from "../registries";
import { formatUsd } from "../units";
import type { Call } from "./call";

type Registry = Pick<Addresses, "nodeRegistry">;

const abi = INodeRegistry__factory.createInterface();

/** @param input.rentPerMonth USD (18 decimals) per unit of resource, per vnode, per month. */
export function createNode({ nodeRegistry: to }: Registry, input: { rentPerMonth: bigint; capacity: bigint; params: string }): Call {
  const { rentPerMonth, capacity, params } = input;
  return {
    to,
    data: abi.encodeFunctionData("createNode", [rentPerMonth, capacity, params]),
    value: 0n,
    description: `create a node of ${capacity} units at ${formatUsd(rentPerMonth)} USD per unit, per vnode, per month`,
  };
}

export function changeNodeParams({ nodeRegistry: to }: Registry, input: { nodeId: bigint; params: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("changeNodeParams", [input.nodeId, input.params]),
    value: 0n,
    description: `change the params of node ${input.nodeId}`,
  };
}

export function changeNodeRent({ nodeRegistry: to }: Registry, input: { nodeId: bigint; rentPerMonth: bigint }): Call {
  const { nodeId, rentPerMonth } = input;
  return {
    to,
    data: abi.encodeFunctionData("changeNodeRent", [nodeId, rentPerMonth]),
    value: 0n,
    description: `change the rent of node ${nodeId} to ${formatUsd(rentPerMonth)} USD per unit, per vnode, per month`,
  };
}

export function changeNodeCapacity({ nodeRegistry: to }: Registry, input: { nodeId: bigint; capacity: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("changeNodeCapacity", [input.nodeId, input.capacity]),
    value: 0n,
    description: `change the capacity of node ${input.nodeId} to ${input.capacity} units`,
  };
}

export function removeNode({ nodeRegistry: to }: Registry, input: { nodeId: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("removeNode", [input.nodeId]),
    value: 0n,
    description: `remove node ${input.nodeId}`,
  };
}

export function trustManager({ nodeRegistry: to }: Registry, input: { manager: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("trustManager", [input.manager]),
    value: 0n,
    description: `let ${input.manager} use the caller's nodes`,
  };
}

export function distrustManager({ nodeRegistry: to }: Registry, input: { manager: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("distrustManager", [input.manager]),
    value: 0n,
    description: `stop ${input.manager} from using more of the caller's nodes`,
  };
}
