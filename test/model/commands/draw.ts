import fc from "fast-check";

import { MAX_RESOURCE } from "../model/limits";
import type { Address, Bucket, Cluster, Node } from "../model/state";
import type { World } from "./command";

// What commands draw, and what it comes to once it is known what there is.

/** Picks one of however many there will be. */
export const pick = fc.nat({ max: 99 });

/** Mostly whom it takes, sometimes anybody. */
export const caller = fc.oneof({ weight: 24, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pick });

export type Caller = number | undefined;

/** Of nothing. */
export const NO_ID = 999n;

export const NO_LIMIT = 2n ** 128n - 1n;

/** Some resource: mostly little. */
export const resource = fc.constantFrom(1n, 1n, 2n, 3n, 3n, 10n, 10n, 0n, MAX_RESOURCE);

/** None, what fits in a slot, and what does not. */
export const params = fc.constantFrom("", "", "{}", `{"url":"https://${"node".repeat(10)}.example"}`);

/** What somebody agrees to: mostly anything, sometimes just what it is, or less. */
export const limit = fc.constantFrom("any", "any", "any", "any", "any", "any", "any", "exact", "exact", "less");

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

/** One of the items that satisfy a test, if there are any; one time in ten of all. */
function preferred<T>(items: Iterable<T>, picked: number, test: (item: T) => boolean): T | undefined {
  const all = [...items];
  return chosen(picked % 10 === 9 ? all : all.filter(test), picked);
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
