import fc from "fast-check";

import type { Address, Bucket, Cluster, Node } from "../model/state";
import type { World } from "./command";

// What commands draw, and what it comes to once it is known what there is.

/** Picks one of however many there will be. */
export const pick = fc.nat({ max: 99 });

/** Mostly whom it takes, sometimes anybody. */
export const caller = fc.oneof({ weight: 24, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pick });

export type Caller = number | undefined;

export const NO_LIMIT = 2n ** 128n - 1n;

/** What somebody agrees to: mostly anything, sometimes just what it is, or less. */
export const limit = fc.constantFrom("any", "any", "any", "any", "any", "exact", "less");

export function agreed(to: bigint, drawn: string): bigint {
  if (drawn === "any") return NO_LIMIT;
  return drawn === "exact" || to === 0n ? to : to - 1n;
}

/** Rents from nothing to what cannot be counted, USD with 18 decimals. */
export const rent = fc.constantFrom(
  10n ** 18n,
  7n * 10n ** 18n,
  333_333_333_333_333_333n,
  0n,
  1n,
  10n ** 15n + 7n,
  10n ** 25n,
  2n ** 88n - 1n,
  2n ** 88n,
);

export function chosen<T>(items: Iterable<T>, picked: number): T | undefined {
  const all = [...items];
  return all[picked % all.length];
}

export function callerOf({ cast }: World, rightful: Address, drawn: Caller): Address {
  return (drawn === undefined ? undefined : chosen(cast.everyone, drawn)) ?? rightful;
}

/** One of the items; of those that satisfy a test, mostly, if there are any. */
function preferred<T>(items: Iterable<T>, picked: number, test: (item: T) => boolean): T | undefined {
  const all = [...items];
  const fitting = all.filter(test);
  return fitting.length === 0 || picked % 10 === 9 ? chosen(all, picked) : chosen(fitting, picked);
}

export function bucketFor({ model }: World, picked: number, test: (bucket: Bucket) => boolean = () => true): Bucket | undefined {
  return preferred(model.state.buckets.values(), picked, test);
}

export function clusterFor({ model }: World, picked: number, test: (cluster: Cluster) => boolean = () => true): Cluster | undefined {
  return preferred(model.state.clusters.values(), picked, test);
}

export function nodeFor({ model }: World, picked: number, test: (node: Node) => boolean = () => true): Node | undefined {
  return preferred(model.state.nodes.values(), picked, test);
}
