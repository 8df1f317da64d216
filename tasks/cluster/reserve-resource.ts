import { calls } from "../../src";
import { clusterId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:reserve-resource",
  description: "Reserves more resource for each vnode of a cluster; for its manager",
  arguments: { cluster: clusterId(), resource: count("Units per vnode to add", "resource") },
  call: ({ addresses }, { cluster, resource }) => calls.reserveResource(addresses, { clusterId: cluster, perVnode: resource }),
  written: async (context, { cluster, resource }) => [
    title(`${resource} more units are reserved for each vnode.`),
    await clusterSection(context, cluster),
  ],
});
