import { ZeroAddress } from "ethers";

import type { INodeRegistry } from "../../cache/typechain-types";

/** A node as `getNode` returns it; what a test does not say is zero or empty. */
export interface Node {
  nodeId: bigint;
  provider: { address: string };
  rentPerMonth?: bigint;
  capacity?: bigint;
  reserved?: bigint;
  clusters?: bigint;
  params?: string;
}

/** What `getNode` and `listNodes` should return, or returned, in a form in which it can be compared. */
export function fields(node: Node | INodeRegistry.NodeStatusStructOutput): Record<string, unknown> {
  return {
    nodeId: node.nodeId,
    provider: typeof node.provider === "string" ? node.provider : node.provider.address,
    rentPerMonth: node.rentPerMonth ?? 0n,
    capacity: node.capacity ?? 0n,
    reserved: node.reserved ?? 0n,
    clusters: node.clusters ?? 0n,
    params: node.params ?? "",
  };
}

export const EVERYONE = ZeroAddress;
