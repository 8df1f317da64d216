import { calls } from "../../src";
import { bucketIds } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { fineAmountOf, headline } from "../support/parts";

interface Settled {
  payer: string;
  clusterId: bigint;
  fineSettled: bigint;
}

defineWrite({
  name: "bucket:settle-payment",
  description: "Moves what the owners of buckets owe to their clusters",
  arguments: { bucket: bucketIds("The bucket's id, or several, for example 1,2,3; of several, those that owe nothing are skipped") },
  call: ({ addresses }, { bucket: bucketIds }) => {
    const [first] = bucketIds;
    return bucketIds.length === 1 && first !== undefined
      ? calls.settlePayment(addresses, { bucketId: first })
      : calls.settlePayments(addresses, { bucketIds });
  },
  written: async (context, _, { sent }) => {
    const settled = sent.events.filter(({ name }) => name === "PaymentSettled").map(({ args }) => args as unknown as Settled);
    if (settled.length === 0) return [headline("There was nothing to settle.")];
    const lines = await Promise.all(settled.map((payment) => describe(context, payment)));
    return [{ key: "settled", text: lines.join("\n"), data: settled }];
  },
});

async function describe(context: TaskContext, { payer, clusterId, fineSettled }: Settled): Promise<string> {
  const { currency } = await context.registries.clusterRegistry.getCluster(clusterId);
  const amount = fineAmountOf(fineSettled, await context.currency(currency));
  return `${context.nameOf(payer)} has paid ${amount} to cluster ${clusterId}.`;
}
