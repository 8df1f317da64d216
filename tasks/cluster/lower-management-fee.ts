import { calls, formatBps } from "../../src";
import { clusterId, fee } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title } from "../support/sections";

defineWrite({
  name: "cluster:lower-management-fee",
  description: "Lowers the management fee of a cluster, after distributing at the old one; for its manager",
  arguments: { cluster: clusterId(), fee: fee("The new fee") },
  call: ({ addresses }, { cluster, fee: managementFeeBps }) =>
    calls.lowerManagementFee(addresses, { clusterId: cluster, managementFeeBps }),
  written: async (context, { cluster, fee: bps }) => [
    title(`The management fee is ${formatBps(bps)}.`),
    await clusterSection(context, cluster),
  ],
});
