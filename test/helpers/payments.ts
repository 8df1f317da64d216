import { type ContractTransactionResponse, toBeHex, zeroPadValue } from "ethers";
import { ethers } from "hardhat";

import type { PaymentsHarness } from "../../cache/typechain-types";

// A book of payments in one currency, whose index moves only when a test says so.

/** A tick of its index: 2^12, the power of two that is nearest to an hour at 1 a second. */
export const TICK = 4_096n;
/** All of what a cluster should serve, as an unserved share. */
export const WHOLE = 2n ** 32n;
/** As many ticks as there are. */
export const ALL_TICKS = 10n ** 9n;
/** How far from an account's touch its streams are registered to end at most. */
export const MAX_END_TICKS = 2n ** 40n - 1n;

export const [ALICE, BOB, CAROL] = [1, 2, 3].map((number) => zeroPadValue(toBeHex(number), 20)) as [string, string, string];

export interface Book {
  harness: PaymentsHarness;
  /** Lets the index be that. */
  goTo: (index: bigint) => Promise<void>;
  raise: (payer: string, clusterId: bigint, rate: bigint) => Promise<ContractTransactionResponse>;
  lower: (payer: string, clusterId: bigint, rate: bigint) => Promise<ContractTransactionResponse>;
  /** A line's rate, base and the tick up to which it was crossed. */
  line: (clusterId?: bigint) => Promise<{ rate: bigint; base: bigint; crossedTick: bigint }>;
  /** What ends at a tick, and whether it is marked. */
  end: (tick: bigint, clusterId?: bigint) => Promise<[rate: bigint, marked: boolean]>;
  /** What the cluster has earned, served and not been paid, and what is withheld. */
  pool: (clusterId?: bigint) => Promise<[earned: bigint, withheld: bigint]>;
  /** Takes what can be taken after so many ticks, and says how much that was. */
  take: (maxTicks?: bigint, clusterId?: bigint) => Promise<bigint>;
  balanceOf: (payer: string) => Promise<bigint>;
}

export async function newBook(): Promise<Book> {
  const harness = await ethers.deployContract("PaymentsHarness", [1]);
  return {
    harness,
    goTo: async (index) => {
      const { index: now } = await harness.indexNow();
      await harness.advance(index - now);
    },
    raise: (payer, clusterId, rate) => harness.changeRate({ payer, clusterId, currencyId: 1, rate }, true),
    lower: (payer, clusterId, rate) => harness.changeRate({ payer, clusterId, currencyId: 1, rate }, false),
    line: async (clusterId = 1n) => {
      const { rate, base, crossedTick } = await harness.lineOf(clusterId);
      return { rate, base, crossedTick };
    },
    end: async (tick, clusterId = 1n) => {
      const [[rate], [marked]] = await harness.endsOf(clusterId, [tick]);
      return [rate ?? 0n, marked ?? false];
    },
    pool: async (clusterId = 1n) => {
      const [earned, withheld] = await harness.preview(clusterId, ALL_TICKS);
      return [earned, withheld];
    },
    take: async (maxTicks = ALL_TICKS, clusterId = 1n) => {
      const amount = await harness.take.staticCall(clusterId, maxTicks);
      await harness.take(clusterId, maxTicks);
      return amount;
    },
    balanceOf: async (payer) => (await harness.payerOf(payer)).payer.accrued.balance,
  };
}
