import { time } from "@nomicfoundation/hardhat-network-helpers";

import { MONTH } from "../fixtures";

/** By how much an index grows in a second at a price of one wei of a USD, and how many scaled units a token in a month is, per second. */
export const INDEX_SCALE = 10n ** 36n;

/** The largest rate that an account may pay: 96 bits. */
export const MAX_RATE = 2n ** 96n - 1n;

export const MAX_UINT64 = 2n ** 64n - 1n;

/** Scaled units of one base unit: a whole token is 10^36 x the seconds of a month of them. */
export const scale = (decimals: bigint): bigint => (INDEX_SCALE * MONTH) / 10n ** decimals;

/** By how much an index grows in a second at a price (USD, 18 decimals, per token). */
export const indexPerSecond = (usdPerToken: bigint): bigint => INDEX_SCALE / usdPerToken;

/** When the newest block was. */
export const now = async (): Promise<bigint> => BigInt(await time.latest());

/** Makes the next transaction happen at that time (unix seconds). */
export const at = (timestamp: bigint): Promise<void> => time.setNextBlockTimestamp(timestamp);

/** Lets it be that time now, for views. */
export const passTo = (timestamp: bigint): Promise<void> => time.increaseTo(timestamp);
