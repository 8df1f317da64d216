import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:accept-management",
  description: "Accepts the offered management of a cluster; the signer becomes its manager",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.acceptManagement(addresses, { clusterId: cluster }),
  written: async (context, { cluster }) => [title(`Cluster ${cluster} has a new manager.`), await clusterSection(context, cluster)],
});
