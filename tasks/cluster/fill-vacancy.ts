import { calls } from "../../src";
import { clusterId, count, flag, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:fill-vacancy",
  description: "Lets a node serve a vacant vnode from now on; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    vnode: count("The index of a vacant vnode, counted from 0", "index"),
    node: nodeId("The node that serves it from then on"),
    allVacant: flag("Fill all vnodes that became vacant together, with a node that is not in the cluster yet"),
  },
  call: ({ addresses }, { cluster, vnode, node, allVacant }) =>
    calls.fillVacancy(addresses, { clusterId: cluster, vnodeIndex: vnode, nodeId: node, allVacant }),
  written: async (context, { cluster, vnode, node, allVacant }) => [
    title(`Node ${node} serves ${allVacant ? `vnode ${vnode} and those that became vacant with it` : `vnode ${vnode}`}.`),
    await governancePart(context, cluster),
  ],
});
