import { isUnreachable } from "../errors";

type Page<T> = readonly [items: readonly T[], lastId: bigint];

/** Longer pages of structs take longer in all: ethers decodes them in the square of their length. Many pages are asked for at once. */
const LARGEST_PAGE = 25n;

/** How many views to ask for at once: a batch of some requests (see `BatchRunner`). */
export const VIEWS_AT_ONCE = 400;

interface PagingOptions {
  /** Where the numbers start: 1 for ids, 0 for vnodes. */
  first?: bigint;
  /** How many to ask for at once. */
  largest?: bigint;
  /** Is told after each page how many ids have been read. */
  onProgress?: ((read: bigint, total: bigint) => void) | undefined;
}

/**
 * Reads all the items of a `list…` function: a page, which gives the highest id, and then the others at the same time. A node that
 * refuses a page (too much gas, too long an answer) gets asked for smaller ones from then on.
 */
export async function readPages<T>(
  readPage: (offset: bigint, limit: bigint) => Promise<Page<T>>,
  { first = 1n, largest = LARGEST_PAGE, onProgress }: PagingOptions = {},
): Promise<T[]> {
  const all: T[] = [];
  let allowed = largest;
  let [offset, end, read] = [first, first + 1n, 0n];

  const readSome = async (start: bigint, limit: bigint): Promise<T[]> => {
    let items: readonly T[];
    try {
      const [found, lastId] = await readPage(start, limit);
      if (lastId >= end) end = lastId + 1n;
      items = found;
    } catch (error) {
      if (limit === 1n || isUnreachable(error)) throw error;
      const half = limit / 2n;
      if (half < allowed) allowed = half;
      return [...(await readSome(start, half)), ...(await readSome(start + half, limit - half))];
    }
    read += limit;
    const ids = end - first;
    onProgress?.(read < ids ? read : ids, ids);
    return [...items];
  };

  while (offset < end) {
    // The first page tells the number of items. Items added in the meantime come after them.
    const next = offset === first ? first + largest : end;
    const [size, begin] = [allowed, offset];
    const starts = Array.from({ length: Number((next - begin + size - 1n) / size) }, (_, index) => begin + BigInt(index) * size);
    const pages = await mapLimited(starts, (start) => readSome(start, start + size < next ? size : next - start), VIEWS_AT_ONCE);
    all.push(...pages.flat());
    offset = next;
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
