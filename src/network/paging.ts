import { isUnreachable } from "../errors";

type Page<T> = readonly [items: readonly T[], total: bigint];

/** Longer pages of structs take longer in all: ethers decodes them in the square of their length. */
const LARGEST_PAGE = 100n;

interface PagingOptions {
  /** Where the numbers start: 1 for ids, 0 for vnodes. */
  first?: bigint;
  /** How many to ask for at once. */
  largest?: bigint;
}

/**
 * Reads all the items of a `list…` function, page by page. A node that refuses a page (too much gas, too long an answer) gets asked for
 * smaller ones, and for larger ones again as soon as it answers.
 */
export async function readPages<T>(
  readPage: (offset: bigint, limit: bigint) => Promise<Page<T>>,
  { first = 1n, largest = LARGEST_PAGE }: PagingOptions = {},
): Promise<T[]> {
  const all: T[] = [];
  let limit = largest;
  let offset = first;
  for (let total = offset + 1n; offset < total;) {
    try {
      const [items, newTotal] = await readPage(offset, limit);
      all.push(...items);
      total = newTotal;
      offset += limit;
      limit = limit * 2n < largest ? limit * 2n : largest;
    } catch (error) {
      if (limit === 1n || isUnreachable(error)) throw error;
      limit /= 2n;
    }
  }
  return all;
}

/** Calls an asynchronous function for each item, a few at a time, and keeps the order. */
export async function mapLimited<T, R>(items: readonly T[], each: (item: T) => Promise<R>, atOnce = 20): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(each))));
  }
  return results;
}
