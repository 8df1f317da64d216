import { type Row } from "../gas/meter";

/** What an operation costs in networks of several sizes. */
export interface Comparison extends Pick<Row, "contract" | "function" | "case"> {
  /** In each network, from the smallest to the largest. */
  gas: bigint[];
  /** How much more it is in the largest than in the smallest. */
  difference: bigint;
  /** What of the difference is in the calldata: a byte that is not zero costs 12 more. */
  calldata: bigint;
  /** What of it is in the slots, accounts and logs that it touches. */
  touched: bigint;
  /** What of it is neither. */
  computed: bigint;
}

/** Compares what the same operations cost in networks from the smallest to the largest. */
export function compare(measured: readonly (readonly Row[])[]): Comparison[] {
  const smallest = measured[0] ?? [];
  const largest = measured[measured.length - 1] ?? [];
  return smallest.map((small, index) => {
    const same = measured.map((rows) => rows[index]);
    if (same.some((row) => row === undefined || nameOf(row) !== nameOf(small))) {
      throw new Error(`"${nameOf(small)}" was not measured in all networks, in the same order.`);
    }
    const large = largest[index] ?? small;
    const calldata = large.calldata - small.calldata;
    const touched = large.floor - small.floor - calldata;
    const difference = large.gas - small.gas;
    return {
      ...{ contract: small.contract, function: small.function, case: small.case },
      gas: same.map((row) => row?.gas ?? 0n),
      ...{ difference, calldata, touched, computed: difference - calldata - touched },
    };
  });
}

/** What tells an operation from the others. */
export function nameOf({ contract, function: called, case: description }: Pick<Row, "contract" | "function" | "case">): string {
  return [contract, called, description].join(" ");
}
