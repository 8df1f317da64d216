import type { PaymentsHarness } from "../../../cache/typechain-types";
import { address, ALL_TICKS, CLUSTERS } from "./steps";

const RATE_BITS = 96n;

/** A stream as a touch is about to find it. */
export interface PendingStream {
  cluster: number;
  rate: bigint;
  refund: bigint;
}

/** An account of the harness, now. */
export interface PayerStatus {
  balance: bigint;
  paidIndex: bigint;
  index: bigint;
  rate: bigint;
  /** The currency's index at which its streams are registered to end; 0: they are not, or that has passed. */
  end: bigint;
  /** Up to where its clusters know what it paid, and how much of the index it paid for beyond. */
  endIndex: bigint;
  late: bigint;
  streams: PendingStream[];
}

export async function payerOf(harness: PaymentsHarness, account: number): Promise<PayerStatus> {
  const [{ accrued, streams }, refunds] = await harness.payerOf(address(account));
  const { balance, endIndex, index, late, rate, registered, skipped } = accrued;
  return {
    balance,
    paidIndex: index - skipped,
    index,
    rate,
    end: registered && endIndex > index ? endIndex : 0n,
    endIndex,
    late,
    streams: refunds.map((refund, i) => {
      const stream = streams[i] ?? 0n;
      return { cluster: Number(stream >> RATE_BITS), rate: stream & (2n ** RATE_BITS - 1n), refund };
    }),
  };
}

/** What each cluster has earned and not been paid, and what is withheld from it, once all ends are crossed. */
export async function revenues(harness: PaymentsHarness): Promise<{ earned: bigint[]; withheld: bigint[] }> {
  const [earned, withheld] = await harness.revenues(CLUSTERS, ALL_TICKS);
  return { earned: [...earned], withheld: [...withheld] };
}

export const rateChange = (account: number, cluster: number, rate: bigint) => ({
  payer: address(account),
  clusterId: cluster,
  currencyId: 1,
  rate,
});
