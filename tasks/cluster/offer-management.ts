import { calls } from "../../src";
import { clusterId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterPart, headline } from "../support/parts";

defineWrite({
  name: "cluster:offer-management",
  description: "Offers the management of a cluster to somebody; for its manager",
  arguments: { cluster: clusterId(), to: partyOrNobody("To whom; nobody withdraws the offer") },
  call: ({ addresses }, { cluster, to }) => calls.offerManagement(addresses, { clusterId: cluster, manager: to }),
  written: async (context, { cluster, to }) => [
    headline(`The management is offered to ${context.nameOf(to)}.`),
    await clusterPart(context, cluster),
  ],
});
