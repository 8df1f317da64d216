import { ZERO_ADDRESS, calls, readClusterTrust } from "../../src";
import { clusterId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";
import { trustParts } from "../support/trust";

defineWrite({
  name: "cluster:offer-management",
  description: "Offers the management of a cluster, and lists the providers that do not trust the recipient yet; for its manager",
  arguments: { cluster: clusterId(), to: partyOrNobody("Recipient of the offer; nobody withdraws it") },
  call: ({ addresses }, { cluster, to }) => calls.offerManagement(addresses, { clusterId: cluster, manager: to }),
  written: async (context, { cluster, to }) => [
    title(`The management is offered to ${context.nameOf(to)}.`),
    await clusterSection(context, cluster),
    ...(to === ZERO_ADDRESS ? [] : trustParts(context, await readClusterTrust(context.registries, cluster, to))),
  ],
});
