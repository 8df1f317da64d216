import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { headline } from "../support/parts";

defineWrite({
  name: "cluster:finish-fill",
  description: "Fills a vacancy as announced, when the notice is over; for anyone",
  arguments: { cluster: clusterId(), node: nodeId("The node that it is announced for") },
  call: ({ addresses }, { cluster, node }) => calls.finishFill(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }) => [headline(`Node ${node} has filled the vacancy.`), await governancePart(context, cluster)],
});
