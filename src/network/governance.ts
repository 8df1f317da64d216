import type { BlockTag } from "ethers";

import { explain, isUnreachable } from "../errors";
import type { Registries } from "../registries";
import { mapLimited } from "./paging";
import { readRanges } from "./parties";
import { plain } from "./plain";
import type { ReadOptions } from "./read";
import type { AgreementInfo, ClusterDetails, FillingInfo, GovernanceInfo, GovernedNode, TermsInfo } from "./types";

/** What stands for the node of a vnode that has none. */
const VACANT = 0n;

/** Why a filling that was announced once is not pending any more. */
const OVER: readonly string[] = ["NothingAnnounced", "VnodeNotVacant"];

type Announced = Omit<FillingInfo, "effectiveAt"> & { clusterId: bigint; effectiveAt: bigint };

/**
 * How some clusters are governed. Nodes that are not in a cluster but agreed to its terms, and fillings that are announced, are found
 * in the events.
 */
export async function readGovernance(
  registries: Registries,
  clusters: readonly Pick<ClusterDetails, "clusterId" | "currency" | "members" | "vnodes">[],
  options: ReadOptions & { fromBlock?: number } = {},
): Promise<GovernanceInfo[]> {
  const { termsRegistry } = registries;
  const blockTag = options.blockTag ?? (await termsRegistry.runner?.provider?.getBlockNumber()) ?? "latest";
  const [from, to] = [options.fromBlock ?? 0, typeof blockTag === "number" ? blockTag : 0];
  const { TermsAccepted, FillAnnounced } = termsRegistry.filters;
  // Of one cluster, the node need not look at others.
  const only = clusters.length === 1 ? clusters[0]?.clusterId : undefined;
  const agreed = await readRanges((start, end) => termsRegistry.queryFilter(TermsAccepted(only), start, end), from, to);
  const announced = await readRanges((start, end) => termsRegistry.queryFilter(FillAnnounced(only), start, end), from, to);

  return mapLimited(clusters, (cluster) => {
    const ofCluster = ({ args }: { args: { clusterId: bigint } }): boolean => args.clusterId === cluster.clusterId;
    const nodeIds = agreed.filter(ofCluster).map(({ args }) => args.nodeId);
    const fillings = announced.filter(ofCluster).map(({ args }) => args);
    return readOne(registries, cluster, { nodeIds, fillings }, blockTag);
  });
}

async function readOne(
  registries: Registries,
  { clusterId, currency, members, vnodes }: Pick<ClusterDetails, "clusterId" | "currency" | "members" | "vnodes">,
  found: { nodeIds: bigint[]; fillings: Announced[] },
  blockTag: BlockTag,
): Promise<GovernanceInfo> {
  const { clusterRegistry, termsRegistry } = registries;
  const terms = plain<TermsInfo>(await termsRegistry.getTerms(clusterId, { blockTag }));
  const [offeredValidator, validatorEffectiveAt] = await termsRegistry.offeredValidator(clusterId, { blockTag });
  const { served, nominal } = await clusterRegistry.servedOf(clusterId, { blockTag });
  const nodeIds = [...new Set([...members.map(({ nodeId }) => nodeId), ...found.nodeIds])];
  // The last announcement of a node is the one that counts.
  const fillings = [...new Map(found.fillings.map((filling) => [filling.nodeId, filling])).values()];
  const pending = await mapLimited(fillings, async (filling) => ((await isPending(registries, filling, blockTag)) ? [filling] : []));
  return {
    clusterId,
    currency,
    terms,
    offeredValidator,
    validatorEffectiveAt,
    served,
    nominal,
    vacantVnodes: BigInt(vnodes.filter((nodeId) => nodeId === VACANT).length),
    nodes: await mapLimited(nodeIds, (nodeId) => readNode(registries, clusterId, nodeId, terms.weightNotice, blockTag)),
    fillings: pending.flat().map(({ nodeId, vnodeIndex, whole, effectiveAt }) => ({ nodeId, vnodeIndex, whole, effectiveAt })),
  };
}

async function readNode(
  { clusterRegistry, termsRegistry }: Registries,
  clusterId: bigint,
  nodeId: bigint,
  weightNotice: bigint,
  blockTag: BlockTag,
): Promise<GovernedNode> {
  const agreement = plain<AgreementInfo>(await termsRegistry.getAgreement(clusterId, nodeId, { blockTag }));
  const { vnodes, qualityBps, leftAt } = await clusterRegistry.membershipOf(clusterId, nodeId, { blockTag });
  const { rentPerMonth, effectiveAt } = await clusterRegistry.pendingRentOf(clusterId, nodeId, { blockTag });
  // What was accepted before the node left is void.
  const [acceptedRent, rentEffectiveAt] = effectiveAt > leftAt + weightNotice ? [rentPerMonth, effectiveAt] : [0n, 0n];
  return { ...agreement, nodeId, vnodes, qualityBps, acceptedRent, rentEffectiveAt };
}

/** Whether a filling can still be finished, now or later: no view tells, but finishing it, which is not sent, does. */
async function isPending({ termsRegistry }: Registries, { clusterId, nodeId }: Announced, blockTag: BlockTag): Promise<boolean> {
  try {
    await termsRegistry.finishFill.staticCall(clusterId, nodeId, { blockTag });
    return true;
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return !OVER.includes(explain(error).name);
  }
}
