import { NonceManager, Wallet } from "ethers";

import { type NodeInfo, type NodeParams, calls, readNodes, sendCall, serializeNodeParams } from "../../../src";
import type { Network } from "../shared/network";
import { readableParams } from "./identity";

export interface Registration {
  /** The provider of the node, which pays for the transactions. */
  providerKey: string;
  rentPerMonth: bigint;
  capacity: bigint;
  params: NodeParams & { publicKey: string };
}

/** The id of this node in the registry: registers it, or brings its params up to date. Rent and capacity of a node that is registered stay as they are. */
export async function register(network: Network, { providerKey, rentPerMonth, capacity, params }: Registration): Promise<bigint> {
  const { registries, addresses, provider } = network;
  const signer = new NonceManager(new Wallet(providerKey, provider));
  const text = serializeNodeParams(params);
  const known = await findNode(network, await signer.getAddress(), params.publicKey);
  if (known?.params === text) return known.nodeId;
  if (known !== undefined) {
    await sendCall(signer, calls.changeNodeParams(addresses, { nodeId: known.nodeId, params: text }));
    return known.nodeId;
  }
  const { events } = await sendCall(signer, calls.createNode(addresses, { rentPerMonth, capacity, params: text }));
  const created = events.find(({ name }) => name === "NodeCreated")?.args.nodeId;
  if (typeof created !== "bigint") throw new Error(`${await registries.nodeRegistry.getAddress()} did not say which node it created`);
  return created;
}

/** A node is known by its key, so that it can move and still be the same. */
async function findNode({ registries }: Network, provider: string, publicKey: string): Promise<NodeInfo | undefined> {
  const nodes = await readNodes(registries, provider);
  return nodes.find(({ params }) => readableParams(params)?.publicKey?.toLowerCase() === publicKey.toLowerCase());
}
