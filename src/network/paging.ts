import { isUnreachable } from "../errors";

type Page<T> = readonly [items: T[], total: bigint];

const FIRST_PAGE = 100n;
const LARGEST_PAGE = 1_000n;

/**
 * Reads all the items of a `list…` function, page by page. A node that refuses a page (too much gas, too long an answer) gets asked for
 * smaller ones, a node that answers for larger ones.
 * @param first Where the numbers start: 1 for ids, 0 for vnodes.
 */
export async function readPages<T>(readPage: (offset: bigint, limit: bigint) => Promise<Page<T>>, first = 1n): Promise<T[]> {
  const all: T[] = [];
  let limit = FIRST_PAGE;
  let offset = first;
  for (let total = offset + 1n; offset < total;) {
    try {
      const [items, newTotal] = await readPage(offset, limit);
      all.push(...items);
      total = newTotal;
      offset += limit;
      limit = limit * 2n < LARGEST_PAGE ? limit * 2n : LARGEST_PAGE;
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
