import { calls } from "../../src";
import { clusterId, count } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";

defineWrite({
  name: "cluster:release-resource",
  description: "Gives back resource of each vnode that no bucket uses; for the cluster's manager",
  arguments: { cluster: clusterId(), resource: count("Units per vnode to give back", "resource") },
  call: ({ addresses }, { cluster, resource }) => calls.releaseResource(addresses, { clusterId: cluster, perVnode: resource }),
  written: async (context, { cluster, resource }) => [
    headline(`${resource} units of each vnode are released.`),
    await clusterPart(context, cluster),
  ],
});
