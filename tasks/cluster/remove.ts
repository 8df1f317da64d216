import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:remove",
  description: "Removes a cluster that no bucket uses, after paying its nodes; for its manager",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.removeCluster(addresses, { clusterId: cluster }),
  written: async (_, { cluster }) => Promise.resolve([title(`Cluster ${cluster} is removed.`)]),
});
