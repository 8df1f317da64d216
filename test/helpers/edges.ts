/** Numbers of up to so many bits at which arithmetic goes wrong: around zero, around powers of two, around the largest; and `more`. */
export function edges(bits: number, more: readonly bigint[] = []): bigint[] {
  const max = 2n ** BigInt(bits) - 1n;
  const powers = [8, 64, 96, 120, 128, 224].map((power) => 2n ** BigInt(power)).flatMap((power) => [power - 1n, power, power + 1n]);
  const all = [0n, 1n, 2n, ...powers, max - 1n, max, ...more];
  return [...new Set(all.filter((value) => value >= 0n && value <= max))];
}

/** All combinations of one of each. */
export function product<T extends unknown[]>(...lists: { [K in keyof T]: readonly T[K][] }): T[] {
  return lists.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]) as T[];
}

/** The same, so many at a time. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
