import { type Accrued } from "./accounts";
import { insistEqual } from "./numbers";

// What a cluster earns, by the formulas in the header of contracts/libraries/ClusterLines.sol.

export interface Line {
  currencyId: bigint;
  rate: bigint;
  crossedTick: bigint;
  base: bigint;
  unservedBase: bigint;
  hasUnserved: boolean;
  /** U from the last change of the share on: offset + share x index. */
  offset: bigint;
  share: bigint;
  unservedSince: bigint;
  ends: Map<bigint, bigint>;
  /** The ticks that have had ends and kept them: where a walk stops to look. */
  marked: Set<bigint>;
  unservedUpTo: Map<string, bigint>;
}

/** Marks U at an end that has been crossed. */
const CROSSED = 1n << 255n;
const SHARE_BITS = 32n;
const WORD = 256n;
/** How many ticks the contracts look at inside another call. */
export const MAX_TICKS = 2_000n;

export function newLine(): Line {
  return {
    currencyId: 0n,
    rate: 0n,
    crossedTick: 0n,
    base: 0n,
    unservedBase: 0n,
    hasUnserved: false,
    offset: 0n,
    share: 0n,
    unservedSince: 0n,
    ends: new Map(),
    marked: new Set(),
    unservedUpTo: new Map(),
  };
}

export function unservedAt({ offset, share }: Line, index: bigint): bigint {
  return offset + share * index;
}

export interface Change {
  oldRate: bigint;
  oldEnd: bigint;
  newRate: bigint;
  newEnd: bigint;
}

/** A stream adds something else to the line from now on. An end of zero: it is not on the line. */
export function changeLine(line: Line, { oldRate, oldEnd, newRate, newEnd }: Change, index: bigint, tickBits: bigint): void {
  const [before, after] = [oldEnd === 0n ? 0n : oldRate, newEnd === 0n ? 0n : newRate];
  if (before !== after) {
    if (line.rate === 0n) line.crossedTick = index >> tickBits;
    line.rate += after - before;
    line.base -= (after - before) * index;
    if (line.hasUnserved) line.unservedBase -= (after - before) * unservedAt(line, index);
  }
  if (before !== 0n) addEnd(line, oldEnd >> tickBits, -before);
  if (after !== 0n) addEnd(line, newEnd >> tickBits, after);
}

function addEnd({ ends, marked }: Line, tick: bigint, rate: bigint): void {
  const sum = (ends.get(tick) ?? 0n) + rate;
  ends.set(tick, sum);
  if (sum === 0n) marked.delete(tick);
  else marked.add(tick);
}

function marksBetween({ marked }: Line, after: bigint, upTo: bigint): bigint[] {
  return [...marked].filter((tick) => tick > after && tick <= upTo).sort((a, b) => (a < b ? -1 : 1));
}

/** All ends up to a tick are crossed. */
export function crossLine(line: Line, settledIndex: bigint, ratePerMonth: bigint, tickBits: bigint): void {
  const tick = settledIndex >> tickBits;
  for (const end of marksBetween(line, line.crossedTick, tick)) {
    const rate = line.ends.get(end)!;
    const at = end << tickBits;
    line.rate -= rate;
    line.base += rate * at;
    if (!line.hasUnserved) continue;
    line.unservedBase += rate * unservedAt(line, at);
    line.ends.set(end, CROSSED | unservedAt(line, at));
  }
  line.crossedTick = tick;
  insistEqual(ratePerMonth, line.rate, "The rate of a cluster that is settled");
}

export function setUnservedShare(line: Line, index: bigint, share: bigint): void {
  if (line.hasUnserved && share === line.share) return;
  line.offset = unservedAt(line, index) - share * index;
  Object.assign(line, { share, unservedSince: index, hasUnserved: true });
}

/** Passes on what a payer paid beyond its registered end. Returns its refund. */
export function settleLine(line: Line, payer: string, rate: bigint, accrued: Accrued, tickBits: bigint): bigint {
  let refund = 0n;
  if (line.hasUnserved) {
    const { onLine, beyond } = unservedOf(line, payer, rate, accrued, tickBits);
    refund = (onLine + beyond) >> SHARE_BITS;
    line.unservedBase -= onLine;
    line.unservedUpTo.set(payer, unservedAt(line, accrued.index));
  }
  line.base += rate * accrued.late - refund;
  return refund;
}

export function refundOf(line: Line, payer: string, rate: bigint, accrued: Accrued, tickBits: bigint): bigint {
  if (!line.hasUnserved) return 0n;
  const { onLine, beyond } = unservedOf(line, payer, rate, accrued, tickBits);
  return (onLine + beyond) >> SHARE_BITS;
}

function unservedOf(
  line: Line,
  payer: string,
  rate: bigint,
  { index, endIndex, registered, late }: Accrued,
  tickBits: bigint,
): { onLine: bigint; beyond: bigint } {
  const upTo = line.unservedUpTo.get(payer) ?? 0n;
  let until = upTo;
  if (registered) until = endIndex > index ? unservedAt(line, index) : unservedAtEnd(line, endIndex, tickBits);
  const onLine = rate * (until - upTo);
  if (late === 0n) return { onLine, beyond: 0n };
  if (late === index - endIndex) return { onLine, beyond: rate * (unservedAt(line, index) - until) };
  return { onLine, beyond: line.unservedSince <= endIndex ? rate * line.share * late : 0n };
}

function unservedAtEnd(line: Line, end: bigint, tickBits: bigint): bigint {
  const tick = end >> tickBits;
  const sum = line.ends.get(tick) ?? 0n;
  if (sum >= CROSSED) return sum ^ CROSSED;
  return tick <= line.crossedTick ? 0n : unservedAt(line, end);
}

export interface Preview {
  scaledRevenue: bigint;
  scaledUnserved: bigint;
  isSettled: boolean;
}

/** What the cluster has earned, and what of it is withheld, as far as one call can settle it. */
export function previewLine(line: Line, index: bigint, tickBits: bigint): Preview {
  let { rate, base, unservedBase } = line;
  let [reached, isSettled] = [index, true];
  if (rate !== 0n) {
    const last = index >> tickBits;
    const stop = lastLookedAt(line, last);
    isSettled = stop === last;
    if (!isSettled) reached = line.hasUnserved && stop << tickBits < line.unservedSince ? line.unservedSince : stop << tickBits;
    for (const end of marksBetween(line, line.crossedTick, stop)) {
      const ended = line.ends.get(end)!;
      rate -= ended;
      base += ended * (end << tickBits);
      if (line.hasUnserved) unservedBase += ended * unservedAt(line, end << tickBits);
    }
  }
  const gross = base + rate * reached;
  const net = line.hasUnserved ? gross + (-(unservedBase + rate * unservedAt(line, reached)) >> SHARE_BITS) : gross;
  const scaledRevenue = net > 0n ? net : 0n;
  return { scaledRevenue, scaledUnserved: gross > scaledRevenue ? gross - scaledRevenue : 0n, isSettled };
}

/** Up to which tick one call looks: at each tick with an end, and at the last of each 256. */
function lastLookedAt(line: Line, last: bigint): bigint {
  const words = last / WORD - line.crossedTick / WORD + 1n;
  const marks = marksBetween(line, line.crossedTick, last);
  if (words + BigInt(marks.length) <= MAX_TICKS) return last;
  let tick = line.crossedTick;
  for (let looked = 0n; tick < last; looked += 1n) {
    if (looked === MAX_TICKS) return tick;
    const wordEnd = (tick + 1n) | (WORD - 1n);
    while (marks[0] !== undefined && marks[0] <= tick) marks.shift();
    tick = marks[0] !== undefined && marks[0] < wordEnd ? marks[0] : wordEnd;
  }
  return last;
}
