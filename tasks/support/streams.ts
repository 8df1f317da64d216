import { type CurrencyInfo, formatUsd, readStreams } from "../../src";
import type { TaskContext } from "./context";
import { scaledAmountOf } from "./sections";
import type { Section } from "./report";
import { table } from "./tables";

/** An account's payments by cluster, and the effect of touching it. */
export async function streamsPart(context: TaskContext, account: string, currencies: readonly CurrencyInfo[]): Promise<Section> {
  const ofEach = await Promise.all(
    currencies.map(async (info) =>
      (await readStreams(context.registries, { account, currency: info.currency })).map((stream) => ({ stream, info })),
    ),
  );
  const streams = ofEach.flat();
  const rows = streams.map(({ stream: { clusterId, ratePerMonth, scaledLate, scaledUnserved }, info }) => [
    String(clusterId),
    formatUsd(ratePerMonth),
    scaledAmountOf(scaledLate, info),
    scaledAmountOf(scaledUnserved, info),
  ]);
  const text = rows.length === 0 ? "" : table(["Cluster", "Pays (USD/month)", "Not passed on yet", "To be refunded"], rows);
  return { key: "streams", text, data: streams.map(({ stream, info }) => ({ ...stream, currency: info.currency })) };
}
