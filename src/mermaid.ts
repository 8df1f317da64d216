import type { Network } from "./network";
import { ZERO_ADDRESS } from "./registries";

/** Stands for the node of a vacant vnode. */
const VACANT = 0n;

/** From this many vnodes on, each node gets one edge for all its vnodes, so that the graph stays readable. */
const MANY_VNODES = 24;

/**
 * The graph of a network in Mermaid's language: clusters, their vnodes, nodes and buckets, and whose they are.
 * @param names Names of addresses, the addresses with their checksums; others are shortened.
 */
export function toMermaid(
  { nodes, clusters, buckets }: Pick<Network, "nodes" | "clusters" | "buckets">,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const parties = new Map<string, string>();
  const party = (address: string): string => {
    const id = parties.get(address) ?? `party_${parties.size + 1}`;
    parties.set(address, id);
    return id;
  };
  const lines = [
    ...clusters.map(({ clusterId, resourceUsed, resourcePerVnode }) =>
      box(`cluster_${clusterId}`, "[[", `Cluster ${clusterId}<br/>${resourceUsed} of ${resourcePerVnode} used per vnode`, "]]"),
    ),
    ...nodes.map(({ nodeId, reserved, capacity }) =>
      box(`node_${nodeId}`, "[", `Node ${nodeId}<br/>${reserved} of ${capacity} reserved`, "]"),
    ),
    ...(clusters.some(({ vnodes }) => vnodes.includes(VACANT)) ? [box(`node_${VACANT}`, "[", "vacant", "]")] : []),
    ...buckets.map(({ bucketId, resource }) => box(`bucket_${bucketId}`, "[(", `Bucket ${bucketId}<br/>${resource} allocated`, ")]")),
    ...clusters.map(({ clusterId, manager }) => edge(`cluster_${clusterId}`, "is managed by", party(manager))),
    ...clusters.flatMap(({ clusterId, vnodes }) =>
      vnodeEdges(vnodes).map(({ label, nodeId }) => edge(`cluster_${clusterId}`, label, `node_${nodeId}`)),
    ),
    ...nodes.map(({ nodeId, provider }) => edge(`node_${nodeId}`, "is owned by", party(provider))),
    ...buckets.map(({ bucketId, owner }) => edge(`bucket_${bucketId}`, "is owned by", party(owner))),
    ...buckets.map(({ bucketId, clusterId }) => edge(`bucket_${bucketId}`, "is allocated into", `cluster_${clusterId}`)),
  ];
  const people = [...parties].map(([address, id]) => box(id, "([", names.get(address) ?? shorten(address), "])"));
  return ["graph TD", ...people, ...lines].map((line, index) => (index === 0 ? line : `  ${line}`)).join("\n");
}

interface VnodeEdge {
  nodeId: bigint;
  label: string;
}

/** One edge a vnode; of many vnodes, one edge a node with the ranges of its vnodes: `vNode_0..7,16`. */
function vnodeEdges(vnodes: readonly bigint[]): VnodeEdge[] {
  if (vnodes.length <= MANY_VNODES) return vnodes.map((nodeId, index) => ({ nodeId, label: `vNode_${index}` }));
  const ofNode = new Map<bigint, number[]>();
  vnodes.forEach((nodeId, index) => ofNode.set(nodeId, [...(ofNode.get(nodeId) ?? []), index]));
  return [...ofNode].map(([nodeId, indices]) => ({ nodeId, label: `vNode_${rangesOf(indices)}` }));
}

function rangesOf(indices: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to + 1 === index) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  const shown = ranges.slice(0, 4).map(({ from, to }) => (from === to ? `${from}` : `${from}..${to}`));
  const rest = ranges.length > shown.length ? `, … ${indices.length} in all` : "";
  return shown.join(",") + rest;
}

function box(id: string, open: string, text: string, close: string): string {
  return `${id}${open}"${text}"${close}`;
}

function edge(from: string, label: string, to: string): string {
  return `${from} -- "${label}" --> ${to}`;
}

function shorten(address: string): string {
  return address === ZERO_ADDRESS ? "nobody" : `${address.slice(0, 6)}…${address.slice(-4)}`;
}
