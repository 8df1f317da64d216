import { time } from "@nomicfoundation/hardhat-network-helpers";

export const HOUR = 3_600n;
export const DAY = 24n * HOUR;

/** The timestamp of the latest block. */
export async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

/** Lets the next transaction be mined at exactly this second. */
export async function nextAt(timestamp: bigint): Promise<void> {
  await time.setNextBlockTimestamp(timestamp);
}

/** Mines a block at exactly this second, so that views see it. */
export async function goTo(timestamp: bigint): Promise<void> {
  await time.increaseTo(timestamp);
}
