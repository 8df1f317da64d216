// Pure arithmetic that the replica shares between its parts.

export const MAX_UINT64 = 2n ** 64n - 1n;
export const NOBODY = `0x${"00".repeat(20)}`;
export const BPS = 10_000n;
export const DAY = 86_400n;
export const MONTH = 31n * DAY;

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** How many scaled units one base unit of a token with these decimals is. */
export const scaleOf = (decimals: bigint): bigint => MONTH * 10n ** (36n - decimals);

/** What a log says is not what follows from the logs before it: one of those is missing, or the contracts do something else. */
export class Contradiction extends Error {}

export function insist(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Contradiction(message);
}

/** Of a log: what it says twice has to agree with what follows from the logs before it. */
export function insistEqual(found: unknown, expected: unknown, what: string): void {
  insist(found === expected, `${what}: the log says ${String(found)}, the logs before it ${String(expected)}.`);
}

/** The item with a key; it is created if there is none. */
export function got<K, V>(items: Map<K, V>, key: K, create: () => V): V {
  const known = items.get(key);
  if (known !== undefined) return known;
  const item = create();
  items.set(key, item);
  return item;
}

/** The item with a key, which the logs before have created. */
export function known<K, V>(items: ReadonlyMap<K, V>, key: K, what: string): V {
  const item = items.get(key);
  if (item === undefined) throw new Contradiction(`No log has created ${what} ${String(key)}.`);
  return item;
}
