import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:vacate-uncovered",
  description: "Vacates the vnodes of a node whose bond has not covered them for seven days; for anyone",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.vacateUncovered(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }) => [
    title(`Node ${node} serves cluster ${cluster} no longer: its vnodes are vacant.`),
    await governancePart(context, cluster),
  ],
});
