import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { headline } from "../support/parts";

defineWrite({
  name: "node:accept-terms",
  description: "Agrees to the terms of a cluster (cluster:terms shows them) for a node; for its provider",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.acceptTerms(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }) => [
    headline(`The terms of cluster ${cluster} are accepted for node ${node}.`),
    await governancePart(context, cluster),
  ],
});
