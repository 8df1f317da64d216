import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";

defineWrite({
  name: "cluster:finish-rent",
  description: "Applies a rent that a cluster's manager has accepted, when its notice is over; for anyone",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.finishRent(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }) => [
    headline(`Node ${node} is paid the rent that was accepted.`),
    await clusterPart(context, cluster),
  ],
});
