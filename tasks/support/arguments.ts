import { existsSync, readFileSync } from "node:fs";

import {
  UserError,
  type WantedEngine,
  parseBps,
  parseBucketParams,
  parseClusterParams,
  parseDuration,
  parseId,
  parseIds,
  parseMoment,
  parseNodeParams,
  parseTime,
  parseUint16,
  parseUint32,
  parseUsd,
  parseWantedEngine,
  serializeBucketParams,
  serializeClusterParams,
  serializeNodeParams,
} from "../../src";
import type { TaskContext } from "./context";
import { addressOrNobody } from "./people";

/**
 * An argument of a task. Reading has two steps, so that a mistyped argument is refused before the network is asked: `read` checks the
 * text alone, and what it returns looks up what only the network knows.
 */
export interface Argument<T> {
  description: string;
  kind: "required" | "optional" | "flag";
  read: (text: string) => (context: TaskContext) => Promise<T> | T;
}

export type Arguments = Record<string, Argument<unknown>>;
export type ValuesOf<A extends Arguments> = { [K in keyof A]: A[K] extends Argument<infer T> ? T : never };

/** An argument that says all in its text. */
function argument<T>(description: string, parse: (text: string) => T): Argument<T> {
  return {
    description,
    kind: "required",
    read: (text) => {
      const value = parse(text);
      return () => value;
    },
  };
}

/** Makes an argument one that may be left out; it is undefined then. */
export function optional<T>(required: Argument<T>): Argument<T | undefined> {
  return { ...required, kind: "optional" };
}

export function flag(description: string): Argument<boolean> {
  return { description, kind: "flag", read: (text) => () => text === "true" };
}

export function text(description: string): Argument<string> {
  return argument(description, (typed) => typed);
}

export function nodeId(description = "The node's id"): Argument<bigint> {
  return argument(description, (typed) => parseId(typed, "node"));
}

export function nodeIds(description: string): Argument<bigint[]> {
  return argument(description, (typed) => parseIds(typed, "node"));
}

export function clusterId(description = "The cluster's id"): Argument<bigint> {
  return argument(description, (typed) => parseId(typed, "cluster"));
}

export function bucketId(description = "The bucket's id"): Argument<bigint> {
  return argument(description, (typed) => parseId(typed, "bucket"));
}

export function bucketIds(description: string): Argument<bigint[]> {
  return argument(description, (typed) => parseIds(typed, "bucket"));
}

/** A proposal of a Governor: its ids are hashes. */
export function proposalId(description = "The proposal's id"): Argument<bigint> {
  return argument(description, (typed) => {
    const digits = typed.trim();
    if (/^\d{1,78}$/.test(digits)) return BigInt(digits);
    throw new UserError(`"${typed}" is not a proposal id. dao:show lists the ids.`);
  });
}

/** One of a few words. */
export function oneOf<T extends string>(description: string, words: readonly T[]): Argument<T> {
  return argument(`${description} (${words.join(", ")})`, (typed) => {
    const found = words.find((word) => word === typed.trim().toLowerCase());
    if (found === undefined) throw new UserError(`"${typed}" is none of ${words.join(", ")}.`);
    return found;
  });
}

/** Some of a few words, with commas between. */
export function kinds<T extends string>(description: string, words: readonly T[]): Argument<T[]> {
  const one = oneOf(description, words);
  return {
    ...one,
    read: (typed) => {
      const looks = typed.split(",").map((word) => one.read(word));
      return (context) => Promise.all(looks.map(async (look) => look(context)));
    },
  };
}

/** Several people or contracts: `manager,owner,0x…`. */
export function parties(description: string): Argument<string[]> {
  return {
    description: `${description} (names, indexes or addresses, with commas between)`,
    kind: "required",
    read:
      (who) =>
      ({ people }) =>
        who.split(",").map((one) => people.address(one)),
  };
}

/** A point in time, in unix seconds. */
export function time(description: string, what: string): Argument<bigint> {
  return argument(`${description} (2030-01-31, or "2030-01-31 18:00", in UTC)`, (typed) => parseTime(typed, what));
}

/** A whole number that fits 32 bits. */
export function count(description: string, what: string, minimum = 0n): Argument<bigint> {
  return argument(description, (typed) => parseUint32(typed, what, minimum));
}

/** An amount in USD. */
export function usd(description: string, what: string): Argument<bigint> {
  return argument(description, (typed) => parseUsd(typed, what));
}

/** A fee: `2.5` for percent, `250bps` for basis points. */
export function fee(description: string): Argument<bigint> {
  return argument(`${description} (percent, or basis points as 250bps)`, (typed) => parseBps(typed));
}

/** A share of a whole: `40` for percent, `4000bps` for basis points. */
export function share(description: string, what: string): Argument<bigint> {
  return argument(`${description} (percent, or basis points as 4000bps)`, (typed) => parseBps(typed, what));
}

/** A length of time, in seconds. */
export function duration(description: string, what = "notice"): Argument<bigint> {
  return argument(`${description} (days, hours and minutes, for example 7d, 36h or 1d12h)`, (typed) => parseDuration(typed, what));
}

/** A date, or how long from a time that only the network knows. */
export function moment(description: string): Argument<(now: bigint) => bigint> {
  return argument(`${description} (2027-01-31, "2027-01-31 12:30" in UTC, or how long from now: 90d)`, (typed) => {
    parseMoment(typed, 0n);
    return (now) => parseMoment(typed, now);
  });
}

/** An engine, and a range of its versions. */
export function engine(description: string): Argument<WantedEngine> {
  return argument(`${description} (storage, or with a range of versions storage@^1.2)`, parseWantedEngine);
}

/** Why a validator does something, in short. */
export function code(description = "Reason code that the parties know"): Argument<bigint> {
  return argument(description, (typed) => parseUint16(typed, "code"));
}

/** Several shares, in basis points: `80,50,0` for percent. */
export function shares(description: string, what: string): Argument<bigint[]> {
  return argument(`${description} (percent, with commas between)`, (typed) => typed.split(",").map((share) => parseBps(share, what)));
}

/** How many leaves a tree has: more than a terabyte's 2^32. */
export function leafCount(description: string): Argument<bigint> {
  return argument(description, (typed) => {
    if (/^[1-9]\d{0,14}$/.test(typed.trim())) return BigInt(typed.trim());
    throw new UserError(`The number of leaves "${typed}" is not a whole number above zero. Type digits only, for example 4096.`);
  });
}

/** 32 bytes. */
export function hash(description: string, what: string): Argument<string> {
  return argument(description, (typed) => {
    if (/^0x[0-9a-fA-F]{64}$/.test(typed.trim())) return typed.trim().toLowerCase();
    throw new UserError(`The ${what} "${typed}" is not a hash: 0x and 64 hexadecimal digits.`);
  });
}

/** A person or a contract, by name, index or address. */
export function party(description: string): Argument<string> {
  return {
    description: `${description} (name, index or address)`,
    kind: "required",
    read:
      (who) =>
      ({ people, addresses }) =>
        validatorNamed(addresses, who) ?? people.address(who),
  };
}

/** The same, or `nobody`. */
export function partyOrNobody(description: string): Argument<string> {
  return {
    description: `${description} (name, index, address, or nobody)`,
    kind: "required",
    read:
      (who) =>
      ({ people, addresses }) =>
        validatorNamed(addresses, who) ?? addressOrNobody(people, who),
  };
}

/** The one contract beside the tokens that people name. */
function validatorNamed({ storageProofs }: TaskContext["addresses"], who: string): string | undefined {
  return who.trim() === "StorageProofs" ? storageProofs : undefined;
}

export function currency(description = "The currency"): Argument<string> {
  return {
    description: `${description} (native, the name of a token, or an address)`,
    kind: "required",
    read: (name) => (context) => context.currencyNamed(name),
  };
}

/** Params of a node, as a JSON text or `@file`; empty: none. */
export function nodeParams(description = "The node's params"): Argument<string> {
  return params(description, (json) => serializeNodeParams(parseNodeParams(json)));
}

export function clusterParams(description = "The cluster's params"): Argument<string> {
  return params(description, (json) => serializeClusterParams(parseClusterParams(json)));
}

export function bucketParams(description = "The bucket's params"): Argument<string> {
  return params(description, (json) => serializeBucketParams(parseBucketParams(json)));
}

function params(description: string, validate: (json: string) => string): Argument<string> {
  return argument(`${description} (JSON, or @file; empty for none)`, (typed) => {
    if (!typed.startsWith("@")) return validate(typed);
    const path = typed.slice(1);
    if (!existsSync(path)) throw new UserError(`There is no file ${path} to take the params from.`);
    return validate(readFileSync(path, "utf8").trim());
  });
}
