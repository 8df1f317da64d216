import { isUnreachable } from "../errors";

const LARGEST_RANGE = 50_000;

export interface RangeOptions {
  /** From the last block to the first: for those who look for something recent, and can stop. */
  newestFirst?: boolean;
  /** Is told after each range how many of the blocks have been read. */
  onProgress?: (read: number, total: number) => void;
}

/**
 * Reads logs range by range of blocks, both ends included. A node that refuses a range (public ones limit their length, or how much they
 * answer) gets asked for smaller ones, and for larger ones again once it answers.
 */
export async function* readRanges<T>(
  query: (from: number, to: number) => Promise<T[]>,
  from: number,
  to: number,
  { newestFirst = false, onProgress }: RangeOptions = {},
): AsyncGenerator<T[]> {
  const total = Math.max(to - from + 1, 0);
  let length = LARGEST_RANGE;
  for (let read = 0; read < total;) {
    const count = Math.min(length, total - read);
    const start = newestFirst ? to - read - count + 1 : from + read;
    let logs: T[];
    try {
      logs = await query(start, start + count - 1);
    } catch (error) {
      if (count === 1 || isUnreachable(error)) throw error;
      length = Math.floor(count / 2);
      continue;
    }
    read += count;
    length = Math.min(length * 2, LARGEST_RANGE);
    onProgress?.(read, total);
    yield logs;
  }
}

/** All the logs of a range of blocks, in their order. */
export async function readAllLogs<T>(
  query: (from: number, to: number) => Promise<T[]>,
  from: number,
  to: number,
  options: Omit<RangeOptions, "newestFirst"> = {},
): Promise<T[]> {
  const logs: T[] = [];
  for await (const some of readRanges(query, from, to, options)) logs.push(...some);
  return logs;
}
