import {
  type BucketInfo,
  type SentCall,
  VIEWS_AT_ONCE,
  calls,
  findBucket,
  formatCoverage,
  formatUsd,
  mapLimited,
  readAccounts,
  readLine,
} from "../../src";
import { bucketIds } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { amountOf, title, now, scaledAmountOf } from "../support/sections";
import { refundsIn, refundText } from "../support/refunds";

/** An owner that pays a cluster, after its account was touched and the cluster settled. */
interface Settled {
  payer: string;
  clusterId: bigint;
  currency: string;
  balance: bigint;
  ratePerMonth: bigint;
  coveredUntil: bigint;
  /** Refund to the payer for missing service; scaled units. */
  scaledRefunded: bigint;
  /** The cluster's revenues from all payers that are not distributed, in scaled units. */
  scaledRevenue: bigint;
}

defineWrite({
  name: "bucket:settle-payment",
  description: "Passes the payments of buckets' owners on to their clusters, credits refunds, and settles the clusters; for anyone",
  arguments: { bucket: bucketIds("The bucket's id, or several, for example 1,2,3; of several, empty ones are skipped") },
  call: ({ addresses }, { bucket: bucketIds }) => {
    const [first] = bucketIds;
    return bucketIds.length === 1 && first !== undefined
      ? calls.settlePayment(addresses, { bucketId: first })
      : calls.settlePayments(addresses, { bucketIds });
  },
  written: async (context, { bucket: bucketIds }, { sent }) => {
    const found = await mapLimited(bucketIds, (bucketId) => findBucket(context.registries, bucketId), VIEWS_AT_ONCE);
    const paying = found.filter((bucket) => bucket !== undefined).filter(({ ratePerMonth }) => ratePerMonth > 0n);
    if (paying.length === 0) return [title("There was nothing to settle.")];
    // Buckets of one owner in one cluster share a stream.
    const streams = [...new Map(paying.map((bucket) => [`${bucket.owner} ${bucket.clusterId}`, bucket])).values()];
    const settled = await mapLimited(streams, (bucket) => readSettled(context, bucket, sent), VIEWS_AT_ONCE);
    const time = await now(context);
    const lines = await Promise.all(settled.map((payment) => describe(context, payment, time)));
    return [{ key: "settled", text: lines.join("\n"), data: settled }];
  },
});

async function readSettled({ registries }: TaskContext, { owner, clusterId }: BucketInfo, sent: SentCall): Promise<Settled> {
  const at = { blockTag: sent.blockNumber };
  const { currency } = await registries.clusterRegistry.getCluster(clusterId, at);
  const [account] = await readAccounts(registries, [owner], [{ currency }], at);
  const { scaledRevenue } = await readLine(registries, clusterId, at);
  const { balance = 0n, ratePerMonth = 0n, coveredUntil = 0n } = account ?? {};
  const refund = refundsIn(sent).find((found) => found.payer === owner && found.clusterId === clusterId);
  return {
    payer: owner,
    clusterId,
    currency,
    balance,
    ratePerMonth,
    coveredUntil,
    scaledRefunded: refund?.scaledAmount ?? 0n,
    scaledRevenue,
  };
}

async function describe(context: TaskContext, settled: Settled, time: bigint): Promise<string> {
  const { payer, clusterId, currency, balance, ratePerMonth, coveredUntil, scaledRefunded, scaledRevenue } = settled;
  const info = await context.currency(currency);
  const covered = coveredUntil <= time ? ": it is out of funds" : `, which covers it until ${formatCoverage(coveredUntil, time)}`;
  const refunds = scaledRefunded === 0n ? [] : [{ payer, clusterId, scaledAmount: scaledRefunded }];
  return (
    `${context.nameOf(payer)} pays ${formatUsd(ratePerMonth)} USD per month and has ${amountOf(balance, info)} left${covered}. ` +
    `Cluster ${clusterId} has ${scaledAmountOf(scaledRevenue, info)} to distribute.${refundText(context, refunds, info)}`
  );
}
