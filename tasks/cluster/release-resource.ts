import { calls } from "../../src";
import { clusterId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:release-resource",
  description: "Releases unused resource of each vnode of a cluster; for its manager",
  arguments: { cluster: clusterId(), resource: count("Units per vnode to release", "resource") },
  call: ({ addresses }, { cluster, resource }) => calls.releaseResource(addresses, { clusterId: cluster, perVnode: resource }),
  written: async (context, { cluster, resource }) => [
    title(`${resource} units of each vnode are released.`),
    await clusterSection(context, cluster),
  ],
});
