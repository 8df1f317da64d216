import { calls, formatBps } from "../../src";
import { clusterId, code, nodeId, optional, share, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:report-quality",
  description: "Reports how well a node serves a cluster, which takes effect at once; for the node's validator",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    quality: share("How much of what it should serve it serves", "quality"),
    code: optional(code("Why, as a number that those concerned know; 0 unless given")),
    reference: optional(text("Why, at length: a hash or a link")),
  },
  call: ({ addresses }, { cluster, node, quality, code: reason = 0n, reference = "" }) =>
    calls.reportQuality(addresses, { clusterId: cluster, nodeId: node, qualityBps: quality, code: reason, reference }),
  written: async (context, { cluster, node, quality }) => [
    title(`Node ${node} counts as ${formatBps(quality)} of itself in cluster ${cluster}. What was earned before is shared as it was.`),
    await governancePart(context, cluster),
  ],
});
