import { calls, formatTime } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "node:announce-exit",
  description: "Announces that a node leaves a cluster; for its provider",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.announceExit(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }, { event }) => {
    const { exitAt } = event("ExitAnnounced") as { exitAt: bigint };
    return [
      title(`Node ${node} leaves cluster ${cluster}, once anyone calls node:finish-exit (from ${formatTime(exitAt)} on).`),
      await governancePart(context, cluster),
    ];
  },
});
