import { Fraction } from "../fraction";
import { SCALED, shareOf } from "./rounding";
import type { Account, Address, Cluster, State, Unserved } from "./state";
import { FULL_QUALITY, rentPerUnit, servedVnodes, weight } from "./vnodes";

// What clusters earn, and what of it they do not serve.

const NOTHING: Unserved = { withheld: Fraction.ZERO, late: Fraction.ZERO };

/** The part of what its owners pay for that a cluster does not serve: by weights, or by vnodes where all rents are zero. */
export function unservedShare(cluster: Cluster): Fraction {
  if (cluster.unservedSince === undefined) return Fraction.ZERO;
  const nominal = rentPerUnit(cluster) * FULL_QUALITY;
  if (nominal !== 0n) return shareOf(nominal - weight(cluster), nominal);
  const all = BigInt(cluster.vnodes.length) * FULL_QUALITY;
  return shareOf(all - servedVnodes(cluster), all);
}

/** A payer pays what the cluster knows of, and what it does not know of before the payer's account is touched. */
export function receive(cluster: Cluster, payer: Address, known: Fraction, late: Fraction): void {
  cluster.pool = cluster.pool.plus(known);
  const share = unservedShare(cluster);
  if (share.isZero) return;
  const before = cluster.unserved.get(payer) ?? NOTHING;
  cluster.unserved.set(payer, { withheld: before.withheld.plus(known.times(share)), late: before.late.plus(late.times(share)) });
}

/** What a payer has back: all that was not served, unless it is not known what of what it paid late was not. */
export function refundOf(cluster: Cluster, payer: Address, account: Account): Fraction {
  const { withheld, late } = cluster.unserved.get(payer) ?? NOTHING;
  return (isLateKnown(cluster, account) ? withheld.plus(late) : withheld).floorTo(SCALED);
}

/** Of an account that has run out of funds since its registered end it is known only if what is not served has not changed since. */
function isLateKnown({ currency, unservedSince }: Cluster, { knownUntil, late }: Account): boolean {
  if (knownUntil.plus(late).equals(currency.cost)) return true;
  return unservedSince === undefined || !knownUntil.isBelow(unservedSince);
}

/** A payer's account is touched. */
export function passOn(cluster: Cluster, payer: Address, late: Fraction, refund: Fraction): void {
  cluster.pool = cluster.pool.plus(late).minus(refund);
  cluster.unserved.delete(payer);
}

/** What is withheld from a cluster until payers have it back. */
export function withheldFrom({ unserved }: Cluster): Fraction {
  return Fraction.sum([...unserved.values()].map(({ withheld }) => withheld)).ceilTo(SCALED);
}

/** What a cluster has earned and can distribute. */
export function payableOf(cluster: Cluster): Fraction {
  return cluster.pool.minus(withheldFrom(cluster));
}

/** A stream's registered end passes. */
export function passEnd(cluster: Cluster, rate: bigint): void {
  cluster.passedRate += rate;
}

export function settle(cluster: Cluster): void {
  cluster.passedRate = 0n;
}

/** What is served has changed, or may have. Where all has always been served, and is now, nothing is noted. */
export function noteServed({ lines }: State, cluster: Cluster, isLess = false): void {
  const { currency, id, unservedSince, notedShare } = cluster;
  if (!isLess && unservedSince === undefined) return;
  settle(cluster);
  lines.set(id, currency);
  cluster.unservedSince = unservedSince ?? currency.cost;
  cluster.notedShare = unservedShare(cluster);
  // The same share again changes nothing.
  if (notedShare?.equals(cluster.notedShare) !== true) cluster.unservedSince = currency.cost;
}
