import type { CurrencyInfo, SentCall } from "../../src";
import type { TaskContext } from "./context";
import { scaledAmountOf } from "./sections";

/** A refund to a payer for missing service. */
export interface Refund {
  payer: string;
  clusterId: bigint;
  scaledAmount: bigint;
}

/** Whatever touches an account hands out its refunds first. */
export function refundsIn({ events }: SentCall): Refund[] {
  return events.filter(({ name }) => name === "UnservedRefunded").map(({ args }) => args as unknown as Refund);
}

/** A sentence for each refund, to be put after others; nothing where there is none. */
export function refundText({ nameOf }: TaskContext, refunds: readonly Refund[], currency: CurrencyInfo): string {
  return refunds
    .map(({ payer, clusterId, scaledAmount }) => {
      const amount = scaledAmountOf(scaledAmount, currency);
      return ` ${amount} that cluster ${clusterId} did not serve came back to ${nameOf(payer)}.`;
    })
    .join("");
}
