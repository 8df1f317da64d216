import { ZERO_ADDRESS, type Registries } from "../registries";
import { mapLimited } from "./paging";
import { readCluster, readNode, type ReadOptions } from "./read";

/** A provider whose nodes serve a cluster. */
export interface ClusterProvider {
  provider: string;
  nodeIds: bigint[];
  /** How many of the cluster's vnodes they serve. */
  vnodes: bigint;
  /** Whether they trust the manager: if not, it can give their nodes no more vnodes until they do. */
  trusts: boolean;
}

export interface ClusterTrust {
  /** The manager: by default the one that the management is offered to, or else the present one. */
  manager: string;
  /** Its relation to the cluster. */
  as: "manager" | "offered" | "stranger";
  providers: ClusterProvider[];
}

/** The providers of a cluster's nodes, and whether they trust a manager. */
export async function readClusterTrust(
  registries: Registries,
  clusterId: bigint,
  given?: string,
  options: ReadOptions = {},
): Promise<ClusterTrust> {
  const { manager: present, offeredTo, members } = await readCluster(registries, clusterId, options);
  const manager = given ?? (offeredTo === ZERO_ADDRESS ? present : offeredTo);
  const nodes = await mapLimited(members, async ({ nodeId, vnodes }) => {
    const { provider } = await readNode(registries, nodeId, options);
    return { nodeId, vnodes, provider };
  });
  const names = [...new Set(nodes.map(({ provider }) => provider))];
  const providers = await mapLimited(names, async (provider) => {
    const own = nodes.filter((node) => node.provider === provider);
    return {
      provider,
      nodeIds: own.map(({ nodeId }) => nodeId),
      vnodes: own.reduce((total, { vnodes }) => total + vnodes, 0n),
      trusts: await registries.nodeRegistry.isTrusted(provider, manager, { blockTag: options.blockTag ?? "latest" }),
    };
  });
  return { manager, as: manager === present ? "manager" : manager === offeredTo ? "offered" : "stranger", providers };
}
