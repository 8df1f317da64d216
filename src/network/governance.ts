import type { BlockTag } from "ethers";

import type { Registries } from "../registries";
import { readAllLogs } from "./logs";
import { mapLimited } from "./paging";
import { plain } from "./plain";
import type { ReadOptions } from "./read";
import type { AgreementInfo, ClusterDetails, GovernanceInfo, GovernedNode, PendingInfo, TermsInfo } from "./types";

/** Stands for the node of a vacant vnode. */
const VACANT = 0n;

/** How some clusters are governed. Nodes that are not in a cluster but agreed to its terms are found in the events. */
export async function readGovernance(
  registries: Registries,
  clusters: readonly Pick<ClusterDetails, "clusterId" | "currency" | "members" | "vnodes">[],
  options: ReadOptions & { fromBlock?: number } = {},
): Promise<GovernanceInfo[]> {
  const { termsRegistry } = registries;
  const blockTag = options.blockTag ?? (await termsRegistry.runner?.provider?.getBlockNumber()) ?? "latest";
  const [from, to] = [options.fromBlock ?? 0, typeof blockTag === "number" ? blockTag : 0];
  const { TermsAccepted } = termsRegistry.filters;
  // Of one cluster, the node need not look at others.
  const only = clusters.length === 1 ? clusters[0]?.clusterId : undefined;
  const agreed = await readAllLogs((start, end) => termsRegistry.queryFilter(TermsAccepted(only), start, end), from, to);

  return mapLimited(clusters, (cluster) => {
    const nodeIds = agreed.filter(({ args }) => args.clusterId === cluster.clusterId).map(({ args }) => args.nodeId);
    return readOne(registries, cluster, nodeIds, blockTag);
  });
}

async function readOne(
  registries: Registries,
  { clusterId, currency, members, vnodes }: Pick<ClusterDetails, "clusterId" | "currency" | "members" | "vnodes">,
  agreed: bigint[],
  blockTag: BlockTag,
): Promise<GovernanceInfo> {
  const { clusterRegistry, termsRegistry } = registries;
  const terms = plain<TermsInfo>(await termsRegistry.getTerms(clusterId, { blockTag }));
  const [offeredValidator, validatorEffectiveAt] = await termsRegistry.offeredValidator(clusterId, { blockTag });
  const { served, nominal } = await clusterRegistry.servedOf(clusterId, { blockTag });
  const nodeIds = [...new Set([...members.map(({ nodeId }) => nodeId), ...agreed])];
  return {
    clusterId,
    currency,
    terms,
    offeredValidator,
    validatorEffectiveAt,
    served,
    nominal,
    vacantVnodes: BigInt(vnodes.filter((nodeId) => nodeId === VACANT).length),
    nodes: await mapLimited(nodeIds, (nodeId) => readNode(registries, clusterId, nodeId, blockTag)),
  };
}

async function readNode(
  { clusterRegistry, termsRegistry }: Registries,
  clusterId: bigint,
  nodeId: bigint,
  blockTag: BlockTag,
): Promise<GovernedNode> {
  const agreement = plain<AgreementInfo>(await termsRegistry.getAgreement(clusterId, nodeId, { blockTag }));
  const pending = plain<PendingInfo>(await termsRegistry.pendingOf(clusterId, nodeId, { blockTag }));
  const { vnodes, qualityBps } = await clusterRegistry.membershipOf(clusterId, nodeId, { blockTag });
  return { ...agreement, nodeId, vnodes, qualityBps, pending };
}
