import { calls, formatBps } from "../../src";
import { clusterId, code, nodeId, optional, share, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:report-quality",
  description: "Reports a node's quality in a cluster, effective at once; for the node's validator",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    quality: share("Share of its service that the node delivers", "quality"),
    code: optional(code("Reason code that the parties know; 0 by default")),
    reference: optional(text("Reference to the reason: a hash or a link")),
  },
  call: ({ addresses }, { cluster, node, quality, code: reason = 0n, reference = "" }) =>
    calls.reportQuality(addresses, { clusterId: cluster, nodeId: node, qualityBps: quality, code: reason, reference }),
  written: async (context, { cluster, node, quality }) => [
    title(`Node ${node} has a quality of ${formatBps(quality)} in cluster ${cluster}. Earlier revenues are shared by the earlier quality.`),
    await governancePart(context, cluster),
  ],
});
