import { calls, formatBps, formatTime } from "../../src";
import { clusterId, code, nodeId, optional, share, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { headline } from "../support/parts";

defineWrite({
  name: "cluster:report-quality",
  description: "Reports how well a node serves a cluster, which takes effect after the notice for weights; for the cluster's validator",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    quality: share("How much of what it should serve it serves", "quality"),
    code: optional(code("Why, as a number that those concerned know; 0 unless given")),
    reference: optional(text("Why, at length: a hash or a link")),
  },
  call: ({ addresses }, { cluster, node, quality, code: reason = 0n, reference = "" }) =>
    calls.reportQuality(addresses, { clusterId: cluster, nodeId: node, qualityBps: quality, code: reason, reference }),
  written: async (context, { cluster, node }, { event }) => {
    const { qualityBps, effectiveAt } = event("QualityReported") as { qualityBps: bigint; effectiveAt: bigint };
    const what =
      `Node ${node} is to count as ${formatBps(qualityBps)} of itself in cluster ${cluster}, once somebody finishes it with ` +
      `cluster:finish-report (from ${formatTime(effectiveAt)} on). Settle before that, so that what was earned until then is shared as it was.`;
    return [headline(what), await governancePart(context, cluster)];
  },
});
