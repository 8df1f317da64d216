import { calls } from "../../src";
import { clusterId, nodeIds } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:fill",
  description: "Puts nodes on the vnodes of a cluster with terms, once their providers have accepted and posted bonds; for its manager",
  arguments: { cluster: clusterId(), nodes: nodeIds("The nodes to put its vnodes on in turn, for example 1,2,3") },
  call: ({ addresses }, { cluster, nodes }) => calls.fillCluster(addresses, { clusterId: cluster, nodeIds: nodes }),
  written: async (context, { cluster, nodes }) => [
    title(`The vnodes of cluster ${cluster} are on nodes ${nodes.join(", ")}.`),
    await clusterSection(context, cluster),
    await governancePart(context, cluster),
  ],
});
