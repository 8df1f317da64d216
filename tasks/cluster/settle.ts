import { calls, readLine } from "../../src";
import { clusterId, count, optional } from "../support/arguments";
import { defineWrite } from "../support/define";
import { clusterSection, title, scaledAmountOf } from "../support/sections";

/** As many as other calls cross on their way. */
const MAX_TICKS = 2_000n;

defineWrite({
  name: "cluster:settle",
  description: "Settles a cluster with all its payers. Other calls do this on their way, unless there is too much to settle; for anyone",
  arguments: {
    cluster: clusterId(),
    maxTicks: optional(count(`Maximum number of hourly ticks to cross; ${MAX_TICKS} by default`, "number of ticks")),
  },
  call: ({ addresses }, { cluster, maxTicks = MAX_TICKS }) => calls.settleCluster(addresses, { clusterId: cluster, maxTicks }),
  written: async (context, { cluster }) => {
    const { currency } = await context.registries.clusterRegistry.getCluster(cluster);
    const line = await readLine(context.registries, cluster);
    const earned = scaledAmountOf(line.scaledRevenue, await context.currency(currency));
    const what = line.isSettled
      ? `Cluster ${cluster} has ${earned} to distribute, as of now.`
      : `Cluster ${cluster} is settled in part, and has ${earned} to distribute so far: repeat the command.`;
    return [title(what), await clusterSection(context, cluster), { key: "line", text: "", data: line }];
  },
});
