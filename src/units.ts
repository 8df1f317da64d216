import { UserError } from "./user-error";

/** USD amounts have 18 decimals everywhere. */
export const USD_DECIMALS = 18;
/** A month is 31 days. */
export const SECONDS_PER_MONTH = 2_678_400n;
/** One whole token in scaled units, the unit in which the registries never round. */
export const SCALED_PER_TOKEN = 10n ** 36n * SECONDS_PER_MONTH;
/** The amount that makes `withdraw` withdraw everything. */
export const ALL = (1n << 256n) - 1n;
/** The `coveredUntil` of an account without streams. */
export const COVERED_FOREVER = (1n << 64n) - 1n;
export const UINT16_MAX = (1n << 16n) - 1n;
export const UINT32_MAX = (1n << 32n) - 1n;
export const UINT128_MAX = (1n << 128n) - 1n;
export const UINT256_MAX = ALL;
/** Fees are basis points: a hundredth of a percent. */
export const BPS_PER_PERCENT = 100n;
const BPS_WHOLE = 10_000n;

/** An amount as people type it, `25.5`, in base units of a token with that many decimals. */
export function parseAmount(text: string, decimals: number, what = "amount", maximum = UINT256_MAX): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) throw new UserError(`The ${what} "${text}" is not a number. ${howToType(text, decimals)}`);
  const [, whole = "0", typedFraction = ""] = match;
  const fraction = typedFraction.replace(/0+$/, "");
  if (fraction.length > decimals) {
    const digits = decimals === 0 ? "no decimals" : `at most ${decimals} decimals`;
    throw new UserError(`The ${what} ${text} is too fine: it has ${digits}. ${exampleOf(decimals)}`);
  }
  const amount = BigInt(whole + fraction.padEnd(decimals, "0"));
  if (amount > maximum) {
    throw new UserError(`The ${what} ${text} is too large: at most ${formatAmount(maximum, decimals)} can be counted.`);
  }
  return amount;
}

/** USD as people type them, with 18 decimals. */
export function parseUsd(text: string, what = "USD amount", maximum = UINT128_MAX): bigint {
  return parseAmount(text, USD_DECIMALS, what, maximum);
}

/** A whole number that fits 16 bits: the code of a reason. */
export function parseUint16(text: string, what = "number"): bigint {
  const value = parseUint32(text, what);
  if (value > UINT16_MAX) throw new UserError(`The ${what} ${text} is too large: at most ${UINT16_MAX}.`);
  return value;
}

/** A whole number that fits 32 bits: resource, capacity, an index, a limit. */
export function parseUint32(text: string, what = "number", minimum = 0n): bigint {
  if (!/^\d+$/.test(text.trim())) {
    throw new UserError(`The ${what} "${text}" is not a whole number. Type digits only, for example 100.`);
  }
  const value = BigInt(text.trim());
  if (value < minimum) throw new UserError(`The ${what} has to be at least ${minimum}.`);
  if (value > UINT32_MAX) throw new UserError(`The ${what} ${text} is too large: at most ${UINT32_MAX}.`);
  return value;
}

/** The id of a node, cluster or bucket: they are given in order from 1. */
export function parseId(text: string, what: string): bigint {
  const id = parseUint32(text, `${what} id`);
  if (id === 0n) throw new UserError(`There is no ${what} 0: ids start at 1.`);
  return id;
}

/** Several ids: `1,2,3`. */
export function parseIds(text: string, what: string): bigint[] {
  const ids = text.split(",").map((id) => parseId(id, what));
  const repeated = ids.find((id, position) => ids.indexOf(id) !== position);
  if (repeated !== undefined) throw new UserError(`The ${what} ${repeated} is listed twice: list each once.`);
  return ids;
}

/** A fee as people type it, `2.5` or `2.5%` for percent and `250bps` for basis points, in basis points. */
export function parseBps(text: string, what = "fee"): bigint {
  const typed = text.trim();
  const bps = typed.endsWith("bps")
    ? parseUint32(typed.slice(0, -3).trim(), what)
    : parseAmount(typed.replace(/\s*%$/, ""), 2, `${what} in percent`);
  if (bps > BPS_WHOLE) throw new UserError(`The ${what} ${text} is more than 100 %.`);
  return bps;
}

/** A length of time as people type it, `90m`, `36h`, `7d` or `1d12h`, in seconds. */
export function parseDuration(text: string, what = "duration"): bigint {
  const typed = text.trim().toLowerCase();
  const match =
    /^(?:(\d{1,9})\s*d(?:ays?)?)?\s*(?:(\d{1,9})\s*h(?:ours?)?)?\s*(?:(\d{1,9})\s*m(?:inutes?)?)?\s*(?:(\d{1,9})\s*s(?:econds?)?)?$/.exec(
      typed,
    );
  if (typed === "" || match === null) {
    throw new UserError(`The ${what} "${text}" is not a length of time. Type days, hours or minutes, for example 7d, 36h or 1d12h.`);
  }
  const [days, hours, minutes, seconds] = match.slice(1).map((part: string | undefined) => BigInt(part ?? "0"));
  return (((days ?? 0n) * 24n + (hours ?? 0n)) * 60n + (minutes ?? 0n)) * 60n + (seconds ?? 0n);
}

/** A date, or a date and a time of day, in UTC, in unix seconds: `2030-01-31`, `2030-01-31 18:00`, or as {@link formatTime} writes it. */
export function parseTime(text: string, what = "time"): bigint {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d))?(?: ?UTC|Z)?)?$/.exec(text.trim());
  const [, day = "", minute = "00:00", second = "00"] = match ?? [];
  const date = new Date(`${day}T${minute}:${second}.000Z`);
  // A day that its month does not have would be one of the next month.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) {
    throw new UserError(`The ${what} "${text}" is no date. For example 2030-01-31, or "2030-01-31 18:00" (in UTC).`);
  }
  return BigInt(date.getTime() / 1_000);
}

/** A time as people type it: as {@link parseTime} reads it, or how long from `now` on, `90d`; in unix seconds. */
export function parseMoment(text: string, now: bigint): bigint {
  return /^\s*\d{4}[-/.]/.test(text) ? parseTime(text) : now + parseDuration(text.trim(), "time");
}

/** An amount in base units as a plain decimal number that {@link parseAmount} reads back: `25.5`. */
export function formatAmount(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return sign + whole + (fraction === "" ? "" : `.${fraction}`);
}

/** USD with 18 decimals as a plain decimal number. */
export function formatUsd(usd: bigint): string {
  return formatAmount(usd, USD_DECIMALS);
}

/** Basis points as percent: `2.5 %`. */
export function formatBps(bps: bigint): string {
  return `${formatAmount(bps, 2)} %`;
}

/** Scaled units as whole base units, rounded down, as the registries do when they show or pay them. */
export function scaledToBaseUnits(scaled: bigint, decimals: number): bigint {
  return scaled / (SCALED_PER_TOKEN / 10n ** BigInt(decimals));
}

/** A length of time in its two largest units: `5 days 4 hours`. */
export function formatDuration(seconds: bigint): string {
  if (seconds < 0n) return `-${formatDuration(-seconds)}`;
  const units = [
    ["year", 31_536_000n],
    ["day", 86_400n],
    ["hour", 3_600n],
    ["minute", 60n],
    ["second", 1n],
  ] as const;
  const first = units.findIndex(([, length]) => seconds >= length);
  if (first === -1) return "0 seconds";
  let rest = seconds;
  const parts: string[] = [];
  for (const [name, length] of units.slice(first, first + 2)) {
    const count = rest / length;
    rest %= length;
    if (count > 0n) parts.push(`${count} ${name}${count === 1n ? "" : "s"}`);
  }
  return parts.join(" ");
}

/** A unix time in UTC: `2025-11-21 09:20:00 UTC`. */
export function formatTime(unixSeconds: bigint): string {
  // Beyond what a Date can hold (the year 275,760) the date says nothing anyway.
  if (unixSeconds > 8_640_000_000_000n) return "after the year 275760";
  return new Date(Number(unixSeconds) * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");
}

/** Until when an account pays for itself, as seen at `now`. */
export function formatCoverage(coveredUntil: bigint, now: bigint): string {
  if (coveredUntil === COVERED_FOREVER) return "owes nothing";
  if (coveredUntil <= now) return "out of funds";
  return `${formatTime(coveredUntil)} (${formatDuration(coveredUntil - now)})`;
}

function howToType(text: string, decimals: number): string {
  if (text.trim() === "") return `Type a number. ${exampleOf(decimals)}`;
  if (text.trim().startsWith("-")) return "It cannot be negative.";
  if (/^\d[\d\s_']*,[\d,]*\d$/.test(text)) return "Use a point for decimals and nothing between thousands.";
  if (/^\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return "Write it out, without an exponent.";
  if (/^\.\d+$/.test(text)) return `Write 0${text}.`;
  return `Type digits, and a point before decimals. ${exampleOf(decimals)}`;
}

function exampleOf(decimals: number): string {
  return `For example ${decimals === 0 ? "25" : "25.5"}.`;
}
