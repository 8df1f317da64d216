import { calls, formatTime } from "../../src";
import { clusterId, count, flag, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { headline } from "../support/parts";

defineWrite({
  name: "cluster:fill-vacancy",
  description:
    "Lets a node serve a vacant vnode, after the notice for weights; at once while nothing is allocated; for the cluster's manager",
  arguments: {
    cluster: clusterId(),
    vnode: count("The index of a vacant vnode, counted from 0", "index"),
    node: nodeId("The node that serves it from then on"),
    whole: flag("Also all vnodes that became vacant with it, for a node that is not in the cluster yet"),
  },
  call: ({ addresses }, { cluster, vnode, node, whole }) =>
    calls.fillVacancy(addresses, { clusterId: cluster, vnodeIndex: vnode, nodeId: node, whole }),
  written: async (context, { cluster, vnode, node, whole }, { event }) => {
    const announced = event("FillAnnounced") as { effectiveAt: bigint } | undefined;
    const what = whole ? `vnode ${vnode} and those that became vacant with it` : `vnode ${vnode}`;
    const done =
      announced === undefined
        ? `Node ${node} serves ${what}.`
        : `Node ${node} is to serve ${what}, once somebody finishes it with cluster:finish-fill, within an hour from ${formatTime(announced.effectiveAt)} on.`;
    return [headline(done), await governancePart(context, cluster)];
  },
});
