import { readClusterTrust } from "../../src";
import { clusterId, optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { trustParts } from "../support/trust";

defineRead({
  name: "cluster:providers",
  description: "Shows the providers of a cluster's nodes, and which of them do not trust a manager",
  arguments: {
    cluster: clusterId(),
    manager: optional(party("Manager; by default the one that the management is offered to, or else the present one")),
  },
  read: async (context, { cluster, manager }) => trustParts(context, await readClusterTrust(context.registries, cluster, manager)),
});
