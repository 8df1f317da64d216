import { type SentCall, calls } from "../../src";
import { bucketIds } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { scaledAmountOf, headline } from "../support/parts";

interface Payment {
  payer: string;
  clusterId: bigint;
  scaledSettled: bigint;
}

/** A payment, and what came back to the payer since it was not served. */
type Settled = Payment & { scaledRefunded: bigint };

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
    const settled = eventsOf<Payment>(sent, "PaymentSettled").map((payment) => ({ ...payment, scaledRefunded: returnedTo(sent, payment) }));
    if (settled.length === 0) return [headline("There was nothing to settle.")];
    const lines = await Promise.all(settled.map((payment) => describe(context, payment)));
    return [{ key: "settled", text: lines.join("\n"), data: settled }];
  },
});

async function describe(context: TaskContext, { payer, clusterId, scaledSettled, scaledRefunded }: Settled): Promise<string> {
  const { currency } = await context.registries.clusterRegistry.getCluster(clusterId);
  const info = await context.currency(currency);
  const back = scaledRefunded === 0n ? "" : `, and gets back ${scaledAmountOf(scaledRefunded, info)} that was not served`;
  return `${context.nameOf(payer)} has paid ${scaledAmountOf(scaledSettled, info)} to cluster ${clusterId}${back}.`;
}

function eventsOf<T>({ events }: SentCall, wanted: string): T[] {
  return events.filter(({ name }) => name === wanted).map(({ args }) => args as T);
}

function returnedTo(sent: SentCall, { payer, clusterId }: Payment): bigint {
  const returned = eventsOf<{ payer: string; clusterId: bigint; scaledAmount: bigint }>(sent, "UnservedRefunded");
  return returned.find((found) => found.payer === payer && found.clusterId === clusterId)?.scaledAmount ?? 0n;
}
