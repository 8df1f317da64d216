import { calls, formatBps } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { headline } from "../support/parts";

defineWrite({
  name: "cluster:finish-report",
  description: "Lets a report on a node's quality take effect, when the notice is over; for anyone",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.finishReport(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }, { event }) => {
    const { qualityBps } = event("QualityChanged") as { qualityBps: bigint };
    return [
      headline(`Node ${node} counts as ${formatBps(qualityBps)} of itself in cluster ${cluster}: owners get back what is missing.`),
      await governancePart(context, cluster),
    ];
  },
});
